"""How much a search finds, in all and on each side that it can be narrowed to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import connection

from listings.search.matching import MANY, matches
from listings.search.query import Search

SIDES: Final = {"category": "category_id", "condition": "condition", "town": "town"}
GROUPED: Final = """
SELECT category_id, condition, town, count(*) FROM ({found}) AS found
GROUP BY GROUPING SETS ((category_id), (condition), (town), ())
"""
"""Counted where the rows are: ten thousand of them in Python would take longer than finding them."""


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
    rows = matches(search).values(*SIDES.values())[: MANY + 1]
    found, params = rows.query.sql_with_params()
    total, by = 0, {side: dict[object, int]() for side in SIDES}
    with connection.cursor() as cursor:
        cursor.execute(GROUPED.format(found=found), params)
        for *values, count in cursor:  # a row is told by the one value that it has; the whole has none
            told = [(side, value) for side, value in zip(SIDES, values, strict=True) if value is not None]
            for side, value in told:
                by[side][value] = count
            total = total if told else count
    return total, {side: Counts(counts, total > MANY) for side, counts in by.items()}
