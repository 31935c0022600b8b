"""What was written signed out waits for its writer, at the browser it was written in."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from listings import addresses
from listings.messaging.refusals import TooMany
from listings.messaging.sending import begin, check_text
from listings.models import KeptMessage, Listing, Message, Seller

KEPT_FOR: Final = timedelta(days=1)
MOST: Final = 20
"""Messages that one browser may have waiting."""


def keep(listing: Listing, unit: uuid.UUID, text: str, form_key: uuid.UUID, address: str = "") -> KeptMessage:
    """Keep a text until its writer has signed in; the same form sent again replaces it, and counts once.

    Raises LinkTooSoon, TooMany, addresses.TooMuch, or KeptMessage.DoesNotExist when the key is another
    browser's.
    """
    check_text(text)
    mine = KeptMessage.objects.filter(unit=unit)
    if mine.exclude(pk=form_key).count() >= MOST:
        raise TooMany(KEPT_FOR, is_first=True)
    with transaction.atomic():
        kept, is_new = KeptMessage.objects.get_or_create(
            pk=form_key, defaults={"unit": unit, "listing": listing, "text": text}
        )
        if is_new:
            addresses.check("message", address)
    if kept.unit != unit or kept.listing_id != listing.pk:
        raise KeptMessage.DoesNotExist
    if not is_new and kept.text != text:
        kept.text = text
        kept.save(update_fields=["text"])
    return kept


def kept_for(key: uuid.UUID, unit: uuid.UUID | None, reader: Seller | None) -> KeptMessage | None:
    """The kept message, for its writer's browser or, since it was signed in, its account; else None."""
    mine = Q(account=reader) if reader else Q(pk__in=[])
    if unit:
        mine |= Q(unit=unit, account=None)
    return KeptMessage.objects.filter(mine, pk=key).select_related("listing").first()


def send_kept(key: uuid.UUID, unit: uuid.UUID | None, writer: Seller) -> Message | None:
    """Send what this browser kept, as this account; None when there is nothing. Raises as `begin` does.

    When it is refused the text stays, now the account's.
    """
    kept = kept_for(key, unit, writer)
    if kept is None:
        return None
    KeptMessage.objects.filter(pk=kept.pk).update(account=writer)
    return begin(kept.listing, writer, kept.text, kept.pk)


def forget_kept(now: datetime) -> None:
    """Remove what nobody came back for."""
    KeptMessage.objects.filter(kept_at__lt=now - KEPT_FOR).delete()
