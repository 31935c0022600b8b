"""What the catalogue remembers of posted photos: noted with the post, worked out by a sweep after."""

import logging
import uuid
from collections.abc import Iterable
from typing import Any, Final

from django.db.models.functions import Now

from aiprefill.models import PhotoFeature
from aiprefill.providers.features import VERSION, features
from aiprefill.providers.photo_index import COUNTED
from listings import photo_files
from listings.models import Listing, Photo
from listings.photos import model_picture

log = logging.getLogger("aiprefill")

A_SWEEP: Final = 2
"""Photos worked out in a second, some 0.1 s each: the sweep runs beside the bells."""
SIDE: Final = 1024
"""Of the pictures, as for the model's: what is compared must have come the same way."""


def note(listing: Listing) -> None:
    """Note which photos of a posted listing are still to be worked out."""
    if listing.status in COUNTED:
        _note(Photo.objects.filter(listing=listing).values_list("pk", flat=True))


def sweep(limit: int = A_SWEEP) -> int:
    """Work out at most `limit` of the photos that are noted, and say how many those were."""
    waiting = PhotoFeature.objects.filter(made_at=None).select_related("photo").defer("vector", "local")
    rows = list(waiting.order_by("photo_id")[:limit])
    for row in rows:
        _work_out(row)
    return len(rows)


def note_all() -> int:
    """Note the posted photos that the catalogue lacks, or knows in an older way; say how many those were."""
    PhotoFeature.objects.exclude(version=VERSION).delete()
    known = PhotoFeature.objects.values("pk")
    posted = Photo.objects.filter(listing__status__in=COUNTED)
    return _note(posted.exclude(pk__in=known).values_list("pk", flat=True))


def _note(photo_ids: Iterable[uuid.UUID]) -> int:
    rows = [PhotoFeature(photo_id=photo_id, version=VERSION) for photo_id in photo_ids]
    PhotoFeature.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    return len(rows)


def _work_out(row: PhotoFeature) -> None:
    """Fill a row. One whose file cannot be read is done too: another look would see no more."""
    values: dict[str, Any] = {"version": VERSION, "made_at": Now()}
    try:
        found = features(model_picture(photo_files.master(row.photo).read_bytes(), SIDE))
    except OSError as error:
        log.warning("photo %s not readable: %s", row.pk, type(error).__name__)
    else:
        values |= {"vector": found.vector, "local": found.local.to_bytes()}
    PhotoFeature.objects.filter(pk=row.pk).update(**values)
