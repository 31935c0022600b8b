"""Where a page of the shop ended, so that the next one begins there whatever has been posted since."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self
from uuid import UUID

from django.db.models import Q

from listings.models import Listing, ListingQuerySet

PAGE_SIZE: Final = 24
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)


class BadCursor(ValueError):
    """The text is not a cursor that this site has given out."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last listing of a page: when it was published, to the microsecond, and its id."""

    published_at: datetime
    id: UUID

    def __str__(self) -> str:
        microseconds = (self.published_at - EPOCH) // MICROSECOND
        return urlsafe_b64encode(microseconds.to_bytes(8, signed=True) + self.id.bytes).decode()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises BadCursor."""
        try:
            data = urlsafe_b64decode(text.encode("ascii"))
            if len(data) != 24:
                raise ValueError(len(data))
            at = EPOCH + int.from_bytes(data[:8], signed=True) * MICROSECOND
        except (ValueError, OverflowError) as error:
            raise BadCursor(text) from error
        return cls(at, UUID(bytes=data[8:]))


def page(listings: ListingQuerySet, after: Cursor | None) -> tuple[Sequence[Listing], Cursor | None]:
    """The listings that follow `after`, newest first, at most PAGE_SIZE, and the cursor to the next page.

    Keyset, not offset: what is posted meanwhile neither repeats nor pushes out a listing. One query, and
    those of the prefetches.
    """
    if after:
        # The first condition alone bounds the index scan; the second settles equal times.
        older = Q(published_at__lt=after.published_at) | Q(published_at=after.published_at, id__lt=after.id)
        listings = listings.filter(older, published_at__lte=after.published_at)
    found = list(listings.order_by("-published_at", "-id")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    last = shown[-1] if len(found) > PAGE_SIZE else None
    return shown, Cursor(last.published_at, last.id) if last and last.published_at else None
