"""Headphones, a table radio and a pair of loudspeakers."""

import math

import materials as m
import shapes as s


def headphones(code: str = "#2b2b2d", pad: str = "#1d1d1e", accent: str = "#8f9091") -> None:
    """Over-ear headphones lying on their side, band to the back."""
    shell, cushion, steel = m.painted(code, 0.35, 0.6, size=0.1), m.cloth(pad, weave=1500, fuzz=0.2), m.metal(accent, 0.3, size=0.1)
    with s.placed((0, 0, 0.041), (math.radians(-4), 0, 0)):
        arc = [(0.078 * math.cos(a), 0.135 * math.sin(a), 0.0) for a in (math.pi * i / 24 for i in range(25))]
        rings = [_strap(point, index, arc, 0.0045, 0.017) for index, point in enumerate(arc)]
        s.loft(rings, shell)
        rings = [_strap((x * 0.93, y * 0.945, z), index, arc, 0.007, 0.015) for index, (x, y, z) in enumerate(arc) if 5 <= index <= 19]
        s.loft(rings, cushion)
        for side in (-1, 1):
            s.tube([(side * 0.078, 0.01, 0), (side * 0.08, -0.02, 0), (side * 0.087, -0.035, 0.018)], 0.003, steel)
            s.tube([(side * 0.08, -0.012, 0), (side * 0.088, -0.035, -0.03), (side * 0.088, -0.06, -0.035)], 0.0028, steel)
            s.tube([(side * 0.08, -0.012, 0), (side * 0.088, -0.035, 0.03), (side * 0.088, -0.06, 0.035)], 0.0028, steel)
            with s.placed((side * 0.073, -0.062, 0), (0, side * math.radians(94), 0)):
                s.lathe([(0, 0.022), (0.02, 0.0215), (0.0225, 0.019), (0.033, 0.017), (0.039, 0.01), (0.04, 0), (0.037, -0.002), (0, -0.002)], shell, 64, subdivide=1)
                s.ring(0.0295, 0.0115, cushion, (0, 0, -0.011))
                s.lathe([(0, -0.004), (0.03, -0.004)], m.cloth("#151515", weave=900))
                s.lathe([(0.0, 0.0226), (0.012, 0.0226), (0.0125, 0.022)], steel)
    s.tube([(-0.088, -0.085, 0.02), (-0.11, -0.13, 0.003), (-0.03, -0.17, 0.002), (0.06, -0.14, 0.002), (0.15, -0.18, 0.002), (0.22, -0.08, 0.002), (0.18, 0.05, 0.002), (0.3, 0.12, 0.002)], 0.0018, m.painted("#202020", 0.5, 0.1))


def _strap(point: s.Point, index: int, arc: list[s.Point], thick: float, wide: float) -> list[s.Point]:
    """A flat oval across the arc, which lies in the xy plane."""
    before, after = arc[max(0, index - 1)], arc[min(len(arc) - 1, index + 1)]
    dx, dy = after[0] - before[0], after[1] - before[1]
    size = math.hypot(dx, dy)
    return [(point[0] + dy / size * thick * math.cos(a), point[1] - dx / size * thick * math.cos(a), point[2] + wide * math.sin(a)) for a in (2 * math.pi * i / 16 for i in range(16))]


