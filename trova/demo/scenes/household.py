"""Things that only the evaluation's pictures show: a keyboard, a tyre, an exercise mat and a vase."""

import math
import random

import materials as m
import shapes as s


def keyboard(code: str = "#d2cdc0", keys: str = "#e4e0d6", dark_keys: str = "#a9a59b", seed: int = 4) -> None:
    """A computer keyboard, 44 cm wide, front edge to the camera."""
    rng = random.Random(seed)
    body, light, dark = m.painted(code, 0.5, 0.7, size=0.3), m.painted(keys, 0.45, 0.6, size=0.1), m.painted(dark_keys, 0.45, 0.6, size=0.1)
    with s.placed(rotation=(math.radians(4), 0, 0)):
        s.box((0.44, 0.15, 0.022), (0, 0, 0.016), body, 0.006, 4)
        for row in range(6):
            y = -0.055 + row * 0.0195 + (0.006 if row == 5 else 0)
            at = -0.21
            for width in _widths(row):
                if width > 0:
                    special = width > 1.1 or row == 5 or at < -0.2
                    s.box((0.0185 * width - 0.002, 0.0165, 0.011), (at + 0.0185 * width / 2, y, 0.031 + rng.uniform(-0.0004, 0.0004)), dark if special else light, 0.003, 3)
                at += 0.0185 * abs(width)
    s.tube([(-0.1, 0.075, 0.02), (-0.12, 0.12, 0.004), (-0.2, 0.16, 0.003), (-0.34, 0.17, 0.003)], 0.0025, m.painted("#8c887e", 0.5, 0.1))


def _widths(row: int) -> tuple[float, ...]:
    """Key widths from the left, in keys; negative ones are gaps."""
    pad = (-0.4, 1, 1, 1, -0.4, 1, 1, 1, 1)
    if row == 0:
        return (1.5, 1.2, 1.2, 6.2, 1.2, 1.2, 1.5, *pad)
    if row == 5:
        return (1, -1, 1, 1, 1, 1, -0.5, 1, 1, 1, 1, -0.5, 1, 1, 1, 1, *pad[:4])
    ends = {1: (2.2, 1.8), 2: (1.7, 2.3), 3: (1.5, 1.5), 4: (1, 2)}[row]
    plain = 10 if row < 3 else 11
    return (ends[0], *((1,) * plain), 14 - plain - ends[0], *pad)


def tyre(rim: str = "#a9abab", rust: float = 0.1) -> None:
    """A car's wheel lying on its side, 62 cm across, with rim and tread."""
    rubber, alloy, black = m.painted("#1d1c1b", 0.85, 0.6, size=0.3), m.metal(rim, 0.4, rust, 0.3), m.painted("#191919", 0.6, 0.2)
    s.lathe([(0.2, 0.03), (0.22, 0.012), (0.27, 0.0), (0.298, 0.012), (0.309, 0.035), (0.311, 0.06), (0.303, 0.064), (0.311, 0.068), (0.312, 0.1), (0.304, 0.104), (0.312, 0.108), (0.311, 0.14), (0.303, 0.144), (0.311, 0.148), (0.309, 0.17), (0.298, 0.192), (0.27, 0.204), (0.22, 0.195), (0.2, 0.178)], rubber, 96)
    for index in range(72):
        angle = 2 * math.pi * index / 72
        block = s.box((0.006, 0.012, 0.036), (0.3095 * math.cos(angle), 0.3095 * math.sin(angle), 0.084 + 0.04 * (-1) ** index), rubber, 0.002)
        block.rotation_euler = (0, 0, angle)
    s.lathe([(0.202, 0.03), (0.195, 0.04), (0.18, 0.1), (0.195, 0.175), (0.206, 0.186), (0.202, 0.192), (0.19, 0.184), (0.176, 0.15), (0.172, 0.1)], alloy, 96)
    s.lathe([(0, 0.06), (0.19, 0.06)], black, 64)
    for index in range(7):
        angle = 2 * math.pi * index / 7
        with s.placed((0, 0, 0.15), (0, 0, angle)):
            s.loft([[(x, y * wide, z + 0.012 * up) for y, up in ((-1, -1), (1, -1), (1, 1), (-1, 1))] for x, wide, z in ((0.03, 0.024, 0.0), (0.1, 0.018, 0.006), (0.185, 0.024, 0.0))], alloy, subdivide=0)
    s.lathe([(0, 0.17), (0.03, 0.17), (0.036, 0.166), (0.05, 0.155), (0.055, 0.13)], alloy, 48)
    for index in range(5):
        angle = 2 * math.pi * (index + 0.3) / 5
        s.rod((0.042 * math.cos(angle), 0.042 * math.sin(angle), 0.15), (0.042 * math.cos(angle), 0.042 * math.sin(angle), 0.162), 0.006, black)


def mat(code: str = "#5b4a78", strap: str = "#2a2a2c") -> None:
    """An exercise mat rolled up, lying along x, one end to the camera's right."""
    foam = m.painted(code, 0.85, 0.4, size=0.1)
    path = [(0.012 + 0.0042 * a / (2 * math.pi) * 2, a) for a in (i * 2 * math.pi / 40 for i in range(40 * 6 + 1))]
    flat = [(r * math.cos(a), r * math.sin(a)) for r, a in path]
    lift = max(r for r, _ in path) + 0.004

    def surface(u: float, v: float) -> s.Point:
        y, z = flat[min(len(flat) - 1, round(v * (len(flat) - 1)))]
        return (u - 0.5) * 0.61, y, z + lift

    s.sheet(2, len(flat) - 1, surface, foam, 0.006)
    for x in (-0.17, 0.17):
        s.ring(lift + 0.0015, 0.0035, m.cloth(strap, weave=800), (x, 0, lift), "x", 96)
        s.box((0.02, 0.004, 0.02), (x, -lift - 0.003, lift), m.metal("#8d8d8c", 0.4), 0.002)


def vase(code: str = "#7f9a94", speckle: str | None = "#3d4a48") -> None:
    """A wheel-thrown vase, 26 cm high."""
    s.lathe([(0, 0.003), (0.045, 0.003), (0.048, 0), (0.052, 0.004), (0.075, 0.04), (0.09, 0.085), (0.088, 0.13), (0.066, 0.175), (0.038, 0.205), (0.032, 0.225), (0.036, 0.245), (0.047, 0.26), (0.043, 0.26), (0.03, 0.24), (0.026, 0.22), (0.028, 0.19), (0, 0.18)], m.ceramic(code, speckle, 0.25, 0.25), 96, subdivide=1)
