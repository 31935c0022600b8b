"""Photo intake: any uploaded bytes become clean pictures, or a refusal that says what to do. No Django here.

Nothing of the original survives: what is kept is encoded from pixels alone. A file is judged by its content
and its header before a pixel is decoded; whatever is accepted stays under 400 MB of memory.
"""

import hashlib
import io
import os
import struct
import threading
from dataclasses import dataclass
from typing import BinaryIO, Final

import numpy as np
from PIL import Image, ImageCms

from listings import headers
from listings.headers import MAX_BYTES, MAX_REQUEST_BYTES
from listings.refusals import REFUSALS, PhotoRefused, RefusalCode, RefusedLate, shown_name

__all__ = [
    "MAX_BYTES",
    "MAX_REQUEST_BYTES",
    "READING_SIDE",
    "REFUSALS",
    "WIDTHS",
    "CleanPhoto",
    "PhotoRefused",
    "RefusalCode",
    "Rendition",
    "clean",
    "hamming",
    "model_picture",
    "phash",
    "shown_name",
]

WIDTHS: Final = (320, 640, 1280)
MAX_HEIGHT: Final = 2560
"""Of a rendition, pixels: the tallest phone screens pass, a ribbon does not become a tower."""
READING_SIDE: Final = 1024
"""Of the copy that programs look at, its longest side in pixels."""
JPEG_QUALITY: Final = 85
WEBP_QUALITY: Final = 80
MAX_PLACEHOLDER: Final = 200
"""Bytes; as a base64 data URL this stays under 300 characters."""

_DAMAGE: Final = (OSError, ValueError, SyntaxError, EOFError, RuntimeError, MemoryError, struct.error)
"""What decoders raise on bytes that are not what their header promised."""
_CORES: Final = threading.BoundedSemaphore(len(os.sched_getaffinity(0)))


@dataclass(frozen=True, slots=True)
class Rendition:
    """One size of a photo, in pixels, in both encodings."""

    width: int
    height: int
    webp: bytes
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class CleanPhoto:
    """What is kept of an upload.

    The master is the largest rendition: `width` and `height` are its, `sha256` the hex digest of its JPEG.
    `phash` is a signed 64-bit perceptual hash. `renditions` ascend in width and never exceed the upload.
    `placeholder` is a tiny WebP of at most MAX_PLACEHOLDER bytes. `reading` is a JPEG within READING_SIDE for
    programs that look at photos: made once, where the pixels are, not by each of them from the master.
    """

    sha256: str
    phash: int
    width: int
    height: int
    renditions: tuple[Rendition, ...]
    placeholder: bytes
    reading: bytes


def clean(file: BinaryIO | bytes, name: str) -> CleanPhoto:
    """Judge, decode, turn upright, flatten and encode an upload; `name` only serves the message.

    Raises PhotoRefused. Waits while this process is decoding as many photos as it has cores.
    """
    data = file if isinstance(file, bytes) else file.read(MAX_BYTES + 1)
    shown = shown_name(name)
    with _CORES:
        try:
            master = _master(headers.opened(data, shown, box=(WIDTHS[-1], MAX_HEIGHT)))
        except _DAMAGE as error:
            raise RefusedLate(RefusalCode.DAMAGED, shown) from error
        return _encoded(master)


def model_picture(jpeg: bytes, side: int) -> bytes:
    """A stored master as a JPEG whose longest side is at most `side` pixels: itself when it already is."""
    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as image:
        if max(image.size) <= side:
            return jpeg
        return _within(image, side)


# --- pixels -------------------------------------------------------------------------------------------------

