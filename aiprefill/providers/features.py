"""What a picture looks like, as numbers: a global vector to find candidates by, and local ones to make sure.

Neither alone can tell a near copy from a like thing. Two photos of one thing in its place share corners that
lie in the same order; like things do not. No Django here, and nothing that was learned from data.
"""

import io
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

VERSION: Final = 1
"""Of the numbers below: those of another version compare with nothing."""
SIDE: Final = 256
"""Longest side, in pixels, at which pictures are looked at."""
LEVELS: Final = ((1.0, 220), (0.7071, 120), (0.5, 70))
"""Scales of the picture, and how many corners are kept of each."""
BINS: Final = 8
"""Directions of a gradient."""
GRID: Final = 4
"""A corner's surroundings are GRID x GRID cells."""
CELL: Final = 5
"""Pixels between the cells' middles."""
LAYOUT: Final = 8
"""Colour cells of the global vector, a side."""
BLOCKS: Final = 5
"""Gradient cells of the global vector, a side."""
DIMENSIONS: Final = LAYOUT * LAYOUT * 3 + BLOCKS * BLOCKS * BINS
THUMB: Final = 32
"""Side of the small colour picture that is kept to compare colours by."""
FLAT: Final = 2e-5
"""Smallest eigenvalue below which a spot has no corner; greys run from 0 to 1."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Local:
    """The corners of a picture, and its colours.

    `points` is (n, 2): x and y as shares of the longest side. `descriptors` is (n, 128), of length 1 each.
    `thumb` is (THUMB, THUMB, 3), RGB from 0 to 1; `aspect` is (width, height) as shares of the longest side.
    """

    points: Floats
    descriptors: Floats
    thumb: Floats
    aspect: tuple[float, float]

    def to_bytes(self) -> bytes:
        """A compact form, of some 50 kB."""
        head = np.array([len(self.points), *(round(side * 60000) for side in self.aspect)], np.uint16)
        return b"".join(
            (
                head.tobytes(),
                np.round(self.points * 60000).astype(np.uint16).tobytes(),
                np.round(self.descriptors * 400).clip(0, 255).astype(np.uint8).tobytes(),
                np.round(self.thumb * 255).astype(np.uint8).tobytes(),
            )
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> "Local":
        """What `to_bytes` wrote."""
        count, width, height = (int(number) for number in np.frombuffer(data, np.uint16, 3))
        points = np.frombuffer(data, np.uint16, count * 2, 6).reshape(count, 2)
        at = 6 + count * 4
        size = GRID * GRID * BINS
        descriptors = np.frombuffer(data, np.uint8, count * size, at).reshape(count, size)
        thumb = np.frombuffer(data, np.uint8, THUMB * THUMB * 3, at + count * size)
        return cls(
            _shares(points, 60000),
            _unit(descriptors.astype(np.float32)),
            _shares(thumb.reshape(THUMB, THUMB, 3), 255),
            (width / 60000, height / 60000),
        )


@dataclass(frozen=True, slots=True)
class Features:
    """Both kinds. `vector` has DIMENSIONS numbers and the length 1; its dot product is the likeness."""

    vector: Floats
    local: Local


def features(picture: bytes) -> Features:
    """Of a JPEG file. Raises OSError for bytes that are none."""
    with Image.open(io.BytesIO(picture), formats=["JPEG"]) as opened:
        opened.draft("RGB", (SIDE, SIDE))
        image = opened.convert("RGB")
    scale = SIDE / max(image.size)
    width, height = (max(32, round(side * scale)) for side in image.size)
    image = image.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=3.0)
    thumb = _shares(image.resize((THUMB, THUMB), Image.Resampling.BOX), 255)
    levels = [_corners(image, share, count) for share, count in LEVELS]
    local = Local(
        np.concatenate([points for points, _ in levels]).astype(np.float32),
        np.concatenate([descriptors for _, descriptors in levels]),
        thumb,
        (width / SIDE, height / SIDE),
    )
    return Features(_vector(image), local)


def _vector(image: Image.Image) -> Floats:
    """Where which colours lie, and which directions edges have; both halves weigh the same."""
    rgb = _shares(image.resize((LAYOUT, LAYOUT), Image.Resampling.BOX), 255)
    light = rgb.mean(axis=2)
    opponent = np.stack([light, rgb[..., 0] - rgb[..., 1], rgb[..., 2] - (rgb[..., 0] + rgb[..., 1]) / 2], 2)
    opponent -= opponent.mean(axis=(0, 1))  # exposure and white balance
    opponent /= light.std() + light.mean() / 4 + 0.02
    small = image.convert("L").resize((BLOCKS * 20, BLOCKS * 20), Image.Resampling.BILINEAR)
    channels = _directions(_shares(small, 255))
    blocks = channels.reshape(BINS, BLOCKS, 20, BLOCKS, 20).mean(axis=(2, 4))
    halves = [_unit(part.reshape(1, -1)) for part in (opponent, np.sqrt(blocks))]
    return np.asarray(_unit(np.concatenate(halves, axis=1))[0])


def _corners(image: Image.Image, share: float, count: int) -> tuple[Floats, Floats]:
    """The strongest corners at one scale, spread over the picture: points and descriptors as in `Local`."""
    size = max(24, round(image.width * share)), max(24, round(image.height * share))
    grey = _shares(image.convert("L").resize(size, Image.Resampling.BICUBIC), 255)
    points = _spread(_cornerness(grey), count)
    channels = _blurred(_directions(grey), 2)
    reach = (np.arange(GRID) - (GRID - 1) / 2) * CELL
    rows = np.clip(np.round(points[:, 1, None] + np.repeat(reach, GRID)), 0, size[1] - 1).astype(int)
    columns = np.clip(np.round(points[:, 0, None] + np.tile(reach, GRID)), 0, size[0] - 1).astype(int)
    described = channels[:, rows, columns].transpose(1, 2, 0).reshape(len(points), GRID * GRID * BINS)
    # As SIFT does (Lowe, 2004): no single edge may outweigh the rest.
    return _shares(points + 0.5, max(size)), _unit(np.minimum(_unit(described), 0.2))


def _cornerness(grey: Floats) -> Floats:
    """The smaller eigenvalue of the structure tensor (Shi and Tomasi, 1994)."""
    down, right = np.gradient(grey)
    xx, yy, xy = _blurred(np.stack([right * right, down * down, right * down]), 1)
    return np.asarray((xx + yy) / 2 - np.sqrt(((xx - yy) / 2) ** 2 + xy * xy))


def _spread(strength: Floats, count: int) -> Floats:
    """(n, 2) x and y of local maxima, the strongest of each of 4 x 4 parts first; n is at most `count`."""
    height, width = strength.shape
    margin = CELL
    padded = np.pad(strength, 2, constant_values=-1)
    upright = np.maximum.reduce([padded[at : at + height] for at in range(5)])
    highest = np.maximum.reduce([upright[:, at : at + width] for at in range(5)])
    peaks = (strength >= highest) & (strength > FLAT)
    peaks[:margin] = peaks[-margin:] = False
    peaks[:, :margin] = peaks[:, -margin:] = False
    rows, columns = np.nonzero(peaks)
    order = np.argsort(-strength[rows, columns], kind="stable")
    rows, columns = rows[order], columns[order]
    part = rows * 4 // height * 4 + columns * 4 // width
    by_part = np.argsort(part, kind="stable")
    starts = np.searchsorted(part[by_part], np.arange(16))
    rank = np.empty(len(part), int)
    rank[by_part] = np.arange(len(part)) - starts[part[by_part]]
    kept = np.argsort(rank, kind="stable")[:count]
    return np.stack([columns[kept], rows[kept]], 1).astype(np.float32)


def _directions(grey: Floats) -> Floats:
    """(BINS, height, width): how strong the gradient is along each direction."""
    down, right = np.gradient(grey)
    angles = np.arange(BINS) * 2 * np.pi / BINS
    turned = right * np.cos(angles)[:, None, None] + down * np.sin(angles)[:, None, None]
    return np.maximum(turned, 0).astype(np.float32)


def _blurred(stack: Floats, times: int) -> Floats:
    """Each (height, width) layer blurred with a binomial kernel; its standard deviation is sqrt(times)."""
    for _ in range(times):
        for axis in (1, 2):
            edges = [(0, 0), (0, 0), (0, 0)]
            edges[axis] = (2, 2)
            wide = np.moveaxis(np.pad(stack, edges, mode="edge"), axis, 0)
            middle = wide[2:-2] * np.float32(6) + (wide[1:-3] + wide[3:-1]) * np.float32(4)
            stack = np.moveaxis((middle + wide[:-4] + wide[4:]) / np.float32(16), 0, axis)
    return stack


def _shares(numbers: Image.Image | NDArray[Any], whole: int) -> Floats:
    """The numbers as shares of `whole`."""
    return np.asarray(numbers, np.float32) / np.float32(whole)


def _unit(rows: Floats) -> Floats:
    """Each row at the length 1; rows of zeros stay."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), np.float32)
