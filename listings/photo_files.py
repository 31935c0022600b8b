"""The files of photos on the disk: `MEDIA_ROOT/photos/<first two of id>/<id>/<width>.<webp|jpg>`.

A photo's folder appears whole, by one rename, or not at all.
"""

import errno
import os
import shutil
import uuid
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings

from listings.models import Photo
from listings.photos import READING_SIDE, CleanPhoto, model_picture

PREFIXES: Final = tuple(f"{number:02x}" for number in range(256))
"""The folders that hold the photos' folders."""
MIN_FREE_BYTES: Final = 100_000_000
"""Below this no photo is taken, so that sessions, logs and a database beside them keep working."""
_PARTIAL: Final = ".partial"
_READING: Final = "reading.jpg"
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class StorageFull(OSError):
    """There is no room for another photo; nothing of it was kept."""


def is_full(error: OSError) -> bool:
    """Whether the disk said that there is no room."""
    return error.errno in _FULL


def path(photo_id: uuid.UUID, width: int, extension: str) -> Path:
    """Where one rendition lies; `extension` is webp or jpg."""
    return folder(photo_id) / f"{width}.{extension}"


def master(photo: Photo) -> Path:
    """Where the largest JPEG of a photo lies."""
    return path(photo.pk, max(photo.widths), "jpg")


def picture(photo: Photo, side: int) -> bytes:
    """A JPEG whose longest side is at most `side`. Raises OSError if its file is damaged or gone."""
    reading = folder(photo.pk) / _READING
    source = reading if side <= READING_SIDE and reading.exists() else master(photo)
    return model_picture(source.read_bytes(), side)


def folder(photo_id: uuid.UUID) -> Path:
    """Where all the files of a photo lie."""
    return Path(settings.MEDIA_ROOT) / "photos" / str(photo_id)[:2] / str(photo_id)


def store(photo_id: uuid.UUID, clean: CleanPhoto) -> None:
    """Write all renditions. Raises StorageFull, or another OSError; then nothing is left of them."""
    whole = folder(photo_id)
    partial = whole.with_name(f"{whole.name}{_PARTIAL}")
    try:
        partial.mkdir(parents=True)
        if shutil.disk_usage(partial).free < MIN_FREE_BYTES:
            raise StorageFull(errno.ENOSPC, os.strerror(errno.ENOSPC))
        for rendition in clean.renditions:
            (partial / f"{rendition.width}.webp").write_bytes(rendition.webp)
            (partial / f"{rendition.width}.jpg").write_bytes(rendition.jpeg)
        (partial / _READING).write_bytes(clean.reading)
        _flush(partial / f"{clean.renditions[-1].width}.jpg")
        partial.rename(whole)
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        if is_full(error):
            raise StorageFull(error.errno, error.strerror) from error
        raise


def remove(photo_ids: Iterable[uuid.UUID]) -> None:
    """Remove all files of these photos. Files that are gone already are no error."""
    for photo_id in photo_ids:
        shutil.rmtree(folder(photo_id), ignore_errors=True)


def remove_orphans(prefix: str, before: datetime) -> int:
    """Remove the folders under a prefix that no row knows and that are older than `before`; say how many."""
    shelf = Path(settings.MEDIA_ROOT) / "photos" / prefix
    if not shelf.is_dir():
        return 0
    old = [entry for entry in shelf.iterdir() if entry.stat().st_mtime < before.timestamp()]
    known = {str(pk) for pk in Photo.objects.filter(pk__in=_ids(old)).values_list("pk", flat=True)}
    orphans = [entry for entry in old if entry.name not in known]
    for orphan in orphans:
        shutil.rmtree(orphan, ignore_errors=True)
    return len(orphans)


def _ids(folders: Iterable[Path]) -> list[str]:
    """The names that could be a photo's; a partial folder is nobody's."""
    return [entry.name for entry in folders if len(entry.name) == 36 and entry.name.count("-") == 4]


def _flush(file: Path) -> None:
    """Make the master survive a power cut; the smaller sizes could be made again from it."""
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
