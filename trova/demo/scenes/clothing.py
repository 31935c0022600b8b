"""A T-shirt laid flat, folded jumpers, a woolly hat and rubber boots."""

import math
import random

from mathutils import noise

import materials as m
import shapes as s


def tshirt(code: str = "#3f5872", stripe: str | None = None, seed: int = 1, sleeve: float = 0.2) -> None:
    """A shirt on its back, neck away from the camera, 70 cm long and creased."""
    fabric = m.cloth(code, stripe, weave=900, fuzz=0.25, stripes=4.5 if stripe else 0, axis="Y")
    collar = m.cloth(code if not stripe else stripe, weave=600, fuzz=0.25)

    def crease(x: float, y: float, lift: float) -> float:
        soft = noise.noise((x * 4 + seed, y * 3, seed)) * 0.006
        ridge = sum((1 - abs(noise.noise((x * a + y * b + seed, y * c - x * 2, seed + a)) * 2)) ** 7 * d for a, b, c, d in ((9, 5, 3, 0.009), (4, -13, 7, 0.006), (24, 6, 10, 0.002)))
        return lift + 0.01 + soft + ridge

    def body(u: float, v: float) -> s.Point:
        half = 0.26 - 0.012 * math.sin(math.pi * v) + 0.008 * noise.noise((v * 4, seed, 0))
        x = (u - 0.5) * 2 * half
        shoulder = 0.34 - 0.07 * (abs(x) / 0.26) ** 1.3
        dip = max(0.0, 1 - (x / 0.095) ** 2) ** 0.5 * 0.095 if abs(x) < 0.095 else 0
        top = shoulder - dip
        y = -0.36 + 0.006 * math.sin(u * 9) + (top + 0.36) * v
        edge = min(u, 1 - u) * 2 * half
        return x, y, crease(x, y, -0.012 * max(0.0, 1 - edge / 0.02))

    s.sheet(90, 110, body, fabric, 0.0025)

    def back(u: float, v: float) -> s.Point:
        x = (u - 0.5) * 0.2
        return x, 0.2 + (0.315 - 0.2) * v + 0.02 * (1 - (x / 0.1) ** 2) * v, 0.004

    s.sheet(20, 10, back, fabric, 0.002)
    for side in (-1, 1):

        def arm(u: float, v: float, side: int = side) -> s.Point:
            start = (side * 0.2, 0.295 - 0.2 * u, 0.0)
            reach = sleeve * (0.9 + 0.25 * (1 - u))
            x = start[0] + side * reach * v
            y = start[1] + (-0.13 - 0.02 * u) * v * reach / 0.2 + 0.0
            return x, y, crease(x, y, -0.006)

        s.sheet(30, 50, arm, fabric, 0.0025)
    rim = [(0.096 * math.cos(a), 0.332 + 0.098 * math.sin(a) * (1.0 if a > math.pi else 0.02), 0.016) for a in (math.pi + math.pi * i / 24 for i in range(25))]
    s.tube(rim, 0.0065, collar)
    s.tube([(x, 0.327 + 0.016 * (1 - (x / 0.096) ** 2), 0.011) for x in (-0.096, -0.05, 0, 0.05, 0.096)], 0.0065, collar)
    s.box((0.03, 0.018, 0.001), (0.003, 0.312, 0.009), m.painted("#e8e4d8", 0.6, 0.2, size=0.05), 0)


def jumpers(codes: tuple[str, ...] = ("#a4472f", "#c9bda3", "#3d4a57"), fleck: str | None = None, seed: int = 2) -> None:
    """A stack of folded jumpers, fold to the front."""
    rng = random.Random(seed)
    z = 0.0
    for index, code in enumerate(codes):
        width, depth, layer = 0.34 + rng.uniform(-0.02, 0.02), 0.27 + rng.uniform(-0.015, 0.015), 0.017 + rng.uniform(0, 0.004)
        wool = m.knit(code, 95, 300, 0.5, fleck)
        with s.placed((rng.uniform(-0.012, 0.012), rng.uniform(-0.012, 0.012), z), (0, 0, rng.uniform(-0.07, 0.07))):
            _folded(width, depth, layer, wool, seed + index * 11)
        z += layer * 4 + 0.004


def _folded(width: float, depth: float, layer: float, wool: s.Material, seed: int) -> None:
    """One jumper: a sheet going back and forth in four layers, corners drooping."""
    path: list[tuple[float, float]] = []
    for level in range(4):
        z = layer * (level + 0.5)
        ends = (-depth / 2, depth / 2) if level % 2 == 0 else (depth / 2, -depth / 2)
        path += [(ends[0] + (ends[1] - ends[0]) * t / 14, z) for t in range(15)]
        if level < 3:
            turn = 1 if level % 2 == 0 else -1
            path += [(ends[1] + turn * layer * 0.5 * math.sin(math.pi * t / 6), z + layer * 0.5 * (1 - math.cos(math.pi * t / 6))) for t in range(1, 6)]
    last = len(path) - 1

    def surface(u: float, v: float) -> s.Point:
        y, z = path[round(v * last)]
        x = (u - 0.5) * width
        edge = abs(u - 0.5) * 2
        x *= 1 + 0.025 * noise.noise((z * 60, y * 5, seed)) * edge
        droop = 0.35 * z * max(0.0, edge - 0.75) ** 2 * 4
        bumps = 0.005 * noise.noise((x * 9 + seed, y * 9, z * 25)) + 0.003 * noise.noise((x * 25, y * 25, seed))
        return x, y + 0.004 * noise.noise((x * 12, seed, z * 40)), z - droop + bumps

    s.sheet(70, last, surface, wool, layer * 0.86, subdivide=1)


