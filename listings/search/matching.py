"""Which listings a search finds."""

from typing import Final

from django.conf import settings
from django.contrib.postgres.search import SearchQuery
from django.db.models import Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

from listings.models import Listing, ListingQuerySet
from listings.search.query import Search

MANY: Final = 10_000
"""Matches are counted up to here."""


def text_query(words: str) -> SearchQuery:
    """The words as people type them: all of them, "in this order", or not -this."""
    return SearchQuery(words, config=settings.SEARCH_CONFIG, search_type="websearch")


def matches(search: Search) -> ListingQuerySet:
    """All that is on show and matches, in no order."""
    found: ListingQuerySet = Listing.objects.on_show()
    if search.words:
        found = found.filter(search=text_query(search.words))
    if search.category:
        found = found.filter(category=search.category)
    if search.min_price is not None:
        found = found.filter(price__gte=search.min_price)
    if search.max_price is not None:
        found = found.filter(price__lte=search.max_price)
    if search.condition:
        found = found.filter(condition=search.condition)
    if search.town:
        found = found.filter(Exact(Lower("town"), Lower(Value(search.town))))
    return found


def count(search: Search) -> int:
    """How many listings match; MANY + 1 stands for more."""
    return matches(search)[: MANY + 1].count()
