"""The index over the photos of this site's listings, in pgvector."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection
from django.db.models import Count, Max
from pgvector.django import CosineDistance

from aiprefill.models import PhotoFeature
from aiprefill.providers.catalogue import IndexDown, Seen
from aiprefill.providers.features import VERSION, Floats
from listings.models import ON_SHOW, Status

COUNTED: Final = (*ON_SHOW, Status.SOLD)
"""What strangers have been shown: a hidden, expired or unposted listing teaches nothing."""


class PhotoIndex:
    """See `aiprefill.providers.catalogue.Index`. A cluster is a listing's id."""

    @property
    def digest(self) -> str:
        """Of how many photos there are and when the newest came, which an index of the table tells."""
        with _connection():
            made = PhotoFeature.objects.filter(made_at__isnull=False)
            held = made.aggregate(count=Count("made_at"), newest=Max("made_at"))
        return hashlib.sha256(f"{VERSION} {held['count']} {held['newest']}".encode()).hexdigest()

    def nearest(self, vector: Floats, k: int, exclude_cluster: str | None = None) -> Sequence[Seen]:
        """See `Index.nearest`."""
        known = PhotoFeature.objects.filter(
            version=VERSION, vector__isnull=False, photo__listing__status__in=COUNTED
        )
        if exclude_cluster:
            known = known.exclude(photo__listing_id=UUID(exclude_cluster))
        likest = known.select_related("photo__listing__category")
        with _connection():
            rows = list(likest.order_by(CosineDistance("vector", vector))[:k])
        return [_seen(row) for row in rows]


def _seen(row: PhotoFeature) -> Seen:
    listing = row.photo.listing
    category = listing.category.slug if listing.category else ""
    return Seen(str(listing.pk), bytes(row.local or b""), listing.title, category, listing.price)


@contextmanager
def _connection() -> Iterator[None]:
    """A connection for one query, handed back before pictures are compared. Raises `IndexDown`."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise IndexDown(f"no index: {type(error).__name__}") from error
    finally:
        if not connection.in_atomic_block:
            connection.close()
