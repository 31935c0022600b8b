"""A wooden toy train, a ukulele, a travelling case and an alarm clock."""

import math

from PIL import Image, ImageDraw, ImageFont

import books
import materials as m
import shapes as s


def train(engine: str = "#a8342a", trim: str = "#2f5d7c", loads: tuple[str, ...] = ("#d1a13a", "#3f7a4f", "#b04a26"), wagons: int = 2, painted: bool = True) -> None:
    """An engine, to the left, with wagons of blocks."""
    beech = m.wood("#d9b27a", "#b58a50", 0, 0.5, 0.7, 3)
    red = m.painted(engine, 0.4, 0.9, chips="#d0ab76", size=0.15) if painted else m.wood("#b98550", "#7c5029", 0, 0.5, 0.6, 3)
    blue = m.painted(trim, 0.4, 0.9, chips="#d0ab76", size=0.12)
    black = m.painted("#2a2725", 0.5, 0.8, chips="#b08d5c", size=0.08)

    def wheels(xs: tuple[float, ...], radius: float, half: float) -> None:
        for x in xs:
            for side in (-1, 1):
                s.rod((x, side * half, radius), (x, side * (half + 0.011), radius), radius, black, bevel=0.002, steps=40)
                s.rod((x, side * (half + 0.011), radius), (x, side * (half + 0.014), radius), 0.005, beech)

    with s.placed((-0.2, 0, 0)):
        s.box((0.17, 0.062, 0.018), (0, 0, 0.034), beech, 0.003)
        s.rod((-0.08, 0, 0.072), (0.03, 0, 0.072), 0.029, red, bevel=0.003, steps=48)
        s.rod((-0.084, 0, 0.072), (-0.079, 0, 0.072), 0.024, blue, steps=48)
        s.box((0.055, 0.066, 0.075), (0.054, 0, 0.08), red, 0.003)
        for side in (-1, 1):
            s.box((0.028, 0.002, 0.026), (0.054, side * 0.0335, 0.096), black, 0.0008)
        s.box((0.074, 0.08, 0.01), (0.054, 0, 0.122), blue, 0.003)
        s.rod((-0.055, 0, 0.095), (-0.055, 0, 0.125), 0.0095, black, 0.013)
        s.ball(0.012, (-0.012, 0, 0.1), m.painted("#d1a13a", 0.35, 0.7, size=0.05))
        wheels((-0.06, 0.0), 0.02, 0.033)
        wheels((0.055,), 0.027, 0.033)
    for index in range(wagons):
        x0 = 0.0 + index * 0.17
        with s.placed((x0, 0.004 * index, 0), (0, 0, 0.05 * index)):
            s.box((0.14, 0.06, 0.016), (0, 0, 0.033), beech, 0.003)
            wheels((-0.045, 0.045), 0.02, 0.032)
            for side in (-1, 1):
                s.box((0.14, 0.006, 0.028), (0, side * 0.03, 0.054), blue if index % 2 == 0 else red, 0.002)
            for k, code in enumerate(loads):
                block = s.box((0.034, 0.034, 0.034), (-0.045 + k * 0.044, 0.002 * (-1) ** k, 0.058 + 0.001), m.painted(code, 0.45, 0.9, chips="#d0ab76", size=0.08), 0.002)
                block.rotation_euler = (0, 0, 0.15 * (k - 1) + 0.1 * index)
        s.tube([(x0 - 0.11, 0, 0.034), (x0 - 0.09, 0.004, 0.028), (x0 - 0.07, 0, 0.034)], 0.0018, m.metal("#b7a46a", 0.4, size=0.05))


