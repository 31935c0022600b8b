"""Where a listing stands: from draft to live, reserved, sold, expired, hidden, and back."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now

from listings import rules
from listings.actions import change
from listings.models import ON_SHOW, Listing, Seller, Status
from listings.rules import Action
from listings.signals import ListingChange


def publish(listing: Listing, seller: Seller, *, seen: int | None = None) -> None:
    """Put a draft on show as this seller's, and claim it if it was nobody's.

    `seen` is the revision that somebody looked at: no other text is shown to buyers.
    PUBLISHED is sent here alone, so once in its life.
    Raises NotAllowed, NotYours, Changed, or Incomplete, whose `missing` says what to add.
    """
    with transaction.atomic():
        change.lock(listing)
        rules.check_standing(Action.PUBLISH, listing.status)
        if listing.seller_id not in {None, seller.pk}:
            raise rules.NotYours
        if seen not in {None, listing.revision}:
            raise rules.Changed
        rules.check_complete(rules.values_of(listing), listing.photos.count())
        change.write(
            listing,
            status=Status.LIVE,
            seller=seller,
            published_at=Now(),
            revision=F("revision") + 1,
            **_for_its_days(),
        )
        change.announce(listing, ListingChange.PUBLISHED)


def reserve(listing: Listing) -> None:
    """Keep it for somebody; it stays in the shop, marked."""
    _turn(listing, Action.RESERVE, Status.RESERVED)


def unreserve(listing: Listing) -> None:
    """The reservation came to nothing."""
    _turn(listing, Action.UNRESERVE, Status.LIVE)


def mark_sold(listing: Listing) -> None:
    """It is sold: out of the shop, still at its address."""
    _turn(listing, Action.MARK_SOLD, Status.SOLD, ListingChange.ENDED, ended_at=Now())


def put_back(listing: Listing) -> None:
    """Put a sold one back where it stood; an expired one is renewed, and new again."""
    _turn(listing, Action.PUT_BACK, Status.LIVE, ended_at=None, **_for_its_days())


def renew(listing: Listing) -> None:
    """Begin its days anew. On show, it keeps its place; expired, it goes back on sale, and is new again."""
    with transaction.atomic():
        change.lock(listing)
        rules.check_standing(Action.RENEW, listing.status)
        if listing.is_on_show:
            _turn(listing, Action.RENEW, Status(listing.status), **_for_its_days())
        else:
            put_back(listing)


def expire(listing: Listing) -> None:
    """Its days are over: out of the shop until it is renewed."""
    _turn(listing, Action.EXPIRE, Status.EXPIRED, ListingChange.ENDED, ended_at=Now())


def hide(listing: Listing, reason: str) -> None:
    """Take it out of sight, for a reason that its seller reads."""
    with transaction.atomic():
        change.lock(listing)
        values = {"hidden_reason": reason, "hidden_from": listing.status}
        ended = Coalesce(F("ended_at"), Now())
        _turn(listing, Action.HIDE, Status.HIDDEN, ListingChange.ENDED, ended_at=ended, **values)


def unhide(listing: Listing) -> None:
    """Put a hidden one back where it stood; what goes back on show has all its days."""
    with transaction.atomic():
        change.lock(listing)
        back = Status(listing.hidden_from or Status.LIVE)
        values = {"ended_at": None, **_for_its_days()} if back in ON_SHOW else {}
        _turn(listing, Action.UNHIDE, back, hidden_reason="", hidden_from="", **values)


def keep_hidden(listing: Listing, reason: str) -> None:
    """Leave it out of sight, from now on for this reason."""
    _turn(listing, Action.KEEP_HIDDEN, Status.HIDDEN, hidden_reason=reason)


def _for_its_days() -> dict[str, Any]:
    return {"expires_at": Now() + timedelta(days=settings.LISTING_DAYS), "told_at": None}


def _turn(
    listing: Listing, action: Action, to: Status, kind: ListingChange = ListingChange.EDITED, **values: Any
) -> None:
    with transaction.atomic():
        change.lock(listing)
        rules.check_standing(action, listing.status)
        if listing.status == Status.EXPIRED and to == Status.LIVE:
            values["published_at"] = Now()
        change.write(listing, status=to, **values)
        change.announce(listing, kind)
