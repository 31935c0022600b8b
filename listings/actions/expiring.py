"""A listing's days run out: its seller is told once, in time, and then it leaves the shop."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string

from listings import renewal
from listings.actions import change
from listings.actions.standing import expire
from listings.models import Listing


def tell(pk: UUID, now: datetime) -> bool:
    """Mail its seller, and leave it at least the days that the mail promises.

    False when there is nothing to tell any more. The mail's row and the mark on the listing are one
    transaction, so it goes out once.
    """
    with transaction.atomic():
        listing = Listing.objects.to_be_told(now).select_for_update().filter(pk=pk).first()
        if listing is None:
            return False
        at_least = now + timedelta(days=settings.EXPIRY_NOTICE_DAYS)
        listing.told_at, listing.expires_at = now, max(listing.expires_at or at_least, at_least)
        listing.save(update_fields=["told_at", "expires_at"])
        _mail(listing)
        change.log.info("listing %s expires soon", listing.pk)
    return True


def end(pk: UUID, now: datetime) -> bool:
    """Take it out of the shop; False when it was renewed, sold, hidden or deleted meanwhile."""
    with transaction.atomic():
        listing = Listing.objects.run_out(now).select_for_update().filter(pk=pk).first()
        if listing is None:
            return False
        expire(listing)
    return True


def _mail(listing: Listing) -> None:
    assert listing.seller  # noqa: S101  the table's check: only a draft has none
    context = {
        "listing": listing,
        "renew": renewal.address(listing),
        "site_url": settings.SITE_URL,
        "days": settings.LISTING_DAYS,
        "ended_days": settings.ENDED_LISTING_DAYS,
    }
    subject = render_to_string("listings/email/expiry_subject.txt", context)
    body = render_to_string("listings/email/expiry_message.txt", context)
    send_mail(subject.strip(), body, None, [listing.seller.email])
