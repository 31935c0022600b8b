"""The site's mark as pictures for home screens: `python -m trova.icons` draws them from `favicon.svg`.

It knows what the mark is made of: a square with round corners, strokes with round ends, and a dot.
"""

import re
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from PIL import Image, ImageDraw

FOLDER: Final = Path(__file__).resolve().parent.parent / "static" / "icons"
MARK: Final = FOLDER / "favicon.svg"
SPACE: Final = "{http://www.w3.org/2000/svg}"
FINER: Final = 8
"""Drawn so much larger, then made small: Pillow draws edges hard."""
SAFE: Final = 0.8
"""A mask may cut off all outside this part of the width."""

Point = tuple[float, float]


def icon(side: int, *, is_whole: bool = False) -> Image.Image:
    """The mark at this size: on its own ground, or, whole, on a square that a mask may cut."""
    mark = ET.fromstring(MARK.read_text(encoding="utf-8"))  # noqa: S314  a file of ours
    ground, lines, dot = (mark.find(SPACE + shape) for shape in ("rect", "path", "circle"))
    assert ground is not None  # noqa: S101
    assert lines is not None  # noqa: S101
    assert dot is not None  # noqa: S101
    width = float(ground.attrib["width"])
    scale = side * FINER / width * (SAFE if is_whole else 1)
    edge = (side * FINER - width * scale) / 2
    fill = ground.attrib["fill"]
    image = Image.new("RGBA", (side * FINER,) * 2, fill if is_whole else "#00000000")
    draw = ImageDraw.Draw(image)
    if not is_whole:
        draw.rounded_rectangle((0, 0, *image.size), float(ground.attrib["rx"]) * scale, fill)
    for start, end in strokes(lines.attrib["d"]):
        points = [(x * scale + edge, y * scale + edge) for x, y in (start, end)]
        thick = float(lines.attrib["stroke-width"]) * scale
        draw.line(points, lines.attrib["stroke"], round(thick))
        for x, y in points:
            draw.circle((x, y), thick / 2, lines.attrib["stroke"])
    cx, cy, radius = (float(dot.attrib[name]) * scale for name in ("cx", "cy", "r"))
    draw.circle((cx + edge, cy + edge), radius, dot.attrib["fill"])
    return image.resize((side, side), Image.Resampling.LANCZOS)


def strokes(path: str) -> list[tuple[Point, Point]]:
    """The straight lines of a path of M, h, v, H and V."""
    found: list[tuple[Point, Point]] = []
    x = y = 0.0
    for verb, numbers in re.findall(r"([MhvHV])([^MhvHV]*)", path):
        told = [float(number) for number in numbers.split()]
        if verb == "M":
            x, y = told
            continue
        to = {"h": (x + told[0], y), "v": (x, y + told[0]), "H": (told[0], y), "V": (x, told[0])}[verb]
        found.append(((x, y), to))
        x, y = to
    return found


ICONS: Final = {
    "icon-192.png": (192, False),
    "icon-512.png": (512, False),
    "icon-maskable-512.png": (512, True),
    "apple-touch-icon.png": (180, True),
}
"""File name to its side, and whether it fills its square."""


if __name__ == "__main__":
    for name, (side, is_whole) in ICONS.items():
        icon(side, is_whole=is_whole).save(FOLDER / name, optimize=True)
