"""Plots as plain numbers, in per cent of their frame; templates draw them as SVG. No Django here."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a histogram: it holds `count` values from `start` up to `end`."""

    start: float
    end: float
    count: int
    x: float
    width: float
    height: float

    @property
    def y(self) -> float:
        """Where it begins, from the top."""
        return 100 - self.height


def histogram(values: Sequence[float], most_bars: int = 16) -> list[Bar]:
    """Bars of one round width from 0 to the largest value; none for no values.

    The width is 1, 2 or 5 times a power of ten, so that every edge is a number that people say.
    """
    if not values:
        return []
    width = round_width(max(values) / most_bars)
    count = math.floor(max(values) / width) + 1
    heights = [0] * count
    for value in values:
        heights[min(math.floor(value / width), count - 1)] += 1
    step = 100 / count
    return [
        Bar(n * width, (n + 1) * width, held, n * step, step, 100 * held / max(heights))
        for n, held in enumerate(heights)
    ]


def round_width(least: float) -> float:
    """The smallest of ..., 0.5, 1, 2, 5, 10, ... that is at least so wide; 1 for nothing."""
    if least <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least)


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale with 0 in its middle, that goes `end` to both sides."""

    end: float

    def place(self, value: float) -> float:
        """Where a value lies; what is further out lies at the edge."""
        return 50 + 50 * max(-1.0, min(1.0, value / self.end))


def axis(values: Sequence[float]) -> Axis:
    """A scale on which all of these have their place, with an end that people say."""
    return Axis(round_width(max(map(abs, values), default=0.0)))


@dataclass(frozen=True, slots=True)
class Forest:
    """A difference with its interval from `low` to `high`, and how far it may lose; each at its place."""

    point: float
    low: float | None = None
    high: float | None = None
    margin: float | None = None

    @property
    def width(self) -> float:
        """How much of the frame the interval takes."""
        return 0.0 if self.low is None or self.high is None else self.high - self.low
