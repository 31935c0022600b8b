"""Pictures that the tests of the catalogue change: cropped, relit, recoloured."""

import io
from functools import cache
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

DEMO: Final = Path(__file__).parents[2] / "trova" / "demo"
NEAR: Final = (DEMO / "samples", DEMO / "near_copies")
NAMES: Final = ("headphones-black", "chair-white", "radio-teal", "boots-green", "bookcase-white")


def jpeg(image: Image.Image, quality: int = 85) -> bytes:
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


@cache
def cover(name: str) -> Image.Image:
    with Image.open(DEMO / "photos" / f"{name}.jpg") as opened:
        return opened.convert("RGB")


def cropped(name: str, share: float = 0.1) -> bytes:
    image = cover(name)
    width, height = image.size
    edges = (width * share, height * share / 2, width * (1 - share / 2), height * (1 - share))
    return jpeg(image.crop(tuple(map(int, edges))))  # type: ignore[arg-type]  # four of them


def relit(name: str, gain: float = 0.7) -> bytes:
    """Darker, and warmer: a lamp instead of the window."""
    red, green, blue = cover(name).split()
    scaled = [
        channel.point(lambda value, by=gain * tint: min(255, int(value * by)))
        for channel, tint in ((red, 1.1), (green, 1.0), (blue, 0.85))
    ]
    return jpeg(Image.merge("RGB", scaled))


def with_middle(name: str, other: Image.Image) -> bytes:
    """The picture with its middle taken from another: the same place, another thing in it."""
    image = cover(name)
    width, height = image.size
    mask = Image.new("L", image.size, 0)
    ImageDraw.Draw(mask).ellipse((width // 4, height // 4, width * 3 // 4, height * 3 // 4), fill=255)
    return jpeg(Image.composite(other.resize(image.size), image, mask))


def swapped_colours(name: str) -> Image.Image:
    """Red for blue."""
    return Image.merge("RGB", cover(name).split()[::-1])
