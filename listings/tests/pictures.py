"""Pictures for tests, made here; the shared photos are read in place and never copied."""

import io
import json
import os
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from PIL import Image, ImageCms

from listings.refusals import RefusalCode

PROJECT: Final = Path(__file__).parents[2]
SHARED: Final = PROJECT / os.environ.get("TROVA_PHOTOS", "../shared/photos")
DATA: Final = Path(__file__).parent / "data"
needs_shared: Final = pytest.mark.skipif(
    not SHARED.is_dir(), reason="set TROVA_PHOTOS to the folder of the shared photos"
)

RED: Final = (220, 30, 30)
BLUE: Final = (40, 90, 160)
WHITE: Final = (240, 240, 240)

REFUSED: Final = {
    "empty.jpg": RefusalCode.EMPTY,
    "truncated_half.jpg": RefusalCode.DAMAGED,
    "truncated_tail.jpg": RefusalCode.DAMAGED,
    "animated.gif": RefusalCode.UNSUPPORTED_FORMAT,
    "image.bmp": RefusalCode.UNSUPPORTED_FORMAT,
    "favicon.ico": RefusalCode.UNSUPPORTED_FORMAT,
    "bomb_30000x30000_1bit.png": RefusalCode.TOO_MANY_PIXELS,
    "png_text_chunk_bomb.png": RefusalCode.DAMAGED,
    "one_pixel.png": RefusalCode.TOO_SMALL,
    "script.svg": RefusalCode.UNSUPPORTED_FORMAT,
    "page.html.jpg": RefusalCode.NOT_A_PICTURE,
    "document.pdf.jpg": RefusalCode.UNSUPPORTED_FORMAT,
}
"""The hostile files that are not taken; every other one is."""


def manifest() -> list[dict[str, Any]]:
    """The hostile files as the shared folder describes them; none when it is not there."""
    path = SHARED / "hostile" / "manifest.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def bars(width: int = 480, height: int = 320) -> Image.Image:
    """Blue, with a red bar along the top and a white one down the left side under it: no turn looks alike."""
    picture = Image.new("RGB", (width, height), BLUE)
    picture.paste(RED, (0, 0, width, height // 5))
    picture.paste(WHITE, (0, height // 5, width // 4, height))
    return picture


def smooth(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Gradients: as heavy to decode as a photo of this size, cheap to make and small on disk."""
    across = Image.linear_gradient("L").resize((width, height))
    down = across.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    round_ = Image.radial_gradient("L").resize((width, height))
    return Image.merge(mode, [across, down, round_, across][: len(Image.new(mode, (1, 1)).getbands())])


def noisy(width: int, height: int, seed: int = 1) -> Image.Image:
    """What compresses worst."""
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(noise)


def encoded(picture: Image.Image, format_: str, **options: Any) -> bytes:
    """The picture as a file of this format."""
    out = io.BytesIO()
    picture.save(out, format_, **options)
    return out.getvalue()


def decoded(data: bytes) -> Image.Image:
    """A stored picture, its pixels loaded."""
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def near(picture: Image.Image, x: float, y: float, colour: tuple[int, int, int], within: int = 12) -> bool:
    """Whether the pixel at these fractions of width and height has about this colour."""
    pixel = picture.convert("RGB").getpixel((int(picture.width * x), int(picture.height * y)))
    assert isinstance(pixel, tuple)
    return max(abs(have - want) for have, want in zip(pixel, colour, strict=True)) <= within


def sixteen_bit_grey() -> bytes:
    """Middle grey, with noise in the bits that do not fit in eight."""
    return encoded(Image.new("I;16", (200, 120), 0x80FF), "PNG")


def swapped_profile() -> bytes:
    """sRGB with its red and green primaries exchanged."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for old, new in ((b"rXYZ", b"tmp!"), (b"gXYZ", b"rXYZ"), (b"tmp!", b"gXYZ")):
        profile = profile.replace(old, new, 1)
    return profile
