"""The one custom signal of the site."""

from enum import StrEnum

from django.dispatch import Signal


class ListingChange(StrEnum):
    """What happened to a listing."""

    PUBLISHED = "published"
    EDITED = "edited"
    ENDED = "ended"
    ERASED = "erased"


listing_changed = Signal()
"""Sent with `send_robust(sender=Listing, listing=..., kind=ListingChange)` inside the transaction of the
change: a receiver that must not be rolled back with it uses `transaction.on_commit`, and none can make the
change fail. `ERASED` is sent while the rows of the listing and its photos are still there."""
