"""Where a page of the shop ended, so that the next one begins there whatever has been posted since."""

import math
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self
from uuid import UUID

from django.db.models import F, OrderBy, Q
from django.db.models.functions import Coalesce

from listings.models import Listing, ListingQuerySet

PAGE_SIZE: Final = 24
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
PLAIN: Final = struct.Struct(">q16s")
RANKED: Final = struct.Struct(">q16sd")


class BadCursor(ValueError):
    """The text is not a cursor that this site has given out."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last listing of a page: when it was published, to the microsecond, and its id.

    `value`: what the page was ordered by before that, such as a price; None where it was nothing.
    """

    published_at: datetime
    id: UUID
    value: float | None = None

    def __str__(self) -> str:
        microseconds = (self.published_at - EPOCH) // MICROSECOND
        if self.value is None:
            return urlsafe_b64encode(PLAIN.pack(microseconds, self.id.bytes)).decode()
        return urlsafe_b64encode(RANKED.pack(microseconds, self.id.bytes, self.value)).decode()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises BadCursor."""
        try:
            data = urlsafe_b64decode(text.encode("ascii"))
            microseconds, key, *value = (PLAIN if len(data) == PLAIN.size else RANKED).unpack(data)
            if not all(map(math.isfinite, value)):
                raise ValueError(value)
            return cls(EPOCH + microseconds * MICROSECOND, UUID(bytes=key), *value)
        except (ValueError, OverflowError, struct.error) as error:
            raise BadCursor(text) from error


@dataclass(frozen=True, slots=True)
class Order:
    """What a page is ordered by before the newest: a column or annotation, and in which direction."""

    by: str
    falling: bool = False

    def term(self, unindexed: bool = False) -> OrderBy:
        """For `order_by`; no index knows the column when it is wrapped."""
        column = Coalesce(self.by, self.by) if unindexed else F(self.by)
        return column.desc() if self.falling else column.asc()

    def after(self, value: float, newer: Q) -> Q:
        """What follows the row with this value; `newer` tells rows of one value apart."""
        beyond = "lt" if self.falling else "gt"
        # The second condition alone bounds an index scan; the first settles equal values.
        follows = Q(**{f"{self.by}__{beyond}": value}) | Q(**{self.by: value}) & newer
        return follows & Q(**{f"{self.by}__{beyond}e": value})


def in_order(listings: ListingQuerySet, order: Order | None, few: bool) -> ListingQuerySet:
    """The listings by `order`, then newest first. `few`: all are sorted, no index is walked in vain."""
    newest = [Order("published_at", falling=True), Order("id", falling=True)]
    first, *others = [order, *newest] if order else newest
    return listings.order_by(first.term(few), *(each.term() for each in others))


def page(
    listings: ListingQuerySet,
    after: Cursor | None,
    *,
    order: Order | None = None,
    size: int = PAGE_SIZE,
    few: bool = False,
) -> tuple[Sequence[Listing], Cursor | None]:
    """The listings that follow `after`, newest first, at most `size`, and the cursor to the next page.

    Keyset, not offset: what is posted meanwhile neither repeats nor pushes out a listing. One query, and
    those of the prefetches. `few` is for `in_order`. Raises BadCursor for one of another order.
    """
    if after:
        if (after.value is None) != (order is None):
            raise BadCursor(str(after))
        listings = listings.filter(_following(after, order))
    found = list(in_order(listings, order, few)[: size + 1])
    shown = found[:size]
    last = shown[-1] if len(found) > size else None
    if last is None or last.published_at is None:
        return shown, None
    return shown, Cursor(last.published_at, last.id, float(getattr(last, order.by)) if order else None)


def _following(after: Cursor, order: Order | None) -> Q:
    older = Q(published_at__lt=after.published_at) | Q(published_at=after.published_at, id__lt=after.id)
    if order and after.value is not None:
        return order.after(after.value, older)
    # The second condition alone bounds the index scan; the first settles equal times.
    return older & Q(published_at__lte=after.published_at)
