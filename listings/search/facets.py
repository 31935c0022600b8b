"""How much a search finds, in all and on each side that it can be narrowed to."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from listings.search.matching import MANY, matches
from listings.search.query import Search

SIDES: Final = {"category": "category_id", "condition": "condition", "town": "town"}


@dataclass(frozen=True, slots=True)
class Counts:
    """Listings by a value of theirs. `more`: only MANY were counted, and there are others."""

    by: Mapping[object, int]
    more: bool


@dataclass(frozen=True, slots=True)
class Facets:
    """How many were found: MANY + 1 stands for more.

    Each of `sides` counts what the search would find without its own filter on that side: the other choices.
    """

    found: int
    sides: Mapping[str, Counts]


def facets(search: Search) -> Facets:
    """Count: one query, and one more for each side that is filtered."""
    found, whole = _tally(search)
    others = {side: _tally(search.without(side))[1][side] for side in search.filters & SIDES.keys()}
    return Facets(found, whole | others)


def _tally(search: Search) -> tuple[int, dict[str, Counts]]:
    rows = list(matches(search).values_list(*SIDES.values())[: MANY + 1])
    columns = zip(*rows[:MANY], strict=True) if rows else ((),) * len(SIDES)
    more = len(rows) > MANY
    return len(rows), {
        side: Counts(Counter(values), more) for side, values in zip(SIDES, columns, strict=True)
    }
