"""Whether two pictures show one thing in one place from nearly one spot.

Corners that look alike are laid over each other by the turn, zoom and shift that most of them agree on, then
by an affine map. Where enough of them fall into place, the colours of the middle must agree as well: the same
table with another thing on it shares its corners, and a thing in another colour shares its shape.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aiprefill.providers.features import THUMB, Floats, Local

ALIKE: Final = 0.80
"""Cosine of two descriptors from which they may be of one corner."""
STRONGEST: Final = 36
"""Matches that hypotheses are made of, two at a time."""
NEAR: Final = 0.035
"""How far from its place a corner may lie, as a share of the longest side: depth moves things apart."""
MAX_TURN: Final = 0.35
"""Radians."""
MAX_ZOOM: Final = 1.8
MIDDLE: Final = 0.3
"""How far from the centre, as a share of each side, a colour still counts."""
NEAR_COPY: Final = 50.0
"""The score from which a picture is a near copy."""
FEWEST: Final = 4
"""Corners that fix an affine map and leave one to doubt it."""

Doubles = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two pictures share.

    `corners` fell into place, of `matched` that looked alike; `parts` of 6 x 6 of the picture hold one.
    `tint` and `worst_tint` say how far the colours of the middle lie apart once both have one white balance
    (three quarters and nine tenths lie nearer), `shade` how their lights and darks correlate.
    """

    corners: int
    matched: int
    parts: int = 0
    tint: float = 9.0
    worst_tint: float = 9.0
    shade: float = -1.0

    @property
    def score(self) -> float:
        """High for near copies; `manage.py catalogue_report` prints who scores what."""
        return self.corners * max(self.shade, 0.0)

    @property
    def is_near_copy(self) -> bool:
        return (
            self.score >= NEAR_COPY
            and self.corners >= 0.38 * self.matched
            and self.parts >= 14
            and self.tint <= 0.22
            and self.worst_tint <= 0.38
            and self.shade >= 0.68
        )


def likeness(one: Local, other: Local) -> Likeness:
    """Of two pictures; the order makes next to no difference."""
    left, right, alike = _mutual(one.descriptors, other.descriptors)
    here, there = one.points[left].astype(np.float64), other.points[right].astype(np.float64)
    inside = _consensus(here, there, alike)
    for _ in range(3):
        if (corners := int(inside.sum())) < FEWEST:
            return Likeness(corners, len(left))
        design = np.column_stack([here, np.ones(len(here))])
        affine = np.asarray(np.linalg.lstsq(design[inside], there[inside], rcond=None)[0], np.float64)
        inside = np.linalg.norm(design @ affine - there, axis=1) < NEAR
    cells = (here[inside] / np.array(one.aspect) * 6).astype(int)
    return Likeness(
        int(inside.sum()), len(left), len(np.unique(cells, axis=0)), *_colours(one, other, affine)
    )


def _mutual(one: Floats, other: Floats) -> tuple[Indices, Indices, Floats]:
    """Which corners are each other's likest, and how like."""
    table = one @ other.T
    if not table.size:
        return np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0, np.float32)
    rows = np.arange(len(one))
    best = table.argmax(axis=1)
    kept = rows[(table.argmax(axis=0)[best] == rows) & (table[rows, best] >= ALIKE)]
    return kept, best[kept], table[kept, best[kept]]


def _consensus(here: Doubles, there: Doubles, alike: Floats) -> NDArray[np.bool_]:
    """Which matches agree with the turn, zoom and shift that the most agree with.

    Every pair of the likest matches is tried, so nothing is left to chance. Points are complex numbers: one
    product turns and zooms.
    """
    z, w = here @ np.array([1, 1j]), there @ np.array([1, 1j])
    strongest = np.argsort(-alike, kind="stable")[:STRONGEST]
    first, second = (strongest[index] for index in np.triu_indices(len(strongest), 1))
    apart = abs(z[first] - z[second]) > 0.1
    first, second = first[apart], second[apart]
    turn = (w[second] - w[first]) / (z[second] - z[first])
    zoom = abs(turn)
    possible = (abs(np.angle(turn)) < MAX_TURN) & (zoom < MAX_ZOOM) & (zoom > 1 / MAX_ZOOM)
    turn, shift = turn[possible], (w[first] - turn * z[first])[possible]
    if not len(turn):
        return np.zeros(len(here), np.bool_)
    inside = abs(turn[:, None] * z + shift[:, None] - w) < NEAR
    return np.asarray(inside[inside.sum(axis=1).argmax()])


def _colours(one: Local, other: Local, affine: Doubles) -> tuple[float, float, float]:
    """`tint`, `worst_tint` and `shade` of the middle of `one`, laid over `other`."""
    grid = (np.arange(THUMB) + 0.5) / THUMB
    x, y = (axis.ravel() for axis in np.meshgrid(grid, grid))
    places = np.column_stack([x * one.aspect[0], y * one.aspect[1], np.ones(len(x))]) @ affine
    columns, rows = np.round(places / np.array(other.aspect) * THUMB - 0.5).astype(int).T
    shared = (columns >= 0) & (rows >= 0) & (columns < THUMB) & (rows < THUMB)
    middle = shared & (abs(x - 0.5) < MIDDLE) & (abs(y - 0.5) < MIDDLE)
    if middle.sum() < THUMB:
        return 9.0, 9.0, -1.0
    # In logarithms exposure and white balance are one shift of a channel, which the median takes out.
    here = np.log(one.thumb.reshape(-1, 3) + 0.1)
    there = np.log(other.thumb[rows.clip(0, THUMB - 1), columns.clip(0, THUMB - 1)] + 0.1)
    gap = here - there
    gap = (gap - np.median(gap[shared], axis=0))[middle]
    tint, worst = np.quantile(np.linalg.norm(gap - gap.mean(axis=1, keepdims=True), axis=1), [0.75, 0.9])
    light, dark = here[middle].mean(axis=1), there[middle].mean(axis=1)
    spread = float(light.std() * dark.std())
    shade = float(((light - light.mean()) * (dark - dark.mean())).mean()) / spread if spread > 1e-6 else 1.0
    return float(tint), float(worst), shade
