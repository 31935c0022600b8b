"""Tokens: how a program says whose account it works for."""

import hashlib
import secrets
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from listings.models import ApiToken, Seller

PREFIX: Final = "trova_"
"""By it a scanner of published code can tell what it has found."""
MOST: Final = 20
"""Tokens of one account."""
NOTED_EVERY: Final = timedelta(minutes=1)
"""How exactly the last use is known: no write for each request."""

COUNT: Final = """
INSERT INTO listings_apiwrites AS used (seller_id, hour, writes)
VALUES (%s, date_trunc('hour', statement_timestamp(), 'UTC'), 1)
ON CONFLICT (seller_id) DO UPDATE
SET writes = CASE used.hour WHEN excluded.hour THEN used.writes + 1 ELSE 1 END, hour = excluded.hour
RETURNING writes
"""


class TooManyTokens(Exception):
    """The account has as many tokens as one may have."""

    def __init__(self) -> None:
        super().__init__(_("You have %(most)d tokens. Revoke one first.") % {"most": MOST})


def issue(seller: Seller, name: str) -> str:
    """A new token, which nobody can read again. Raises TooManyTokens."""
    if seller.api_tokens.count() >= MOST:
        raise TooManyTokens
    token = PREFIX + secrets.token_urlsafe(32)
    ApiToken.objects.create(seller=seller, name=name, digest=_digest(token), last_four=token[-4:])
    return token


def seller_of(token: str) -> Seller | None:
    """Whose token it is, and note the use; None for no token, a revoked one, or a closed account's."""
    found = ApiToken.objects.select_related("seller").filter(digest=_digest(token)).first()
    if found is None or not found.seller.is_active:
        return None
    stale = Q(last_used_at=None) | Q(last_used_at__lt=Now() - NOTED_EVERY)
    ApiToken.objects.filter(stale, pk=found.pk).update(last_used_at=Now())
    return found.seller


def may_write(seller: Seller) -> bool:
    """Count a write of this account; False when the hour's writes are used up."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [seller.pk])
        writes: int = cursor.fetchone()[0]
    return writes <= settings.API_WRITES_AN_HOUR


def _digest(token: str) -> str:
    """SHA-256, hex: the token's 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