_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns a picture upright, by its EXIF orientation; from 5 on, width and height change places."""
_BAND: Final = 64


def _master(image: Image.Image) -> Image.Image:
    """The picture at the size of its largest rendition: RGB in sRGB, upright, on white, without metadata."""
    orientation = _orientation(image)
    width, height = image.size if orientation < 5 else image.size[::-1]
    scale = min(1.0, WIDTHS[-1] / width, MAX_HEIGHT / height)
    upright = max(1, round(width * scale)), max(1, round(height * scale))
    stored = upright if orientation < 5 else upright[::-1]
    profile = image.info.get("icc_profile")
    image.draft(None, stored)
    small = _reduced(image, stored).resize(stored, Image.Resampling.BICUBIC)
    page = Image.new("RGB", stored, "white")
    page.paste(_srgb(small, profile), mask=small.getchannel("A") if small.mode == "RGBA" else None)
    return page.transpose(_TURNS[orientation]) if orientation in _TURNS else page


def _orientation(image: Image.Image) -> int:
    """1 to 8; 1 when EXIF is absent or unreadable, which says nothing against the picture."""
    try:
        orientation = image.getexif().get(0x0112, 1)
    except (SyntaxError, ValueError, struct.error):
        return 1
    return orientation if orientation in _TURNS else 1


def _reduced(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The decoded picture in a mode that resizes smoothly, whole times smaller, but not below `size`.

    In bands: a second copy of all the pixels of a large transparent picture would need 400 MB.
    """
    image.load()
    factor = min(image.width // size[0], image.height // size[1])
    if factor <= 1:
        return _smooth(image)
    bands = []
    for top in range(0, image.height, _BAND * factor):
        bottom = min(top + _BAND * factor, image.height)
        bands.append(_smooth(image.crop((0, top, image.width, bottom))).reduce(factor))
    small = Image.new(bands[0].mode, (bands[0].width, sum(band.height for band in bands)))
    for index, band in enumerate(bands):
        small.paste(band, (0, index * _BAND))
    return small


def _smooth(image: Image.Image) -> Image.Image:
    """The same pixels as L, RGB, RGBA or CMYK, 8 bits a channel."""
    if image.mode.startswith("I"):  # Pillow would clip 16 bits, not scale them
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode != "RGBA" and image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in {"L", "RGB", "RGBA", "CMYK"} else image.convert("RGB")


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The colours as sRGB; a profile that is broken or meant for another kind of picture is left aside."""
    if profile:
        source = image.convert("RGB") if image.mode == "RGBA" else image
        try:
            embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(source, embedded, target, outputMode="RGB") or source
        except (ImageCms.PyCMSError, OSError):
            pass
    return image.convert("RGB")


# --- encoding -----------------------------------------------------------------------------------------------


def _encoded(master: Image.Image) -> CleanPhoto:
    widths = [width for width in WIDTHS if width < master.width]
    pictures = [master]
    for width in reversed(widths):
        height = max(1, round(master.height * width / master.width))
        pictures.insert(0, pictures[0].resize((width, height), Image.Resampling.BICUBIC))
    renditions = tuple(Rendition(*picture.size, _webp(picture), _jpeg(picture)) for picture in pictures)
    return CleanPhoto(
        sha256=hashlib.sha256(renditions[-1].jpeg).hexdigest(),
        phash=phash(pictures[0]),
        width=master.width,
        height=master.height,
        renditions=renditions,
        placeholder=_placeholder(pictures[0]),
        reading=_within(master, READING_SIDE),
    )


def _within(picture: Image.Image, side: int) -> bytes:
    """The picture, no larger than a square of `side`, as a JPEG: quickly, for it is served to nobody."""
    small = picture.copy()
    small.thumbnail((side, side), Image.Resampling.BICUBIC, reducing_gap=2.0)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def _webp(picture: Image.Image, quality: int = WEBP_QUALITY) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=quality, method=2)  # method 4: four times as long, 3 % fewer bytes
    return out.getvalue()


def _placeholder(picture: Image.Image) -> bytes:
    for side in (20, 16, 12):
        tiny = picture.copy()
        tiny.thumbnail((side, side))
        if len(found := _webp(tiny, quality=40)) <= MAX_PLACEHOLDER:
            break
    return found


# --- likeness -----------------------------------------------------------------------------------------------

_DCT: Final = np.cos(np.pi * np.outer(np.arange(8), 2 * np.arange(32) + 1) / 64)
"""The eight lowest of the 32 basis vectors of the DCT-II, unscaled."""


def phash(image: Image.Image) -> int:
    """A signed 64-bit perceptual hash: the 8 x 8 lowest DCT coefficients of 32 x 32 greys, over their median?

    The same picture resized or encoded again differs in at most 4 bits, another product in more than 8.
    The method is imagehash.phash's (Krawetz, "Looks Like It", 2011).
    """
    grey = np.asarray(image.convert("L").resize((32, 32), Image.Resampling.LANCZOS), dtype=np.float64)
    low = _DCT @ grey @ _DCT.T
    return int.from_bytes(np.packbits(low > np.median(low)).tobytes(), signed=True)


def hamming(a: int, b: int) -> int:
    """How many of the 64 bits differ."""
    return ((a ^ b) & 0xFFFF_FFFF_FFFF_FFFF).bit_count()
