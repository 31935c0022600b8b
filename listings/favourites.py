"""Favourites: kept by account. Who is signed out says what to keep, and it is kept at the next sign-in."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from listings.models import Favourite, Listing, ListingQuerySet, Seller

WISHES: Final = "wishes"
"""Where a session keeps the ids that its visitor wants kept."""
MOST_WISHES: Final = 100


def keep(seller: Seller, listings: Iterable[Listing]) -> None:
    """Mark them; what is marked already stays as it is."""
    Favourite.objects.bulk_create(
        (Favourite(seller=seller, listing=listing) for listing in listings), ignore_conflicts=True
    )


def let_go(seller: Seller, listing_id: UUID) -> None:
    """Take the mark away; none there is no error."""
    Favourite.objects.filter(seller=seller, listing_id=listing_id).delete()


def of_seller(seller: Seller) -> ListingQuerySet:
    """What the seller keeps an eye on and may still be seen, last marked first."""
    found = Listing.objects.public(timezone.now()).filter(favourites__seller=seller)
    return found.order_by("-favourites__created_at", "-favourites__id")


def kept_by(user: Seller | AnonymousUser, listings: Iterable[Listing]) -> set[UUID]:
    """Which of these the visitor has marked: one query, or none for whoever is signed out."""
    if not user.is_authenticated:
        return set()
    marked = Favourite.objects.filter(seller=user, listing_id__in=[listing.pk for listing in listings])
    return set(marked.values_list("listing_id", flat=True))


def wish(session: SessionBase, listing: Listing) -> None:
    """Remember what to keep until somebody signs in here; the oldest wish of too many is forgotten."""
    wishes = [each for each in session.get(WISHES, []) if each != str(listing.pk)]
    session[WISHES] = [*wishes, str(listing.pk)][-MOST_WISHES:]


def grant(session: SessionBase, seller: Seller) -> list[Listing]:
    """Keep what was wished for, and say what that was. What is gone since is no error."""
    wishes = session.pop(WISHES, [])
    found = list(Listing.objects.public(timezone.now()).filter(pk__in=wishes))
    keep(seller, found)
    return found
