"""Where the thing stands: floors, table tops, walls and the clutter that every home has."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from mathutils import noise

import materials as m
import shapes as s


@dataclass(frozen=True)
class Room:
    """Ground at z = 0, a wall at y = `wall_at`. `table`: the ground is a table top of that width and depth."""

    ground: str
    wall: str
    wall_at: float = 1.0
    clutter: tuple[str, ...] = ()
    table: tuple[float, float] | None = None
    seed: int = 1


def build(room: Room) -> None:
    rng = random.Random(room.seed)
    if room.table:
        _table(room, rng)
    else:
        GROUNDS[room.ground](rng, room.wall_at)
    _wall(room)
    for name in room.clutter:
        CLUTTER[name](rng, room)


def _wall(room: Room) -> None:
    lower = -0.74 if room.table else 0.0
    wall = s.box((14, 0.1, 5), (0, room.wall_at + 0.05, 2.5 + lower), WALLS[room.wall](), 0)
    wall.data.shade_flat()


WALLS: dict[str, Callable[[], s.Material]] = {
    "white": lambda: m.plaster("#dedad2"),
    "cream": lambda: m.plaster("#dccdae"),
    "grey": lambda: m.plaster("#9a9c9b"),
    "blue": lambda: m.plaster("#7f97a8"),
    "green": lambda: m.plaster("#9aa88c"),
    "pink": lambda: m.plaster("#cfa79a"),
    "yellow": lambda: m.plaster("#d6b76f"),
    "concrete": lambda: m.plaster("#8d8a85", 0.9, 0.6),
    "brick": lambda: m.bricks("#6d4033", "#865544", "#8b8376", 0.24, 0.075, 0.005),
    "whitebrick": lambda: m.bricks("#d9d5cc", "#cfcac0", "#b9b3a8", 0.24, 0.075, 0.006),
    "tiles": lambda: m.bricks("#e6e6e1", "#dfe0da", "#a9a59c", 0.15, 0.15, 0.002, 0, 0.15),
    "metro": lambda: m.bricks("#dfe5e0", "#d3dcd6", "#8f8d87", 0.2, 0.1, 0.002, 0.5, 0.12),
}


def _boards(light: str, dark: str, width: float, axis_x: bool, roughness: float) -> Callable[[random.Random, float], None]:
    """Separate planks with gaps, each with its own grain."""

    def lay(rng: random.Random, wall_at: float) -> None:
        material = m.wood(light, dark, 0 if axis_x else 1, roughness, 0.6)
        s.box((14, 8, 0.02), (0, wall_at - 4, -0.035), m.plaster("#1d1712"), 0)
        if axis_x:
            for row in range(int(5 / width)):
                cut = rng.uniform(-1.5, 1.5)
                y = wall_at - (row + 0.5) * width
                for centre in (cut - 4.5, cut - 1.5, cut + 1.5, cut + 4.5):
                    s.box((2.997, width - 0.003, 0.02), (centre, y, -0.01 + rng.uniform(-0.0008, 0)), material, 0.0015)
        else:
            for column in range(-int(2.6 / width), int(2.6 / width)):
                cut = rng.uniform(-0.8, 0.8) + wall_at - 2
                for centre in (cut - 1.5, cut + 1.5):
                    s.box((width - 0.003, 2.997, 0.02), (column * width, centre, -0.01 + rng.uniform(-0.0008, 0)), material, 0.0015)

    return lay


def _slab(material: Callable[[], s.Material]) -> Callable[[random.Random, float], None]:
    def lay(_rng: random.Random, wall_at: float) -> None:
        s.box((14, 10, 0.1), (0, wall_at - 5, -0.05), material(), 0)

    return lay


def _soft(material: Callable[[], s.Material], depth: float, size: float) -> Callable[[random.Random, float], None]:
    """A rumpled blanket or sheet; `depth` of the folds, `size` of their repeat, in metres."""

    def lay(rng: random.Random, wall_at: float) -> None:
        shift = rng.uniform(0, 50)

        def surface(u: float, v: float) -> s.Point:
            x, y = (u - 0.5) * 3.2, wall_at - 3.2 * (1 - v)
            ridge = 1 - abs(noise.noise((x / size + shift, y / size * 0.7, shift)) * 2)
            soft = noise.noise((x / size * 0.4, y / size * 0.4 + shift, 3))
            small = (1 - abs(noise.noise((x / size * 2.3, y / size * 3.1, shift)) * 2)) ** 5
            calm = 0.12 + 0.88 * min(1.0, max(0.0, math.hypot(x, y) - 0.14) / 0.3)
            return x, y, calm * depth * (0.6 * ridge**4 + 0.4 * soft + 0.25 * small - 0.9) - 0.002

        s.sheet(220, 220, surface, material())

    return lay


GROUNDS: dict[str, Callable[[random.Random, float], None]] = {
    "boards": _boards("#b98a58", "#7d5430", 0.13, True, 0.4),
    "boards-deep": _boards("#a87a4a", "#6b4526", 0.1, False, 0.35),
    "pale-boards": _boards("#cfb48c", "#a98a62", 0.17, True, 0.35),
    "grey-laminate": _boards("#a39a8c", "#7c7366", 0.19, False, 0.3),
    "terrace": _boards("#8d7f6d", "#5f5446", 0.11, True, 0.7),
    "tiles": _slab(lambda: m.bricks("#b9b2a4", "#aea698", "#7d766b", 0.3, 0.3, 0.004, 0, 0.3, vertical=False)),
    "dark-tiles": _slab(lambda: m.bricks("#6a6763", "#5c5956", "#3e3b38", 0.45, 0.3, 0.004, 0.5, 0.35, vertical=False)),
    "red-tiles": _slab(lambda: m.bricks("#9c5a3c", "#8b4d33", "#6f5f50", 0.2, 0.2, 0.006, 0, 0.5, vertical=False)),
    "paving": _slab(lambda: m.bricks("#97938b", "#87837b", "#4f4b42", 0.4, 0.4, 0.008, 0.5, 0.9, vertical=False)),
    "concrete": _slab(lambda: m.plaster("#85827c", 0.75, 0.6)),
    "carpet": _slab(lambda: m.cloth("#8c8578", weave=260, fuzz=0.6)),
    "carpet-blue": _slab(lambda: m.cloth("#4a5a6e", weave=260, fuzz=0.6)),
    "blanket": _soft(lambda: m.cloth("#8b93a0", "#6b7586", 500, 0.6, 9, "Y"), 0.06, 0.33),
    "striped-sheet": _soft(lambda: m.cloth("#cfd3d6", "#7d90a4", 900, 0.2, 6, "X"), 0.055, 0.3),
}

TOPS: dict[str, Callable[[], s.Material]] = {
    "oak": lambda: m.wood("#c39a66", "#94683a", 0, 0.4, 0.5),
    "pine": lambda: m.wood("#d8b27a", "#b98648", 0, 0.45, 0.5),
    "walnut": lambda: m.wood("#7a5233", "#4a2d1a", 0, 0.35, 0.5),
    "white": lambda: m.painted("#d8d6d0", 0.35, 0.4),
    "black": lambda: m.painted("#2a2a2b", 0.3, 0.5),
    "worktop": lambda: m.plaster("#7a776f", 0.3, 0.2),
    "bench": lambda: m.wood("#a88a60", "#604a30", 0, 0.7, 1.0),
    "cloth": lambda: m.cloth("#c9c2b0", "#a8483e", 500, 0.2, 7, "X"),
    "green-cloth": lambda: m.cloth("#6e7f6a", weave=500, fuzz=0.3),
}


def _table(room: Room, rng: random.Random) -> None:
    width, depth = room.table
    material = TOPS[room.ground]()
    back = room.wall_at - 0.03
    if room.ground in {"bench", "pine"}:
        rows = 4
        for row in range(rows):
            s.box((width, depth / rows - 0.002, 0.04), (rng.uniform(-0.004, 0.004), back - (row + 0.5) * depth / rows, -0.02), material, 0.003)
    else:
        s.box((width, depth, 0.035), (0, back - depth / 2, -0.0175), material, 0.004)
    with s.placed((0, 0, -0.74)):
        GROUNDS["grey-laminate"](rng, room.wall_at)


def _socket(rng: random.Random, room: Room) -> None:
    plastic = m.painted("#e4e1d8", 0.3, 0.2, size=0.1)
    height = 0.28 if not room.table else 0.2
    with s.placed((rng.choice((-1, 1)) * rng.uniform(0.35, 0.6) * (1 if not room.table else 0.6), room.wall_at, height), (math.pi / 2, 0, 0)):
        s.box((0.081, 0.081, 0.012), (0, 0, 0.006), plastic, 0.004, 3)
        s.lathe([(0.024, 0.0125), (0.021, 0.0125), (0.02, -0.004), (0, -0.004)], plastic)
        for x in (-0.0095, 0.0095):
            s.rod((x, 0, -0.0035), (x, 0, -0.003), 0.0025, m.painted("#151515", 0.6, 0))


def _skirting(_rng: random.Random, room: Room) -> None:
    s.box((14, 0.016, 0.085), (0, room.wall_at - 0.008, 0.0425), m.painted("#d5d2c8", 0.4, 0.5), 0.004, 3)


def _wooden_skirting(_rng: random.Random, room: Room) -> None:
    s.box((14, 0.016, 0.06), (0, room.wall_at - 0.008, 0.03), m.wood("#b98a58", "#7d5430", 0), 0.004, 3)


def _carton(rng: random.Random, room: Room) -> None:
    card = m.plaster("#a9835a", 0.85, 0.2)
    side = rng.choice((-1, 1))
    size = (rng.uniform(0.35, 0.5), 0.32, rng.uniform(0.25, 0.4))
    with s.placed((side * rng.uniform(0.75, 0.95), room.wall_at - 0.3, 0), (0, 0, rng.uniform(-0.4, 0.4))):
        s.box(size, (0, 0, size[2] / 2), card, 0.003)
        s.box((0.05, size[1] + 0.002, 0.001), (0, 0, size[2] + 0.0005), m.painted("#c3a678", 0.2, 0.2), 0.0002)
        s.box((size[0] * 0.98, 0.18, 0.004), (0.01, -size[1] / 2 - 0.06, size[2] - 0.05), card, 0.001).rotation_euler = (1.1, 0, 0.02)


def _rug(rng: random.Random, room: Room) -> None:
    rug = s.box((1.9, 1.3, 0.012), (rng.uniform(-0.5, 0.5), room.wall_at - 1.75, 0.006), m.cloth("#8a3f36", "#c2a57a", 240, 0.7, 3, "X"), 0.004)
    rug.rotation_euler = (0, 0, rng.uniform(-0.2, 0.2))


def _cable(rng: random.Random, room: Room) -> None:
    side = rng.choice((-1, 1))
    points = [(side * 0.5, room.wall_at - 0.02, 0.25 if not room.table else 0.15), (side * 0.52, room.wall_at - 0.03, 0.03), (side * 0.45, room.wall_at - 0.12, 0.004), (side * 0.75, room.wall_at - 0.2, 0.004), (side * 1.3, room.wall_at - 0.1, 0.004)]
    s.tube(points, 0.0035, m.painted("#d8d5cd" if rng.random() < 0.5 else "#222222", 0.5, 0.2))


def _radiator(rng: random.Random, room: Room) -> None:
    paint = m.painted("#e0ddd3", 0.3, 0.4)
    x0 = rng.choice((-1.35, 0.35))
    for index in range(14):
        s.box((0.06, 0.07, 0.55), (x0 + index * 0.07, room.wall_at - 0.07, 0.42), paint, 0.025, 4)
    for z in (0.2, 0.65):
        s.rod((x0 - 0.05, room.wall_at - 0.07, z), (x0 + 1.0, room.wall_at - 0.07, z), 0.018, paint)


def _curtain(rng: random.Random, room: Room) -> None:
    side = rng.choice((-1, 1))
    material = m.cloth(rng.choice(("#7f8c78", "#b8a88c", "#6d7a8a", "#a5715d")), weave=600, fuzz=0.3)

    def surface(u: float, v: float) -> s.Point:
        fold = math.sin(u * 30 + 2 * math.sin(u * 7 + v)) * (0.035 + 0.02 * (1 - v))
        return side * (0.62 + 0.8 * u), room.wall_at - 0.12 + fold, 0.02 + 2.3 * v - (0.74 if room.table else 0)

    s.sheet(120, 10, surface, material)


def _plant(rng: random.Random, room: Room) -> None:
    side = rng.choice((-1, 1))
    with s.placed((side * rng.uniform(0.6, 0.8), room.wall_at - 0.25, 0), (0, 0, rng.uniform(0, 6))):
        s.lathe([(0, 0), (0.085, 0), (0.12, 0.2), (0.13, 0.2), (0.13, 0.23), (0.118, 0.23), (0.112, 0.19), (0, 0.19)], m.ceramic("#d7d2c6"))
        foliage(rng, 18, 0.5, 0.2, 0.19)


def foliage(rng: random.Random, leaves: int, height: float, length: float, base: float, code: str = "#4c6b34") -> None:
    """Arching stalks with one pointed leaf each, out of z = `base`."""
    greens = [m.painted(code, 0.45, 0.3, size=0.2), m.painted("#5d7a3c", 0.45, 0.3, size=0.2), m.painted("#3b5a31", 0.4, 0.3, size=0.2)]
    for index in range(leaves):
        turn = index * 2.4 + rng.uniform(-0.3, 0.3)
        reach = rng.uniform(0.25, 0.75) * height * 0.7
        top = height * rng.uniform(0.5, 1.0)
        droop = rng.uniform(0.2, 0.9)
        wide = length * rng.uniform(0.25, 0.36)

        def surface(u: float, v: float, reach: float = reach, top: float = top, droop: float = droop, wide: float = wide) -> s.Point:
            t = v
            half = wide * math.sin(math.pi * min(1, t * 0.93 + 0.04)) ** 0.8 * (1 - 0.45 * t)
            out = reach + length * t * 0.9
            y = (u - 0.5) * 2 * half
            return out, y, base + top + length * (0.35 * t - droop * t * t) - abs(y) * 0.35

        with s.placed((0, 0, 0), (0, 0, turn)):
            s.tube([(0.01, 0, base - 0.01), (reach * 0.3, 0, base + top * 0.55), (reach, 0, base + top)], 0.0028, greens[2])
            s.sheet(6, 12, surface, rng.choice(greens), subdivide=1)


def _books(rng: random.Random, room: Room) -> None:
    side = rng.choice((-1, 1))
    z = 0.0
    for code in rng.sample(("#7b3b34", "#39506b", "#c8b48a", "#51634a", "#8a7f70", "#d9d3c6"), 4):
        thick = rng.uniform(0.015, 0.035)
        volume = s.box((rng.uniform(0.17, 0.22), 0.15, thick), (side * 0.36, room.wall_at - 0.14, z + thick / 2), m.painted(code, 0.5, 0.4, size=0.2), 0.002)
        volume.rotation_euler = (0, 0, rng.uniform(-0.25, 0.25))
        z += thick


def _jar(rng: random.Random, room: Room) -> None:
    with s.placed((rng.choice((-1, 1)) * rng.uniform(0.24, 0.32), room.wall_at - 0.11, 0)):
        s.lathe([(0, 0), (0.035, 0), (0.036, 0.09), (0.033, 0.09), (0.032, 0.006), (0, 0.006)], m.ceramic(rng.choice(("#6f8796", "#c9b48e", "#54574f"))))
        for _ in range(5):
            lean = rng.uniform(-0.025, 0.025), rng.uniform(-0.025, 0.025)
            s.rod((lean[0] * 0.3, lean[1] * 0.3, 0.01), (lean[0] * 1.2, lean[1] * 1.2, rng.uniform(0.15, 0.19)), 0.0036, m.painted(rng.choice(("#c0392b", "#2e5e8c", "#d9a441", "#2b2b2b")), 0.4, 0.3, size=0.1))


def _cup(rng: random.Random, room: Room) -> None:
    with s.placed((rng.choice((-1, 1)) * rng.uniform(0.22, 0.34), room.wall_at - 0.16, 0)):
        glaze = m.ceramic(rng.choice(("#c9c4b8", "#7d6a58", "#4d5a60")))
        s.lathe([(0, 0), (0.028, 0), (0.04, 0.02), (0.043, 0.07), (0.04, 0.07), (0.037, 0.02), (0, 0.01)], glaze, subdivide=1)


def _papers(rng: random.Random, room: Room) -> None:
    side = rng.choice((-1, 1))
    for index in range(3):
        page = s.box((0.21, 0.297, 0.0006), (side * 0.42 + rng.uniform(-0.03, 0.03), room.wall_at - 0.3, 0.0005 + index * 0.0009), m.painted("#e6e3da", 0.7, 0.2), 0)
        page.rotation_euler = (0, 0, rng.uniform(-0.5, 0.5))


def _door(rng: random.Random, room: Room) -> None:
    x = rng.choice((-1, 1)) * 1.05
    paint = m.painted("#d3cec0", 0.35, 0.6)
    s.box((0.86, 0.03, 2.05), (x, room.wall_at - 0.005, 1.03), paint, 0.003)
    for edge in (-0.47, 0.47):
        s.box((0.09, 0.03, 2.1), (x + edge, room.wall_at - 0.02, 1.05), paint, 0.006, 3)
    for z in (0.55, 1.5):
        s.box((0.55, 0.012, 0.7), (x, room.wall_at - 0.024, z), paint, 0.01, 3)


def _leaves(rng: random.Random, room: Room) -> None:
    browns = [m.painted(code, 0.6, 0.4, size=0.1) for code in ("#8a5a2b", "#a8762f", "#6b4a26", "#7d7a3a")]
    for _ in range(26):
        x, y = rng.uniform(-1.3, 1.3), room.wall_at - abs(rng.gauss(0, 0.7)) - 0.03
        if math.hypot(x, y) < 0.2:
            continue
        size = rng.uniform(0.02, 0.045)

        def surface(u: float, v: float, size: float = size) -> s.Point:
            half = size * 0.5 * math.sin(math.pi * v)
            return (u - 0.5) * 2 * half, (v - 0.5) * 2 * size, 0.004 + 0.6 * size * ((v - 0.5) ** 2 + (u - 0.5) ** 2)

        with s.placed((x, y, 0), (rng.uniform(-0.2, 0.2), rng.uniform(-0.2, 0.2), rng.uniform(0, 6))):
            s.sheet(5, 8, surface, rng.choice(browns))


CLUTTER: dict[str, Callable[[random.Random, Room], None]] = {
    "socket": _socket, "skirting": _skirting, "wooden-skirting": _wooden_skirting, "carton": _carton, "rug": _rug, "cable": _cable,
    "radiator": _radiator, "curtain": _curtain, "plant": _plant, "books": _books, "jar": _jar, "cup": _cup, "papers": _papers,
    "door": _door, "leaves": _leaves,
}
