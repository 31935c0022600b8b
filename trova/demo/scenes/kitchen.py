"""A mug and a teapot."""

import math

import materials as m
import shapes as s


def mug(code: str = "#3f6b7d", inside: str = "#e4ddcf", speckle: str | None = None, band: str | None = None) -> None:
    """A stoneware mug, 9.5 cm high, handle to the right."""
    glaze = m.ceramic(code, speckle)
    outer = [(0, 0.0), (0.034, 0.0), (0.036, 0.002), (0.0365, 0.006), (0.041, 0.012), (0.0425, 0.03), (0.0428, 0.06), (0.0422, 0.088), (0.0425, 0.0935), (0.0412, 0.0955)]
    inner = [(0.0412, 0.0955), (0.0395, 0.0945), (0.039, 0.09), (0.0393, 0.05), (0.038, 0.014), (0.03, 0.008), (0, 0.0075)]
    s.lathe(outer, glaze, 72, subdivide=1)
    s.lathe(inner, m.ceramic(inside, speckle), 72, subdivide=1)
    if band:
        s.lathe([(0.0431, 0.055), (0.0432, 0.057), (0.0432, 0.072), (0.0429, 0.074)], m.ceramic(band), 72)
    path = s.curve([(0.040, 0, 0.078), (0.058, 0, 0.083), (0.071, 0, 0.07), (0.072, 0, 0.045), (0.060, 0, 0.024), (0.040, 0, 0.022)], 8)
    s.loft(_ribbon(path, 0.0048, 0.0082), glaze, caps=True)


def _ribbon(path: list[s.Point], thick: float, wide: float, steps: int = 14) -> list[list[s.Point]]:
    """Oval cross-sections along a path that lies in the xz plane."""
    rings = []
    for index, here in enumerate(path):
        before, after = path[max(0, index - 1)], path[min(len(path) - 1, index + 1)]
        dx, dz = after[0] - before[0], after[2] - before[2]
        size = math.hypot(dx, dz)
        normal = (dz / size, -dx / size)
        ring = []
        for step in range(steps):
            angle = 2 * math.pi * step / steps
            across, out = wide * math.cos(angle), thick * math.sin(angle)
            ring.append((here[0] + normal[0] * out, here[1] + across, here[2] + normal[1] * out))
        rings.append(ring)
    return rings


def teapot(code: str = "#b5c4b1", speckle: str | None = None, knob: str | None = None) -> None:
    """A round-bellied pot, 15 cm high, spout to the left, handle to the right."""
    glaze = m.ceramic(code, speckle, size=0.2)
    body = [(0, 0.004), (0.045, 0.004), (0.047, 0), (0.05, 0.002), (0.066, 0.014), (0.083, 0.04), (0.086, 0.062), (0.078, 0.09), (0.058, 0.11), (0.044, 0.117), (0.043, 0.121), (0.040, 0.121), (0.039, 0.114)]
    s.lathe(body, glaze, 80, subdivide=1)
    s.lathe([(0.0425, 0.1195), (0.042, 0.1225), (0.034, 0.129), (0.02, 0.1335), (0.009, 0.135), (0.0075, 0.139), (0.0105, 0.145), (0.0115, 0.150), (0.009, 0.155), (0, 0.1565)], m.ceramic(knob) if knob else glaze, 64, subdivide=1)
    s.loft(_ribbon(s.curve([(0.066, 0, 0.098), (0.098, 0, 0.106), (0.124, 0, 0.092), (0.128, 0, 0.064), (0.108, 0, 0.038), (0.076, 0, 0.03)], 8), 0.006, 0.0095), glaze)
    path = s.curve([(-0.07, 0, 0.042), (-0.094, 0, 0.052), (-0.112, 0, 0.078), (-0.124, 0, 0.105), (-0.138, 0, 0.122)], 6)
    rings = []
    for index, ring in enumerate(_ribbon(path, 1, 1)):
        t = index / (len(path) - 1)
        radius = 0.024 * (1 - t) ** 1.3 + 0.0095
        rings.append([tuple(c + (p - c) * radius for p, c in zip(point, path[index], strict=True)) for point in ring])
    spout = s.loft(rings, glaze, caps=False)
    spout.modifiers.new("solid", "SOLIDIFY").thickness = 0.003
