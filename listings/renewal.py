"""The address in the mail that renews a listing without signing in. Opening it changes nothing."""

from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.urls import reverse

from listings.models import Listing

_SIGNER: Final = signing.TimestampSigner(salt="listings.renewal")
VALID: Final = timedelta(days=90)


def address(listing: Listing) -> str:
    """Where this listing is renewed by whoever reads its seller's mail."""
    page = reverse("listings:renew", args=[listing.pk])
    key = _SIGNER.sign(str(listing.pk)).removeprefix(f"{listing.pk}:")
    return f"{settings.SITE_URL}{page}?{urlencode({'key': key})}"


def is_key(listing: Listing, key: str) -> bool:
    """Whether the key was given out for this listing, and not too long ago."""
    try:
        _SIGNER.unsign(f"{listing.pk}:{key}", max_age=VALID)
    except signing.BadSignature:
        return False
    return True