def ukulele(light: str = "#b87a42", dark: str = "#6f4220", neck: str = "#7a5233", scale: float = 1.0, paint: str | None = None, strings: int = 4) -> None:
    """A small guitar on its back, head away from the camera; 60 cm at `scale` 1."""
    top = m.painted(paint, 0.2, 0.6, size=0.4) if paint else m.wood(light, dark, 1, 0.25, 0.4, 1.6)
    side, ebony = m.wood(dark, "#3a2010", 1, 0.3, 0.4), m.painted("#2b1d14", 0.45, 0.6, size=0.2)
    steel, nylon, maple = m.metal("#cfcfcd", 0.25, size=0.05), m.painted("#e4ded0", 0.3, 0, size=0.2), m.wood(neck, "#4a2d1a", 1, 0.4, 0.5)
    with s.placed(scale=scale):
        half = [(0.0, -0.135), (0.045, -0.132), (0.083, -0.105), (0.095, -0.06), (0.082, -0.012), (0.062, 0.022), (0.058, 0.045), (0.07, 0.08), (0.066, 0.112), (0.04, 0.128), (0.0, 0.13)]
        ring = half + [(-x, y) for x, y in reversed(half[1:-1])]
        outline = [(x, y) for x, y, _ in s.curve([(x, y, 0) for x, y in ring], 6, closed=True)]
        s.plate(outline, 0.052, side, 0.004)
        inner = [(x * 0.985, y * 0.988) for x, y in outline]
        with s.placed((0, 0, 0.0525)):
            s.plate(inner, 0.0012, top, 0.0006)
            s.lathe([(0, 0.0016), (0.029, 0.0016)], m.painted("#120d09", 0.9, 0, size=0.1)).location = (0, 0.03, 0)
            for radius, code in ((0.031, "#e8dcc0"), (0.0335, "#2b1d14"), (0.036, "#e8dcc0")):
                s.ring(radius, 0.0008, m.painted(code, 0.3, 0.2, size=0.05), (0, 0.03, 0.0013))
            s.box((0.075, 0.019, 0.008), (0, -0.068, 0.004), ebony, 0.003)
            s.box((0.05, 0.003, 0.004), (0, -0.064, 0.0095), nylon, 0.0008)
        s.box((0.037, 0.25, 0.018), (0, 0.225, 0.045), maple, 0.006)
        s.box((0.036, 0.29, 0.004), (0, 0.205, 0.0565), ebony, 0.001)
        position, fret = 0.35, 0.0
        for _ in range(12):
            fret += (0.418 - fret) / 17.817
            s.box((0.036, 0.0014, 0.0012), (0, position - fret, 0.059), steel, 0.0004)
        for y in (0.24, 0.185, 0.145):
            s.rod((0, y, 0.058), (0, y, 0.0588), 0.0025, nylon)
        s.box((0.037, 0.003, 0.006), (0, 0.351, 0.058), nylon, 0.0006)
        head = [(-0.019, 0.35), (0.019, 0.35), (0.03, 0.37), (0.028, 0.44), (0.012, 0.452), (0, 0.448), (-0.012, 0.452), (-0.028, 0.44), (-0.03, 0.37)]
        with s.placed((0, 0, 0.042), (math.radians(-5), 0, 0)):
            s.plate(head, 0.013, maple, 0.003)
            for index in range(strings):
                x, y = (-1 if index < strings / 2 else 1) * 0.018, 0.385 + (index % (strings // 2)) * 0.08 / (strings // 2)
                s.rod((x, y, 0.012), (x, y, 0.024), 0.003, steel)
                s.rod((x * 1.5, y, 0.006), (x * 2.35, y, 0.006), 0.002, steel)
                s.box((0.006, 0.014, 0.01), (x * 2.45, y, 0.006), nylon, 0.003)
        for index in range(strings):
            t = (index - (strings - 1) / 2) / max(1, strings - 1)
            s.rod((t * 0.042, -0.066, 0.064), (t * 0.027, 0.352, 0.0612), 0.0006, nylon, bevel=0, steps=6)


def case(code: str = "#7a4a2a", trim: str = "#4a2a16", size: s.Point = (0.5, 0.16, 0.35), stickers: bool = False, metal: str = "#c2a766") -> None:
    """An old travelling case standing on its long side."""
    wide, deep, high = size
    hide, leather, brass = m.painted(code, 0.5, 0.9, chips="#3c2413", size=0.5), m.painted(trim, 0.5, 0.9, size=0.2), m.metal(metal, 0.35, 0.25, 0.1)
    s.box((wide, deep * 0.62, high), (0, -deep * 0.18, high / 2 + 0.006), hide, 0.018, 4)
    s.box((wide, deep * 0.36, high), (0, deep * 0.32, high / 2 + 0.006), hide, 0.018, 4)
    s.box((wide - 0.012, deep * 0.05, high - 0.012), (0, deep * 0.135, high / 2 + 0.006), brass, 0.004)
    for x in (-1, 1):
        for z in (0.0, high):
            for y in (-deep * 0.49, deep * 0.5):
                corner = s.ball(0.028, (x * (wide / 2 - 0.022), y - math.copysign(0.021, y), z + (0.024 if z == 0 else -0.012)), leather)
                corner.scale = (1.1, 1.05, 1.1)
        s.box((0.03, deep * 1.03, 0.0035), (x * wide * 0.28, 0, high + 0.0075), leather, 0.001)
        s.box((0.03, 0.0035, high * 0.99), (x * wide * 0.28, -deep * 0.495, high / 2 + 0.006), leather, 0.001)
        s.box((0.036, 0.005, 0.03), (x * wide * 0.28, -deep * 0.505, high * 0.72), brass, 0.002)
        s.box((0.042, 0.03, 0.006), (x * wide * 0.17, deep * 0.12, high + 0.009), brass, 0.002)
    s.tube([(-0.065, deep * 0.1, high + 0.008), (-0.062, deep * 0.1, high + 0.032), (-0.04, deep * 0.1, high + 0.042), (0.04, deep * 0.1, high + 0.042), (0.062, deep * 0.1, high + 0.032), (0.065, deep * 0.1, high + 0.008)], 0.009, leather)
    if stickers:
        for x, z, turn, look in ((-0.03, 0.2, 0.15, ("Sea|Air", "#d9cdb0", "#2a5a78", "waves")), (0.08, 0.12, -0.2, ("Alpine|Inn", "#b94a35", "#f1e4c3", "hills"))):
            art = m.printed(books.cover(look[0], "", look[1], look[2], look[3], int(100 * (z + 1))), 0.5, 0.9)
            s.picture(0.07, 0.1, (x, -deep * 0.4905, z), art, (math.pi / 2, turn, 0))


def alarm_clock(code: str = "#3f6f63", face: str = "#ece4d0", bells: str = "#c9b27a", hour: float = 10.15) -> None:
    """A wind-up clock with two bells, 15 cm high."""
    body, brass, dark = m.painted(code, 0.3, 0.7, chips="#8d8478", size=0.12), m.metal(bells, 0.22, 0.1, 0.1), m.painted("#1d1a17", 0.4, 0.1, size=0.05)
    with s.placed((0, 0, 0.072)):
        with s.placed((0, 0, 0), (math.pi / 2, 0, 0)):
            s.lathe([(0, -0.028), (0.05, -0.026), (0.056, -0.02), (0.058, 0.02), (0.0605, 0.024), (0.0575, 0.029), (0.053, 0.028), (0.052, 0.021), (0, 0.021)], body, 80, 0.001)
            s.ring(0.0545, 0.0025, brass, (0, 0, 0.028))
            s.dial(0.052, 0.0215, m.printed(_dial(face), 0.4, 0.25))
            for angle, length, wide in ((math.pi / 2 - 2 * math.pi * (hour % 12) / 12, 0.026, 0.004), (math.pi / 2 - 2 * math.pi * (hour % 1), 0.04, 0.0026), (2.2, 0.018, 0.0012)):
                hand = s.box((length, wide, 0.001), (math.cos(angle) * length * 0.42, math.sin(angle) * length * 0.42, 0.0235 + 0.0006 * length * 100), dark, 0.0004)
                hand.rotation_euler = (0, 0, angle)
            s.rod((0, 0, 0.022), (0, 0, 0.0285), 0.0032, brass)
        for side in (-1, 1):
            s.rod((side * 0.03, 0, -0.045), (side * 0.045, -0.002, -0.072), 0.0065, brass, 0.004)
            with s.placed((side * 0.034, 0, 0.058), (0, side * 0.55, 0)):
                s.lathe([(0.0265, 0), (0.0265, 0.004), (0.021, 0.014), (0.011, 0.02), (0, 0.0215)], brass, 48, subdivide=1)
                s.rod((0, 0, -0.01), (0, 0, 0.026), 0.0028, brass)
        s.rod((0, 0, 0.055), (0, 0, 0.079), 0.002, brass)
        s.rod((-0.009, 0, 0.079), (0.009, 0, 0.079), 0.0042, brass)
        s.tube([(-0.034, 0, 0.083), (-0.03, 0, 0.097), (0, 0, 0.105), (0.03, 0, 0.097), (0.034, 0, 0.083)], 0.0025, brass)


def _dial(face: str) -> books.Path:
    size = 512
    image = Image.new("RGB", (size, size), face)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(58)
    for minute in range(60):
        angle = 2 * math.pi * minute / 60
        near, far = (212 if minute % 5 == 0 else 222), 236
        draw.line([(256 + r * math.sin(angle), 256 - r * math.cos(angle)) for r in (near, far)], fill="#2a2622", width=6 if minute % 5 == 0 else 3)
    for hour in range(1, 13):
        angle = 2 * math.pi * hour / 12
        draw.text((256 + 174 * math.sin(angle), 256 - 174 * math.cos(angle)), str(hour), fill="#2a2622", font=font, anchor="mm", stroke_width=1)
    target = books.SCRATCH / "dial.png"
    image.save(target)
    return target
