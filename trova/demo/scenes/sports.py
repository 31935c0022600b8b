"""Dumbbells, a basketball, table-tennis bats and a skateboard."""

import math

import materials as m
import shapes as s


def dumbbells(code: str = "#2a2a2b", rust: float = 0.3, hexagonal: bool = True, handle: str = "#c0c0be", size: float = 1.0) -> None:
    """Two dumbbells, one across the other's end."""
    head, bar = m.painted(code, 0.55, 0.9, chips="#6d6a66", size=0.2), m.metal(handle, 0.25, rust, 0.2)
    for place, turn in (((-0.02, 0.075, 0), 0.12), ((0.03, -0.085, 0), -0.35)):
        with s.placed(place, (0, 0, turn), size):
            radius = 0.05
            for side in (-1, 1):
                with s.placed((side * 0.1, 0, radius * (0.866 if hexagonal else 1)), (0, math.pi / 2, 0)):
                    if hexagonal:
                        s.lathe([(0, -0.045), (radius * 0.8, -0.045), (radius, -0.032), (radius, 0.032), (radius * 0.8, 0.045), (0, 0.045)], head, 6, 0.004)
                    else:
                        for offset, r in ((-0.024, 0.05), (0, 0.05), (0.024, 0.042)):
                            s.lathe([(0, -0.011), (r, -0.011), (r, 0.011), (r - 0.012, 0.012), (r - 0.016, 0.009), (0, 0.009)], head, 64, 0.0025).location = (0, 0, side * offset)
                        s.lathe([(0, -0.01), (0.022, -0.01), (0.022, 0.01), (0, 0.01)], bar, 8, 0.001).location = (0, 0, side * 0.045)
            z = radius * (0.866 if hexagonal else 1)
            profile = [(0.0135, -0.1), (0.0145, -0.03), (0.016, 0), (0.0145, 0.03), (0.0135, 0.1)]
            grip = s.lathe(profile, bar, 40, subdivide=1)
            grip.location, grip.rotation_euler = (0, 0, z), (0, math.pi / 2, 0)
            for index in range(-11, 12):
                s.ring(0.0152, 0.0007, bar, (index * 0.0045, 0, z), "x", 32)
            if not hexagonal:
                s.rod((-0.165, 0, z), (0.165, 0, z), 0.0125, bar)


def basketball(code: str = "#b5602b", seam: str = "#231a15", turn: float = 0.5, scuff: float = 0.9) -> None:
    """A 24 cm ball with pebbled skin and eight panels."""
    skin = m.painted(code, 0.6, scuff, size=0.25)
    tree = skin.node_tree
    pebbles = tree.nodes.new("ShaderNodeTexVoronoi")
    pebbles.inputs["Scale"].default_value = 260
    bump = tree.nodes.new("ShaderNodeBump")
    bump.inputs["Strength"].default_value = 0.6
    bump.inputs["Distance"].default_value = 0.002
    coordinates = next(node for node in tree.nodes if node.type == "TEX_COORD")
    tree.links.new(coordinates.outputs["Object"], pebbles.inputs["Vector"])
    tree.links.new(pebbles.outputs["Distance"], bump.inputs["Height"])
    tree.links.new(bump.outputs["Normal"], tree.nodes["Principled BSDF"].inputs["Normal"])
    radius, line = 0.12, m.painted(seam, 0.7, 0.3, size=0.2)
    with s.placed((0, 0, radius), (0.5, turn, 0.4)):
        s.ball(radius, (0, 0, 0), skin, steps=80)
        s.ring(radius, 0.0024, line, axis="x", steps=96)
        s.ring(radius, 0.0024, line, axis="y", steps=96)
        for side in (-1, 1):
            path = []
            for step in range(96):
                a = 2 * math.pi * step / 96
                x, y, z = side * (0.62 + 0.2 * math.cos(2 * a)), 0.74 * math.cos(a), 0.74 * math.sin(a)
                size = radius / math.sqrt(x * x + y * y + z * z)
                path.append((x * size, y * size, z * size))
            s.tube(path, 0.0024, line, closed=True, smooth=False)