def hat(code: str = "#8c2f39", second: str | None = None, bobble: str | None = "#d9cfc0", ribs: int = 44) -> None:
    """A knitted hat sitting on a table, brim turned up."""
    wool = m.knit(code, ribs * 2, 60)
    brim = m.knit(second or code, ribs * 2, 18)

    def dome(u: float, v: float) -> s.Point:
        angle = 2 * math.pi * u
        rise = v * math.pi / 2
        radius = 0.099 * math.cos(rise) ** 0.75 * (1 + 0.018 * math.cos(ribs * angle) * (1 - v))
        radius *= 1 + 0.05 * noise.noise((math.cos(angle) * 1.6, math.sin(angle) * 1.6, v * 2))
        return radius * 1.06 * math.cos(angle), radius * 0.94 * math.sin(angle), 0.045 + 0.135 * math.sin(rise) - 0.006 * math.cos(3 * angle) * v

    def cuff(u: float, v: float) -> s.Point:
        angle = 2 * math.pi * u
        turn = math.pi * v
        radius = (0.101 + 0.011 * math.sin(turn) ** 0.6) * (1 + 0.022 * math.cos(ribs * angle))
        radius *= 1 + 0.03 * noise.noise((math.cos(angle) * 2, math.sin(angle) * 2, 4))
        return radius * 1.06 * math.cos(angle), radius * 0.94 * math.sin(angle), 0.002 + 0.068 * v + 0.004 * math.sin(2 * angle)

    s.sheet(ribs * 8, 40, dome, wool)
    s.sheet(ribs * 8, 16, cuff, brim, 0.004)
    if bobble:
        rng = random.Random(5)
        yarn = m.cloth(bobble, weave=300, fuzz=0.8)
        s.ball(0.026, (0, 0, 0.198), yarn)
        for _ in range(420):
            z, turn = rng.uniform(-1, 1), rng.uniform(0, 2 * math.pi)
            flat, reach = math.sqrt(1 - z * z), rng.uniform(0.033, 0.041)
            s.rod((0, 0, 0.198), (flat * math.cos(turn) * reach, flat * math.sin(turn) * reach, 0.198 + z * reach * 0.9), 0.001, yarn, 0.0017, 0, 5)


def boots(code: str = "#37503a", sole: str = "#2b2824", band: str | None = None, mud: str = "#6b573d") -> None:
    """A pair of rubber boots, 36 cm high, toes to the camera."""
    rubber, tread = m.painted(code, 0.3, 0.7, chips=mud, size=0.35), m.painted(sole, 0.8, 0.6, chips=mud, size=0.2)
    lining = m.cloth("#b8ad98", weave=600)
    for side, turn, back in ((-1, -0.16, 0.0), (1, 0.3, 0.03)):
        with s.placed((side * 0.085, back, 0), (0, 0, turn)):
            rings = []
            for y, z, rx, ry, tilt in ((0.045, 0.36, 0.068, 0.08, 0), (0.045, 0.345, 0.067, 0.079, 0), (0.05, 0.25, 0.062, 0.073, 0), (0.052, 0.17, 0.053, 0.064, 0.05), (0.045, 0.12, 0.05, 0.068, 0.25), (0.02, 0.085, 0.05, 0.077, 0.65), (-0.03, 0.062, 0.048, 0.062, 1.15), (-0.08, 0.053, 0.051, 0.048, 1.42), (-0.125, 0.047, 0.05, 0.04, 1.5), (-0.158, 0.042, 0.041, 0.033, 1.55), (-0.176, 0.038, 0.024, 0.022, 1.57), (-0.179, 0.036, 0.002, 0.002, 1.57)):
                rings.append(s.oval((0, y, z), rx, ry, tilt, 24, 2.2))
            shell = s.loft(rings, rubber, caps=False, subdivide=2)
            shell.modifiers.new("solid", "SOLIDIFY").thickness = 0.004
            s.lathe([(0.06, 0.0), (0.058, -0.1)], lining, 40).location = (0, 0.046, 0.352)
            heel = [s.oval((0, 0.048, z), rx, ry, steps=24, power=2.6) for z, rx, ry in ((0.012, 0.043, 0.058), (0.05, 0.049, 0.064), (0.1, 0.05, 0.066))]
            s.loft(heel, rubber, subdivide=1)
            outline = [(0.03, 0.11), (-0.03, 0.11), (-0.047, 0.07), (-0.043, 0.0), (-0.053, -0.08), (-0.05, -0.14), (-0.022, -0.182), (0.022, -0.182), (0.05, -0.14), (0.053, -0.08), (0.043, 0.0), (0.047, 0.07)]
            rounded = [(x, y) for x, y, _ in s.curve([(x, y, 0) for x, y in outline], 5, closed=True)]
            s.plate(rounded, 0.02, tread, 0.004)
            if band:
                s.loft([s.oval((0, 0.045, z), 0.0725, 0.0845, steps=24, power=2.2) for z in (0.325, 0.345)], m.painted(band, 0.4, 0.4, size=0.2), caps=False, subdivide=1)
