"""The pictures of cases on the disk: `MEDIA_ROOT/evals/<first two of digest>/<sha256>.jpg`.

A file's name is the digest of its bytes, so that all versions and cases that show it share it, and writing it
again changes nothing. A file that no row names does no harm.
"""

import hashlib
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from PIL import Image

from evals.models import CaseFile
from listings.photos import CleanPhoto, clean, phash

_OWN: Final = frozenset({"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"})
"""What Pillow tells of a JPEG that holds pixels and nothing else."""
_MAX_SIZE: Final = (1280, 2560)


@dataclass(frozen=True, slots=True)
class Picture:
    """A clean JPEG that is not on the disk yet."""

    jpeg: bytes
    sha256: str
    phash: int
    width: int
    height: int


def take(data: bytes, name: str) -> Picture:
    """An uploaded or imported file as it will be kept. Raises `listings.photos.PhotoRefused`.

    What is clean already is kept to the byte, so that an exported set comes back as itself; everything else
    passes the intake of sellers' photos, which leaves nothing but pixels.
    """
    if _is_clean(data):
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            try:
                return Picture(data, hashlib.sha256(data).hexdigest(), phash(image), *image.size)
            except OSError:
                pass  # cut off: the intake says it in words
    cleaned: CleanPhoto = clean(data, name)
    return Picture(cleaned.renditions[-1].jpeg, cleaned.sha256, cleaned.phash, cleaned.width, cleaned.height)


def _is_clean(data: bytes) -> bool:
    """Whether the file is a plain upright RGB JPEG of a kept size, with no metadata and nothing after it."""
    if not data.endswith(b"\xff\xd9") or data.count(b"\xff\xda") > 10:
        return False
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            own = set(image.info) <= _OWN and [name for name, _ in getattr(image, "applist", ())] == ["APP0"]
            fits = image.width <= _MAX_SIZE[0] and image.height <= _MAX_SIZE[1]
            return own and fits and image.mode == "RGB" and min(image.size) >= 1
    except OSError:
        return False


def path(sha256: str) -> Path:
    """Where a picture lies."""
    return Path(settings.MEDIA_ROOT) / "evals" / sha256[:2] / f"{sha256}.jpg"


def store(picture: Picture) -> None:
    """Write it, whole or not at all. Raises OSError."""
    whole = path(picture.sha256)
    if whole.exists():
        return
    whole.parent.mkdir(parents=True, exist_ok=True)
    partial = whole.with_suffix(f".{os.getpid()}.partial")
    partial.write_bytes(picture.jpeg)
    partial.replace(whole)


def read(sha256: str) -> bytes:
    """The file of that digest. Raises FileNotFoundError or ChangedOnDisk."""
    data = path(sha256).read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ChangedOnDisk(sha256)
    return data


class ChangedOnDisk(OSError):
    """The bytes of a picture are not those that its digest names."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"{path(sha256)} was changed or is damaged. Put it back, or import the case again.")


def remove_unused(digests: set[str]) -> None:
    """Delete those of these files that no case holds any more, erased cases aside."""
    held = CaseFile.objects.filter(sha256__in=digests, case__erased_at=None)
    for sha256 in digests - set(held.values_list("sha256", flat=True)):
        path(sha256).unlink(missing_ok=True)