def bats(first: str = "#9c2b26", second: str = "#22211f", wood: tuple[str, str] = ("#cfa468", "#a3743d"), balls: int = 2) -> None:
    """Two table-tennis bats and a ball or two on a table."""
    grain = m.wood(*wood, 1, 0.5, 0.6, 2)
    for place, turn, lift, code in (((-0.085, 0.0, 0.0), 0.35, 0.0, first), ((0.075, 0.02, 0.0), -0.5, 0.07, second)):
        with s.placed((place[0], place[1], 0.012 + lift * 0.2), (0, -lift * 0.6, turn)):
            blade = [(0.076 * math.cos(a), 0.079 * math.sin(a)) for a in (math.radians(-62 + 304 * i / 48) for i in range(49))]
            blade += [(-0.016, -0.09), (0.016, -0.09)]
            s.plate(blade, 0.006, grain, 0.001)
            rubber = m.painted(code, 0.5, 0.8, size=0.15)
            skin = [(0.0735 * math.cos(a), 0.0765 * math.sin(a)) for a in (math.radians(-58 + 296 * i / 48) for i in range(49))]
            with s.placed((0, 0, 0.006)):
                s.plate(skin, 0.0022, rubber, 0.0006)
            s.plate([(x, y) for x, y in skin], 0.0022, m.painted("#2a2a2a", 0.5, 0.5, size=0.1), 0.0006).location = (0, 0, -0.0022)
            rings = [s.oval((0, y, 0.003), half, 0.0115, math.pi / 2, 24, 2.6) for y, half in ((-0.062, 0.0135), (-0.075, 0.0145), (-0.11, 0.0135), (-0.15, 0.0155), (-0.163, 0.0165), (-0.165, 0.014))]
            s.loft(rings, m.wood(wood[0], wood[1], 1, 0.55, 0.9, 3), subdivide=1)
    for index in range(balls):
        s.ball(0.02, (0.165 - index * 0.165, -0.075 + index * 0.21, 0.02), m.painted("#e0782a" if index else "#e9e7e0", 0.45, 0.5, size=0.05))


def skateboard(grip: str = "#262626", wheels: str = "#d8d2c0", under: str = "#b8473a", length: float = 0.79, width: float = 0.2, flip: bool = False, ply: str = "#c39a62") -> None:
    """A board along x. `flip` lays it on its back, wheels up."""

    def level(x: float, y: float) -> float:
        over = max(0.0, abs(x) - length * 0.31)
        return over**2 * 3.2 + 0.006 * (y / (width / 2)) ** 2

    def surface(lift: float, scale: float) -> object:
        def at(u: float, v: float) -> s.Point:
            x = (u - 0.5) * length * scale
            end = max(0.0, (abs(x) - (length / 2 - width * 0.55)) / (width * 0.55))
            half = width / 2 * scale * math.sqrt(max(0.0, 1 - min(1, end) ** 2.3)) if end else width / 2 * scale
            y = (v - 0.5) * 2 * half
            return x, y, level(x, y) + lift

        return at

    with s.placed((0, 0, 0.104 if not flip else 0.012 + 0.02), (math.pi if flip else 0, 0, 0)):
        s.sheet(80, 16, surface(0, 1), m.wood(ply, "#8d6537", 0, 0.5, 0.8), 0.011)
        s.sheet(80, 16, surface(0.0085, 0.985), m.plaster(grip, 0.95, 1.0), 0.001)
        s.sheet(80, 16, surface(-0.0085, 0.98), m.painted(under, 0.3, 1.0, chips="#c9a877", size=0.4), 0.001)
        alloy, urethane = m.metal("#b3b4b4", 0.35, 0.1, 0.1), m.painted(wheels, 0.5, 0.8, size=0.06)
        for x in (-length * 0.29, length * 0.29):
            s.box((0.08, 0.055, 0.012), (x, 0, -0.012), alloy, 0.003)
            s.rod((x, 0, -0.016), (x, 0, -0.05), 0.017, alloy, 0.011)
            s.rod((x, -0.085, -0.073), (x, 0.085, -0.073), 0.004, alloy)
            s.box((0.03, 0.11, 0.028), (x, 0, -0.064), alloy, 0.01)
            for y in (-0.075, 0.075):
                with s.placed((x, y, -0.073), (math.pi / 2, 0, 0)):
                    s.lathe([(0.011, -0.016), (0.022, -0.016), (0.027, -0.011), (0.027, 0.011), (0.022, 0.016), (0.011, 0.016), (0.011, -0.016)], urethane, 48, 0.0015)
                    s.lathe([(0, -0.01), (0.011, -0.01), (0.011, 0.01), (0, 0.01)], alloy, 32)
            for dx in (-0.022, 0.022):
                for y in (-0.02, 0.02):
                    s.rod((x + dx, y, 0.004), (x + dx, y, 0.0078), 0.0038, alloy)
