"""One page of what a search finds."""

from collections.abc import Sequence
from typing import Final

from django.contrib.postgres.search import SearchRank
from django.db.models import F, FloatField
from django.db.models.functions import Cast

from listings.cursor import PAGE_SIZE, Cursor, Order, in_order, page
from listings.models import Listing
from listings.search.matching import MANY, count, matches, text_query
from listings.search.query import Search, Sort

RANKED: Final = 2_000
"""Among so many of the newest matches the best are looked for."""
ORDERS: Final = {Sort.NEWEST: None, Sort.PRICE: Order("price"), Sort.RELEVANCE: Order("rank", falling=True)}
ON_A_CARD: Final = ("title", "price", "town", "status", "published_at")


def results(
    search: Search, after: Cursor | None = None, *, size: int = PAGE_SIZE, found: int | None = None
) -> tuple[Sequence[Listing], Cursor | None]:
    """The listings that follow `after`, at most `size`, as cards show them, and the cursor to the next page.

    `found`: how many match, as far as they are counted, where the caller knows. Raises BadCursor.
    """
    few = search.narrows and (count(search) if found is None else found) <= MANY
    listings = matches(search)
    if search.sort == Sort.RELEVANCE:
        newest = in_order(listings, None, few)[:RANKED]
        listings = Listing.objects.filter(pk__in=newest.values("pk"))
        rank = SearchRank(F("search"), text_query(search.words))
        # In double precision: a single one is rounded when it is told, and a cursor would not find its place.
        listings = listings.annotate(rank=Cast(rank, FloatField()))
    cards = listings.with_cards().select_related(None).only(*ON_A_CARD)
    return page(cards, after, order=ORDERS[search.sort], size=size, few=few)
