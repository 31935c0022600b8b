"""Which uploads are taken, told from their first bytes and their header before a pixel is decoded. No Django.

Peak memory follows from pixels, so each format has its cap.
"""

import io
import re
from typing import Final

from PIL import Image, JpegImagePlugin, UnidentifiedImageError

from listings import heic
from listings.refusals import PhotoRefused, RefusalCode, RefusedLate

MAX_BYTES: Final = 15_000_000
MAX_REQUEST_BYTES: Final = 60_000_000
MIN_SIDE: Final = 100
MAX_MEGAPIXELS: Final = {"JPEG": 60, "PNG": 25, "WebP": 20, "AVIF": 20, "HEIC": 49}
"""What each decoder can be given, at its worst bit depth and with transparency, under 400 MB."""
MAX_JPEG_COEFFICIENTS: Final = 150_000_000
"""Two bytes each."""
MAX_JPEG_SCANS: Final = 64

# For all of this process. Opening a file of more than twice this raises, before a decoder allocates.
Image.MAX_IMAGE_PIXELS = MAX_MEGAPIXELS["JPEG"] * 1_000_000

_OPENED: Final = (
    "JPEG",
    "PNG",
    "WEBP",
    "AVIF",
)  # MPO comes in through JPEG; named here, it breaks the others
_KINDS: Final = {"JPEG": "JPEG", "MPO": "JPEG", "PNG": "PNG", "WEBP": "WebP", "AVIF": "AVIF"}
_CUT: Final = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n|RIFF....WEBP|....ftyp(avif|avis)", re.DOTALL)
_FOREIGN: Final = {
    "GIF": rb"GIF8",
    "BMP": rb"BM....\0\0\0\0",
    "ICO": rb"\x00\x00\x01\x00",
    "TIFF": rb"II\*\0|MM\0\*",
    "PDF": rb"%PDF",
    "MP4": rb"....ftyp(isom|iso2|mp4|M4V|qt  )",
    "SVG": rb"\s*(<\?xml[^>]*>\s*)?(<!DOCTYPE svg[^>]*>\s*)?<svg",
}
"""How a file begins that a seller may well take for a photo, though its format is not taken."""


def opened(data: bytes, name: str, *, box: tuple[int, int]) -> Image.Image:
    """The picture with its header read and judged but no pixel decoded.

    A HEIC is decoded, by its child, and comes back as a smaller PNG that still covers its fit in `box`.
    Raises PhotoRefused, and what Pillow raises on a damaged header.
    """
    if not data:
        raise PhotoRefused(RefusalCode.EMPTY, name)
    if len(data) > MAX_BYTES:
        raise PhotoRefused(RefusalCode.TOO_MANY_BYTES, name, limit=MAX_BYTES // 1_000_000)
    if heic.is_heic(data):
        limit = MAX_MEGAPIXELS["HEIC"] * 1_000_000
        size, data = heic.shrunk(data, box=box, max_pixels=limit)
        _judge_size(size, "HEIC", name)
    try:
        image = Image.open(io.BytesIO(data), formats=_OPENED)
    except UnidentifiedImageError as error:
        raise _unidentified(data, name) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PhotoRefused(RefusalCode.TOO_MANY_PIXELS, name, limit=MAX_MEGAPIXELS["JPEG"]) from error
    _judge_size(image.size, _KINDS[image.format or ""], name)
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        _judge_scans(image, data, name)
    return image


def _unidentified(data: bytes, name: str) -> PhotoRefused:
    for kind, beginning in _FOREIGN.items():
        if re.match(beginning, data[:1024], re.DOTALL):
            return PhotoRefused(RefusalCode.UNSUPPORTED_FORMAT, name, kind=kind)
    return PhotoRefused(RefusalCode.DAMAGED if _CUT.match(data) else RefusalCode.NOT_A_PICTURE, name)


def _judge_size(size: tuple[int, int], kind: str, name: str) -> None:
    refused = (
        RefusedLate if kind == "HEIC" else PhotoRefused
    )  # even the header of a HEIC is read by its child
    if size[0] * size[1] > MAX_MEGAPIXELS[kind] * 1_000_000:
        raise refused(RefusalCode.TOO_MANY_PIXELS, name, limit=MAX_MEGAPIXELS[kind])
    if min(size) < MIN_SIDE:
        raise refused(RefusalCode.TOO_SMALL, name, limit=MIN_SIDE)


def _judge_scans(image: JpegImagePlugin.JpegImageFile, data: bytes, name: str) -> None:
    """A JPEG of several scans (a progressive one) is decoded scan by scan, all coefficients in memory.

    Start-of-scan markers are counted in the raw bytes: entropy-coded data holds none, a preview adds a few.
    """
    scans = data.count(b"\xff\xda")
    if scans > MAX_JPEG_SCANS:
        raise PhotoRefused(RefusalCode.DAMAGED, name)
    sampling = [across * down for _, across, down, _ in image.layer]
    per_pixel = sum(sampling) / max([1, *sampling])
    if scans > 1 and image.width * image.height * per_pixel > MAX_JPEG_COEFFICIENTS:
        limit = int(MAX_JPEG_COEFFICIENTS / per_pixel / 1_000_000)
        raise PhotoRefused(RefusalCode.TOO_MANY_PIXELS, name, limit=limit)