def radio(case: str = "#8f5d33", dark: str | None = "#5b3719", front: str = "#d8cdb4", grille: str = "#a58d66", handle: bool = True) -> None:
    """A table radio 28 cm wide: cloth grille left, dial and two knobs right, aerial behind."""
    body = m.wood(case, dark, 0, 0.35, 0.5) if dark else m.painted(case, 0.3, 0.6, size=0.25)
    s.box((0.28, 0.11, 0.165), (0, 0, 0.0925), body, 0.016, 5)
    s.box((0.256, 0.006, 0.141), (0, -0.0545, 0.0925), m.painted(front, 0.4, 0.4, size=0.2), 0.004)
    s.box((0.135, 0.006, 0.119), (-0.052, -0.057, 0.0925), m.cloth(grille, weave=420, fuzz=0.1), 0.003)
    for index in range(7):
        s.box((0.135, 0.004, 0.0025), (-0.052, -0.061, 0.043 + index * 0.0165), m.metal("#b59a63", 0.35, size=0.2), 0.0008)
    brass, black = m.metal("#c9b27a", 0.3, size=0.1), m.painted("#28231e", 0.3, 0.3, size=0.05)
    with s.placed((0.072, -0.0575, 0.117), (math.pi / 2, 0, 0)):
        s.lathe([(0, 0.001), (0.037, 0.001)], m.painted("#efe6cf", 0.5, 0.3, size=0.1))
        s.ring(0.038, 0.0022, brass)
        for index in range(21):
            angle = math.radians(-30 + index * 12)
            length = 0.008 if index % 5 == 0 else 0.004
            mark = s.box((length, 0.0008, 0.0004), (0.031 * math.cos(angle), 0.031 * math.sin(angle), 0.0015), black, 0)
            mark.rotation_euler = (0, 0, angle)
        s.box((0.003, 0.05, 0.001), (0.002, 0.004, 0.003), m.painted("#b03a2a", 0.4, 0.1), 0).rotation_euler = (0, 0, -0.7)
        s.lathe([(0, 0.014), (0.010, 0.014), (0.011, 0.012), (0.012, 0), (0, 0)], black, 40)
    for x in (0.048, 0.096):
        with s.placed((x, -0.0575, 0.055), (math.pi / 2, 0, 0)):
            s.lathe([(0, 0.016), (0.011, 0.016), (0.0125, 0.014), (0.0135, 0), (0, 0)], black, 40)
            s.lathe([(0, 0.0163), (0.008, 0.0163)], brass, 40)
    for x in (-0.11, 0.11):
        s.rod((x, 0, 0), (x, 0, 0.012), 0.012, black)
    if handle:
        s.tube([(-0.1, 0, 0.17), (-0.1, 0, 0.192), (-0.085, 0, 0.203), (0.085, 0, 0.203), (0.1, 0, 0.192), (0.1, 0, 0.17)], 0.0052, m.painted("#4a2f1c", 0.6, 0.5, size=0.1))
    s.rod((0.12, 0.04, 0.165), (0.215, 0.06, 0.40), 0.0022, m.metal("#d6d6d4", 0.15, size=0.1), 0.0014)


def loudspeakers(code: str = "#6f4a2c", dark: str | None = "#3f2714", cone: str = "#242424", grille: bool = False) -> None:
    """A pair of two-way boxes, 33 cm high, the right one turned in."""
    body = m.wood(code, dark, 2, 0.4, 0.5) if dark else m.painted(code, 0.35, 0.6, size=0.3)
    black, rubber, paper, steel = m.painted("#1a1a1b", 0.5, 0.4, size=0.2), m.painted("#151515", 0.55, 0.1, size=0.1), m.painted(cone, 0.6, 0.3, size=0.1), m.metal("#b8b8b6", 0.35, size=0.1)
    for x, y, turn, covered in ((-0.14, 0, -0.12, False), (0.14, 0.04, 0.25, grille)):
        with s.placed((x, y, 0), (0, 0, turn)):
            s.box((0.19, 0.22, 0.33), (0, 0, 0.165), body, 0.004)
            s.box((0.178, 0.004, 0.318), (0, -0.111, 0.165), black, 0.001)
            if covered:
                s.box((0.178, 0.014, 0.318), (0, -0.12, 0.165), m.cloth("#2a2825", weave=500, fuzz=0.1), 0.005)
                continue
            with s.placed((0, -0.113, 0.115), (math.pi / 2, 0, 0)):
                s.lathe([(0.078, 0), (0.078, 0.004), (0.068, 0.0045), (0.067, 0)], steel, 64)
                s.lathe([(0.067, 0.001), (0.064, 0.006), (0.058, 0.006), (0.055, 0.001)], rubber, 64, subdivide=1)
                s.lathe([(0.055, 0.001), (0.02, -0.022)], paper, 64)
                s.lathe([(0.022, -0.021), (0.017, -0.011), (0.009, -0.006), (0, -0.005)], rubber, 48, subdivide=1)
                for index in range(4):
                    angle = math.pi / 4 + index * math.pi / 2
                    s.rod((0.073 * math.cos(angle), 0.073 * math.sin(angle), 0.004), (0.073 * math.cos(angle), 0.073 * math.sin(angle), 0.006), 0.003, black)
            with s.placed((0, -0.113, 0.255), (math.pi / 2, 0, 0)):
                s.lathe([(0.047, 0), (0.046, 0.003), (0.024, 0.001), (0.015, -0.004)], m.painted("#2c2c2d", 0.4, 0.3, size=0.1), 64)
                s.lathe([(0.014, -0.002), (0.011, 0.004), (0.006, 0.007), (0, 0.008)], m.metal("#9b9b9c", 0.3, size=0.05), 40, subdivide=1)
