"""What every action does: hold the row, write named columns, keep the counts, say so."""

import logging
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from listings.models import CategoryCount, Listing
from listings.search import vocabulary
from listings.signals import ListingChange, listing_changed

log = logging.getLogger("listings")


def lock(listing: Listing) -> None:
    """Read the row again and hold it until the transaction ends. Raises Listing.DoesNotExist."""
    listing.refresh_from_db(from_queryset=Listing.objects.select_for_update())


def write(listing: Listing, **values: Any) -> None:
    """Write these columns of a locked listing, keep the counts right, and bring the instance up to date."""
    shelf, title = _shelf(listing), _shown_title(listing)
    Listing.objects.filter(pk=listing.pk).update(updated_at=Now(), **values)
    listing.refresh_from_db()
    if shelf != _shelf(listing):
        count({shelf: -1, _shelf(listing): +1})
    if title != _shown_title(listing):
        vocabulary.learn(_shown_title(listing))
        forget(title)


def forget(title: str) -> None:
    """Erase, once this is committed, the words of a title that is no longer on show."""
    if words := vocabulary.words_of(title):
        transaction.on_commit(lambda: vocabulary.forget(words))


def count(changes: dict[int | None, int]) -> None:
    """Add to the counts of categories: after all locks on listings, in one order, or two wait in a ring."""
    for category_id, by in sorted((key, by) for key, by in changes.items() if key is not None):
        row = CategoryCount.objects.filter(pk=category_id)
        if not row.update(on_show=F("on_show") + by):
            CategoryCount.objects.get_or_create(pk=category_id)
            row.update(on_show=F("on_show") + by)


def announce(listing: Listing, kind: ListingChange) -> None:
    """Log the change by id and tell whoever listens; none of them can make it fail."""
    log.info("listing %s %s", listing.pk, kind)
    for receiver, result in listing_changed.send_robust(sender=Listing, listing=listing, kind=kind):
        if isinstance(result, Exception):
            log.error("%r failed on listing %s", receiver, listing.pk, exc_info=result)


def _shelf(listing: Listing) -> int | None:
    """The category that counts this listing; None when it is not on show."""
    return listing.category_id if listing.is_on_show else None


def _shown_title(listing: Listing) -> str:
    """The title as buyers see it; empty when it is not on show."""
    return listing.title if listing.is_on_show else ""
