"""Potted plants and a watering can."""

import math
import random

import materials as m
import rooms
import shapes as s


def potted(pot: str = "#b9683f", kind: str = "leafy", glazed: bool = False, saucer: bool = True, seed: int = 3, leaf: str = "#4c6b34") -> None:
    """A pot 15 cm high with a leafy plant, upright leaves (`sword`), a `cactus` or nothing but earth."""
    rng = random.Random(seed)
    clay = m.ceramic(pot, size=0.2) if glazed else m.terracotta(pot)
    base = 0.012 if saucer else 0.0
    if saucer:
        s.lathe([(0, 0), (0.085, 0), (0.1, 0.02), (0.103, 0.022), (0.1, 0.024), (0.083, 0.008), (0, 0.008)], clay, 64, 0.001)
    with s.placed((0, 0, base)):
        s.lathe([(0, 0), (0.066, 0), (0.089, 0.118), (0.096, 0.118), (0.099, 0.122), (0.1, 0.148), (0.097, 0.152), (0.09, 0.152), (0.087, 0.146), (0.084, 0.12)], clay, 72, 0.0012)
        s.lathe([(0.0865, 0.134), (0.05, 0.138), (0, 0.14)], m.plaster("#3a2a1e", 1, 1.0), 48)
        for _ in range(40):
            out, turn = rng.uniform(0, 0.078), rng.uniform(0, 2 * math.pi)
            s.ball(rng.uniform(0.003, 0.007), (out * math.cos(turn), out * math.sin(turn), 0.139), m.plaster("#4a3726", 1, 0.8), 0.7, 10)
        if kind == "leafy":
            rooms.foliage(rng, 26, 0.24, 0.15, 0.13, leaf)
        elif kind == "sword":
            _swords(rng, leaf)
        elif kind == "cactus":
            _cactus(rng, leaf)


def _swords(rng: random.Random, code: str) -> None:
    greens = [m.cloth(code, "#a9a95c", 300, 0, 9, "Z"), m.cloth(code, "#56713f", 300, 0, 12, "Z")]
    for index in range(9):
        tall, twist, lean = rng.uniform(0.18, 0.42), rng.uniform(-0.8, 0.8), rng.uniform(0.02, 0.07)

        def surface(u: float, v: float, tall: float = tall, twist: float = twist, lean: float = lean) -> s.Point:
            half = 0.026 * (1 - v**3) * (0.75 + 0.5 * math.sin(math.pi * min(1, v + 0.15)))
            across = (u - 0.5) * 2 * half
            angle = twist * v
            return 0.02 + lean * v + 0.3 * across * across / 0.026, across * math.cos(angle), tall * v + across * math.sin(angle) * 0.2

        with s.placed((0, 0, 0.135), (0, 0, index * 2.4 + rng.uniform(-0.3, 0.3))):
            s.sheet(6, 20, surface, greens[index % 2], 0.003)


def _cactus(rng: random.Random, code: str) -> None:
    skin, spine = m.painted(code, 0.6, 0.4, size=0.1), m.painted("#e5dcb8", 0.6, 0, size=0.1)
    ribs = 13

    def surface(u: float, v: float) -> s.Point:
        angle = 2 * math.pi * u
        rise = math.pi * v
        radius = 0.062 * math.sin(rise) ** 0.7 * (1 + 0.11 * abs(math.cos(ribs * angle / 2)) ** 0.7)
        return radius * math.cos(angle), radius * math.sin(angle), 0.135 + 0.085 * (1 - math.cos(rise))

    s.sheet(ribs * 12, 40, surface, skin)
    for rib in range(ribs):
        angle = 2 * math.pi * rib / ribs
        for step in range(4, 15):
            v = step / 17
            x, y, z = surface(angle / (2 * math.pi), v)
            for _ in range(4):
                tip = (x * 1.12 + rng.uniform(-0.008, 0.008), y * 1.12 + rng.uniform(-0.008, 0.008), z + rng.uniform(-0.006, 0.012))
                s.rod((x, y, z), tip, 0.0005, spine, 0.0001, 0, 4)


def watering_can(code: str = "#8f9a98", zinc: bool = True, rust: float = 0.35) -> None:
    """A can about 30 cm high, spout to the left."""
    sheet = m.metal(code, 0.45, rust, 0.4) if zinc else m.painted(code, 0.35, 0.8, chips="#7a6a55", size=0.4)
    can = s.lathe([(0, 0.0), (0.105, 0.0), (0.107, 0.004), (0.105, 0.01), (0.1, 0.015), (0.097, 0.1), (0.099, 0.103), (0.097, 0.106), (0.094, 0.2), (0.097, 0.204), (0.094, 0.208), (0.07, 0.225)], sheet, 72)
    can.modifiers.new("solid", "SOLIDIFY").thickness = 0.0015
    s.lathe([(0.069, 0.2), (0.069, 0.26), (0.0715, 0.262), (0.069, 0.264)], sheet, 64).modifiers.new("solid", "SOLIDIFY").thickness = 0.0015
    s.rod((-0.085, 0, 0.04), (-0.30, 0, 0.26), 0.024, sheet, 0.0125)
    s.tube([(-0.07, 0, 0.2), (-0.15, 0, 0.19), (-0.2, 0, 0.165)], 0.0045, sheet)
    s.rod((-0.295, 0, 0.255), (-0.345, 0, 0.305), 0.0135, sheet, 0.045)
    with s.placed((-0.345, 0, 0.305), (0, math.radians(-45), 0)):
        s.lathe([(0.045, 0), (0.044, 0.004), (0.03, 0.011), (0, 0.014)], sheet, 48)
    s.tube([(0.096, 0, 0.06), (0.15, 0, 0.09), (0.175, 0, 0.17), (0.15, 0, 0.25), (0.08, 0, 0.285)], 0.0085, sheet)
    s.tube([(0.09, 0, 0.283), (0.07, 0, 0.29), (0.0, 0, 0.33), (-0.05, 0, 0.31), (-0.066, 0, 0.255)], 0.0085, sheet)
