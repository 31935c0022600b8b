"""What suggestions do when a listing changes. Nothing here can make the change fail."""

from typing import Any

from django.db import transaction

from aiprefill import actions, corrections, indexing
from aiprefill.models import PrefillJob
from listings.models import Listing
from listings.signals import ListingChange, listing_changed


def connect() -> None:
    """Connect the receivers; called once, when the app is ready."""
    listing_changed.connect(on_listing_changed, dispatch_uid="aiprefill")
    listing_changed.connect(on_photos_posted, dispatch_uid="aiprefill.catalogue")


def on_listing_changed(listing: Listing, kind: ListingChange, **_kwargs: Any) -> None:
    """Note that it was posted, or erase what was kept of it. Inside the change's transaction."""
    # A failed query would spoil the whole transaction: the savepoint keeps the harm here.
    with transaction.atomic():
        if kind == ListingChange.PUBLISHED:
            actions.call_off(listing)  # a reading that has not begun would cost money and be seen by nobody
            if job := corrections.mark_published(listing):
                # If this is left out, the sweep does it.
                transaction.on_commit(lambda: corrections.record(job), robust=True)
        elif kind == ListingChange.ERASED:
            corrections.erase(PrefillJob.objects.filter(listing=listing))


def on_photos_posted(listing: Listing, kind: ListingChange, **_kwargs: Any) -> None:
    """Note the photos that the catalogue is to learn. What is left out here, `index_catalogue` finds."""
    if kind in (ListingChange.PUBLISHED, ListingChange.EDITED):
        with transaction.atomic():
            indexing.note(listing)
