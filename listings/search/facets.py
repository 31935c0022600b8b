"""How much a search finds, in all and on each side that it can be narrowed to."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from listings.search.matching import MANY, matches
from listings.search.query import Search

SIDES: Final = {"category": "category_id", "condition": "condition", "town": "town"}


@dataclass(frozen=True, slots=True)
class Facets:
    """Listings found, counted up to MANY: `found` is MANY + 1 where there are more.

    Each of `sides` counts by its values what the search would find without its own filter on that side:
    the other choices there are.
    """

    found: int
    sides: Mapping[str, Mapping[object, int]]


def facets(search: Search) -> Facets:
    """Count; one query, and one more for each side that is filtered."""
    whole = tally(search)
    sides = {
        side: (tally(search.without(side)) if side in search.filters else whole)[1][side] for side in SIDES
    }
    return Facets(whole[0], sides)


def tally(search: Search) -> tuple[int, Mapping[str, Counter[object]]]:
    rows = list(matches(search).values_list(*SIDES.values())[: MANY + 1])
    return len(rows), {side: Counter(row[n] for row in rows[:MANY]) for n, side in enumerate(SIDES)}
