"""Drafts begin, change hands, and are written from several pages at once."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from listings import rules
from listings.actions import change
from listings.models import Category, Listing, Seller
from listings.rules import Value, Values
from listings.signals import ListingChange


@dataclass(frozen=True, slots=True)
class Saved:
    """All that was changed is stored. `merged`: fields changed elsewhere since the revision the page knew."""

    revision: int
    merged: frozenset[str]


@dataclass(frozen=True, slots=True)
class Conflict:
    """The fields in `theirs` were changed elsewhere too: field to stored value. The others are stored."""

    revision: int
    merged: frozenset[str]
    theirs: Values


def start_draft(
    unit: uuid.UUID, seller: Seller | None, form_key: uuid.UUID, *, lives: timedelta | None = None
) -> tuple[Listing, bool]:
    """The draft of this form, and whether it is new: the same form sent again gets the draft it began.

    One that `lives` for a time is shown on no page and erased after it.
    Raises Listing.DoesNotExist when the key began somebody else's.
    """
    defaults = {"unit": unit, "seller": seller, "erase_at": Now() + lives if lives else None}
    listing, is_new = Listing.objects.get_or_create(form_key=form_key, defaults=defaults)
    owners = {None, seller.pk if seller else None}
    if listing.seller_id not in owners or (listing.seller_id is None and listing.unit != unit):
        raise Listing.DoesNotExist
    if is_new:
        listing.refresh_from_db()  # the database set the times
        change.log.info("listing %s started", listing.pk)
    return listing, is_new


def claim(draft_id: uuid.UUID, unit: uuid.UUID | None, seller: Seller) -> bool:
    """Give one anonymous draft of this browser to the seller; False when it is not there to be claimed."""
    draft = Listing.objects.of_unit(unit).filter(pk=draft_id)
    if claimed := bool(draft.update(seller=seller, updated_at=Now())):
        change.log.info("listing %s claimed", draft_id)
    return claimed


def save_fields(
    listing: Listing, revision: int, fields: Values, changed: Collection[str]
) -> Saved | Conflict:
    """Store the fields that a page changed since the revision it knew; one that changed elsewhere too is not.

    Returns a Conflict when a field overlaps with another value. A listing that buyers can see stays complete:
    raises Incomplete, and stores nothing. EDITED is sent for it, and not for a draft.
    """
    with transaction.atomic():
        change.lock(listing)
        stored = rules.values_of(listing)
        newer = {name for name, since in listing.field_revisions.items() if since > revision}
        differing = {name for name in changed if fields[name] != stored[name]}
        writing = {name: fields[name] for name in differing - newer}
        if writing:
            _write_fields(listing, writing)
        theirs = {name: stored[name] for name in differing & newer}
        merged = frozenset(newer - set(changed))
        if theirs:
            return Conflict(listing.revision, merged, theirs)
        return Saved(listing.revision, merged)


def _write_fields(listing: Listing, values: dict[str, Value]) -> None:
    if not listing.is_draft:
        rules.check_complete(rules.values_of(listing) | values, listing.photos.count())
    revision = listing.revision + 1
    columns: dict[str, Value | Category] = dict(values)
    if slug := columns.get("category"):
        columns["category"] = Category.objects.get(slug=slug)
    since = listing.field_revisions | dict.fromkeys(values, revision)
    change.write(listing, revision=revision, field_revisions=since, **columns)
    if not listing.is_draft:
        change.announce(listing, ListingChange.EDITED)
