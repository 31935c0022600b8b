"""Several things in one picture, and paper with writing beside them."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PIL import Image, ImageDraw, ImageFont

import books
import materials as m
import shapes as s


@dataclass(frozen=True)
class Part:
    """`build(**look)` at `place`, turned by `turn` degrees."""

    build: Callable[..., None]
    look: dict[str, Any] = field(default_factory=dict)
    place: s.Point = (0, 0, 0)
    turn: float = 0.0


def together(*parts: Part) -> Callable[[], None]:
    """A build of all `parts`."""

    def build() -> None:
        for part in parts:
            with s.placed(part.place, (0, 0, math.radians(part.turn))):
                part.build(**part.look)

    return build


def nothing() -> None:
    """An empty spot."""


def note(words: str, size: tuple[float, float] = (0.148, 0.105), lean: float = 0, paper: str = "#e9e4d6", ink: str = "#23262e", seed: int = 1) -> None:
    """A sheet with hand-written capitals, `|` between the lines; lying (`lean` 0) to upright (90 degrees) with its foot at y = 0."""
    wide, high = size
    art = m.printed(_written(words, size, paper, ink, seed), 0.8, 0.15)

    def surface(u: float, v: float) -> s.Point:
        return (u - 0.5) * wide, v * high, 0.0015 + 0.025 * high * (2 * u - 1) ** 2 * (0.3 + v)

    with s.placed(rotation=(math.radians(lean), 0, 0)):
        s.sheet(16, 12, surface, art)


def _written(words: str, size: tuple[float, float], paper: str, ink: str, seed: int) -> books.Path:
    """Letters set one by one, none quite straight."""
    rng = random.Random(seed)
    wide, high = 900, round(900 * size[1] / size[0])
    image = Image.new("RGB", (wide, high), paper)
    lines = words.split("|")
    longest = max(len(line) for line in lines)
    step = min(high * 0.88 / len(lines), wide * 0.92 / longest * 1.55)
    font = ImageFont.load_default(int(step * 0.8))
    advance = step * 0.6
    top = (high - step * len(lines)) / 2
    for row, line in enumerate(lines):
        x = (wide - advance * len(line)) / 2 + rng.uniform(-10, 10)
        for letter in line:
            glyph = Image.new("L", (int(step * 1.2),) * 2)
            ImageDraw.Draw(glyph).text((step * 0.6, step * 0.6), letter, fill=255, font=font, anchor="mm", stroke_width=max(1, int(step / 34)))
            glyph = glyph.rotate(rng.uniform(-6, 6))
            image.paste(ink, (int(x - step * 0.3), int(top + row * step - step * 0.1 + rng.uniform(-2, 3))), glyph)
            x += advance
    target = books.SCRATCH / f"note-{seed}.png"
    image.save(target)
    return target
