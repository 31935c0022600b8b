"""A kitchen chair, a side table and a bookcase."""

import math
import random

import materials as m
import shapes as s


def _timber(code: str | None, dark: str | None, chips: str | None, axis: int) -> s.Material:
    """Paint over wood if `dark` is none, else bare wood from light to dark."""
    if dark:
        return m.wood(code, dark, axis, 0.45, 0.6)
    return m.painted(code, 0.4, 0.7, chips=chips, size=0.5)


def chair(code: str = "#c58f55", dark: str | None = "#8a5a30", chips: str | None = None, back: str = "ladder") -> None:
    """A plain chair, seat at 45 cm, facing the camera. `back`: ladder or spindles."""
    upright, across = _timber(code, dark, chips, 2), _timber(code, dark, chips, 0)
    outline = [(-0.2, 0.19), (-0.21, 0.05), (-0.225, -0.17), (-0.19, -0.215), (0, -0.228), (0.19, -0.215), (0.225, -0.17), (0.21, 0.05), (0.2, 0.19)]
    outline = [(x, y) for x, y, _ in s.curve([(x, y, 0) for x, y in outline], 4)]
    with s.placed((0, 0, 0.43)):
        s.plate(outline, 0.026, across, 0.009)
    for x in (-1, 1):
        s.rod((x * 0.185, -0.175, 0.435), (x * 0.2, -0.2, 0), 0.019, upright, 0.0135)
        s.rod((x * 0.175, 0.165, 0.435), (x * 0.19, 0.215, 0), 0.018, upright, 0.0135)
        s.rod((x * 0.192, -0.19, 0.19), (x * 0.183, 0.19, 0.19), 0.009, upright)
        s.tube([(x * 0.178, 0.165, 0.43), (x * 0.185, 0.19, 0.62), (x * 0.19, 0.235, 0.87)], 0.0165, upright)
    s.rod((-0.192, -0.19, 0.26), (0.192, -0.19, 0.26), 0.009, across)
    for x in (-1, 1):
        s.box((0.02, 0.34, 0.045), (x * 0.17, 0, 0.408), upright, 0.003)
    s.box((0.36, 0.02, 0.045), (0, -0.18, 0.408), across, 0.003)
    heights = (0.58, 0.7, 0.82) if back == "ladder" else (0.845,)
    for z in heights:
        lean = 0.165 + (z - 0.43) * 0.155
        bow = [(t / 8 * 0.37 - 0.185, lean + 0.016 * math.sin(math.pi * t / 8), z) for t in range(9)]
        rings = [[(x, y - 0.007, z0 - 0.027), (x, y + 0.007, z0 - 0.027), (x, y + 0.007, z0 + 0.027), (x, y - 0.007, z0 + 0.027)] for x, y, z0 in bow]
        s.loft(rings, across, subdivide=1)
    if back != "ladder":
        for index in range(6):
            x = -0.125 + index * 0.05
            s.rod((x * 0.95, 0.175, 0.45), (x, 0.238, 0.835), 0.0065, upright)


def side_table(code: str = "#b98550", dark: str | None = "#7c5029", chips: str | None = None, shelf: bool = True, top: float = 0.23) -> None:
    """A round table 46 cm high on three splayed legs."""
    upright, across = _timber(code, dark, chips, 2), _timber(code, dark, chips, 0)
    s.lathe([(0, 0.43), (top - 0.012, 0.43), (top, 0.438), (top, 0.448), (top - 0.006, 0.455), (0, 0.455)], across, 96, bevel=0.002)
    if shelf:
        s.lathe([(0, 0.16), (top * 0.62, 0.16), (top * 0.63, 0.172), (0, 0.174)], across, 72, bevel=0.002)
    for index in range(3):
        angle = 2 * math.pi * index / 3 + 0.5
        c, d = math.cos(angle), math.sin(angle)
        s.rod((0.13 * c, 0.13 * d, 0.432), (0.23 * c, 0.23 * d, 0), 0.018, upright, 0.011)
    s.ring(0.055, 0.0012, m.painted("#5b3a1f", 0.5, 0.2), (0.06, -0.07, 0.4545))


def bookcase(code: str = "#d9d5cb", dark: str | None = None, chips: str | None = "#b79b78", filled: float = 0.5, seed: int = 3, shelves: int = 4) -> None:
    """An open case 70 cm wide; `filled` of its shelves hold books."""
    rng = random.Random(seed)
    upright, across = _timber(code, dark, chips, 2), _timber(code, dark, chips, 0)
    height = 0.06 + 0.3 * shelves
    for x in (-0.35, 0.35):
        s.box((0.02, 0.27, height), (x, 0, height / 2), upright, 0.002)
    s.box((0.7, 0.004, height), (0, 0.132, height / 2), across, 0)
    for level in range(shelves + 1):
        s.box((0.68, 0.26, 0.02), (0, 0, 0.06 + level * 0.3 - 0.01), across, 0.002)
    s.box((0.68, 0.015, 0.05), (0, -0.11, 0.025), across, 0.002)
    palette = [m.painted(c, 0.5, 0.4, size=0.2) for c in ("#7b3b34", "#39506b", "#c8b48a", "#51634a", "#8a7f70", "#d9d3c6", "#2f3033", "#a8622f")]
    for level in range(shelves):
        if rng.random() > filled:
            continue
        x = -0.33
        stop = rng.uniform(-0.1, 0.3)
        while x < stop:
            thick, tall, deep = rng.uniform(0.015, 0.045), rng.uniform(0.18, 0.25), rng.uniform(0.13, 0.18)
            s.box((thick, deep, tall), (x + thick / 2, -0.03 + rng.uniform(-0.015, 0.015), 0.06 + level * 0.3 + tall / 2), rng.choice(palette), 0.003)
            x += thick + 0.001
        tall = 0.21
        leaning = s.box((0.025, 0.15, tall), (x + 0.052, -0.03, 0.062 + level * 0.3 + tall * 0.48), rng.choice(palette), 0.003)
        leaning.rotation_euler = (0, -0.33, 0)
