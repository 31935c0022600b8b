"""Books with invented covers: a paperback, a stack, an open volume."""

import math
import random
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

import materials as m
import shapes as s

SCRATCH = Path(tempfile.mkdtemp(prefix="covers-"))


def _lines(draw: ImageDraw.ImageDraw, words: str, top: int, size: int, colour: str, middle: int, weight: int = 1) -> int:
    widest = max(draw.textlength(line, font=ImageFont.load_default(size)) for line in words.split("|"))
    size = min(size, int(size * middle * 1.7 / max(widest, 1)))
    font = ImageFont.load_default(size)
    for line in words.split("|"):
        left = middle - draw.textlength(line, font=font) / 2
        draw.text((left, top), line, fill=colour, font=font, stroke_width=weight, stroke_fill=colour)
        top += int(size * 1.15)
    return top


def cover(title: str, author: str, ground: str, ink: str, motif: str, seed: int = 1) -> Path:
    """A cover drawn here: flat ground, one `motif` (hills, rings, leaves, waves, windows), title and author."""
    rng = random.Random(seed)
    wide, high = 480, 720
    image = Image.new("RGB", (wide, high), ground)
    draw = ImageDraw.Draw(image)
    shades = [_blend(ground, ink, t) for t in (0.25, 0.45, 0.65, 0.85)]
    if motif == "hills":
        draw.ellipse((290, 300, 410, 420), fill=shades[1])
        for layer in range(4):
            points = [(x, 470 + layer * 60 + 45 * math.sin(x / (60 + 13 * layer) + seed + layer * 2)) for x in range(0, wide + 8, 8)]
            draw.polygon([*points, (wide, high), (0, high)], fill=shades[layer])
    elif motif == "rings":
        for radius in range(200, 10, -22):
            draw.ellipse((240 - radius, 440 - radius, 240 + radius, 440 + radius), outline=shades[radius // 22 % 4], width=9)
    elif motif == "leaves":
        for _ in range(34):
            x, y, turn = rng.randint(0, wide), rng.randint(300, high), rng.uniform(0, 3.14)
            dx, dy = 46 * math.cos(turn), 46 * math.sin(turn)
            draw.polygon([(x - dx, y - dy), (x - dy * 0.3, y + dx * 0.3), (x + dx, y + dy), (x + dy * 0.3, y - dx * 0.3)], fill=rng.choice(shades))
    elif motif == "waves":
        for row in range(16):
            draw.line([(x, 320 + row * 25 + 14 * math.sin(x / 38 + row * 0.9)) for x in range(-10, wide + 10, 6)], fill=shades[row % 4], width=8)
    else:
        for column in range(4):
            for row in range(5):
                draw.rectangle((70 + column * 92, 320 + row * 72, 132 + column * 92, 372 + row * 72), fill=rng.choice(shades))
    below = _lines(draw, title, 60, 62, ink, 240, 2)
    _lines(draw, author, below + 24, 30, ink, 240)
    target = SCRATCH / f"cover-{seed}.png"
    image.save(target)
    return target


def _blend(a: str, b: str, t: float) -> tuple[int, ...]:
    return tuple(round(int(a[i : i + 2], 16) * (1 - t) + int(b[i : i + 2], 16) * t) for i in (1, 3, 5))


def spine(title: str, ground: str, ink: str, seed: int) -> Path:
    image = Image.new("RGB", (600, 90), ground)
    draw = ImageDraw.Draw(image)
    draw.rectangle((18, 0, 24, 90), fill=ink)
    draw.rectangle((576, 0, 582, 90), fill=ink)
    _lines(draw, title, 22, 38, ink, 300)
    target = SCRATCH / f"spine-{seed}.png"
    image.save(target)
    return target


def _page(seed: int, picture: bool) -> Path:
    """A page of grey word shapes, no text to read."""
    rng = random.Random(seed)
    image = Image.new("RGB", (560, 800), "#efe8d8")
    draw = ImageDraw.Draw(image)
    y = 80
    if picture:
        draw.rectangle((80, 80, 480, 330), fill="#cfc5ae")
        draw.polygon([(80, 330), (190, 190), (270, 270), (360, 160), (480, 330)], fill="#8d8674")
        y = 370
    while y < 710:
        x = 80 + (30 if rng.random() < 0.15 else 0)
        end = 480 if rng.random() > 0.14 else rng.randint(180, 420)
        while x < end:
            length = rng.randint(12, 58)
            draw.rectangle((x, y, min(end, x + length), y + 7), fill="#4a453d")
            x += length + 9
        y += 21
    draw.rectangle((268, 750, 292, 757), fill="#4a453d")
    target = SCRATCH / f"page-{seed}.png"
    image.save(target)
    return target


def volume(size: s.Point, front: Path | None, back: str, label: Path | None = None, soft: bool = True) -> None:
    """A closed book lying face up, spine to -x, standing on z = 0."""
    wide, high, thick = size
    board, paper = m.painted(back, 0.4, 0.6, size=0.2), m.wood("#e3d8c0", "#c5b898", 0, 0.9, 0.3, 8)
    rim = 0.0007 if soft else 0.0028
    over = 0 if soft else 0.003
    s.box((wide - 0.004 - over, high - 0.001 - 2 * over, thick - 2 * rim), (0.001, 0, thick / 2), paper, 0.0005)
    for z in (rim / 2, thick - rim / 2):
        s.box((wide, high, rim), (0, 0, z), board, rim * 0.4)
    s.box((rim * 1.2, high, thick), (-wide / 2, 0, thick / 2), board, rim * 0.4)
    if front:
        s.picture(wide - 0.001, high - 0.001, (0, 0, thick + 0.0004), m.printed(front, 0.3, 0.7))
    if label:
        s.picture(high - 0.001, thick - 0.001, (-wide / 2 - rim * 0.6 - 0.0003, 0, thick / 2), m.printed(label, 0.4, 0.5), (math.pi / 2, 0, -math.pi / 2))


def paperback(title: str = "The Lamplighter's|Harbour", author: str = "Orla Winterfeld", ground: str = "#d8b45a", ink: str = "#20364a", motif: str = "waves", seed: int = 1, second: bool = False) -> None:
    """A read paperback, cover up, a corner lifted; `second` puts another under it."""
    lift = 0.0
    if second:
        with s.placed((0.03, 0.015, 0), (0, 0, -0.4)):
            volume((0.125, 0.19, 0.021), None, "#5a6b58", soft=True)
        lift = 0.0215
    with s.placed((0, 0, lift), (0, 0, 0.1)):
        volume((0.12, 0.185, 0.018), None, ground)
        art = m.printed(cover(title, author, ground, ink, motif, seed), 0.3, 0.8)

        def surface(u: float, v: float) -> s.Point:
            curl = max(0.0, u - 0.4) ** 2 * 0.028 * (1.1 - v)
            return (u - 0.5) * 0.12, (v - 0.5) * 0.185, 0.0186 + curl

        s.sheet(20, 20, surface, art)


STACKS: dict[str, list[tuple[str, str, str, s.Point]]] = {
    "novels": [("A HOUSE IN APRIL", "#7b3b34", "#e8dcc0", (0.135, 0.21, 0.032)), ("Salt Road North", "#39506b", "#e3e0d2", (0.13, 0.2, 0.026)), ("The Quiet Orchard", "#c8b48a", "#3a2f25", (0.125, 0.19, 0.022)), ("Nine Winters", "#51634a", "#efe6cd", (0.14, 0.215, 0.035)), ("Borrowed Light", "#2f3033", "#d9a441", (0.12, 0.185, 0.02))],
    "cooking": [("Soups for Seven Days", "#c9642f", "#fff2dc", (0.19, 0.25, 0.024)), ("BREAD & PATIENCE", "#efe3cc", "#5a3a22", (0.2, 0.26, 0.03)), ("The Small Kitchen", "#5f7f79", "#f4ecd8", (0.18, 0.24, 0.02)), ("Jam, Pickle, Keep", "#8a2f3c", "#f2e2c4", (0.185, 0.235, 0.018))],
    "crime": [("THE NINTH FERRY", "#202226", "#d8d4c8", (0.122, 0.19, 0.03)), ("Cold Platform", "#5a1f22", "#f0e0c8", (0.12, 0.188, 0.027)), ("Inspector Malm Waits", "#d9cfae", "#3a3228", (0.12, 0.186, 0.024)), ("FOG SIGNAL", "#2d4650", "#e8d9a0", (0.124, 0.19, 0.033)), ("Eleven Keys", "#8d7a4f", "#241c12", (0.118, 0.184, 0.022)), ("Low Tide", "#3a3d5c", "#dedcd2", (0.12, 0.187, 0.026))],
    "travel": [("BY FERRY AND FOOT", "#3f6d8a", "#f2ead6", (0.13, 0.2, 0.028)), ("Two Rivers South", "#b98a3e", "#2c2218", (0.128, 0.198, 0.024)), ("A Map of Small Islands", "#e2dcc8", "#37545f", (0.135, 0.205, 0.03))],
}


def stack(which: str = "novels", seed: int = 1) -> None:
    """A pile, largest below, spines to the camera."""
    rng = random.Random(seed)
    z = 0.0
    for index, (title, ground, ink, size) in enumerate(sorted(STACKS[which], key=lambda book: -book[3][1] if which == "cooking" else 0)):
        with s.placed((rng.uniform(-0.008, 0.008), rng.uniform(-0.012, 0.012), z), (0, 0, math.pi / 2 + rng.uniform(-0.12, 0.12))):
            number = seed * 20 + index
            top = cover(title.replace(" ", "|", 1), "", ground, ink, rng.choice(("hills", "rings", "leaves")), number)
            volume(size, top, ground, spine(title, ground, ink, number), soft=which == "crime")
        z += size[2] + 0.001


def open_book(board: str = "#5c3327", picture: bool = True, seed: int = 1) -> None:
    """A hardback open in the middle, pages arching, a ribbon hanging out."""
    wide, high = 0.17, 0.24
    left, right = (m.printed(_page(seed * 2 + i, picture and i == 1), 0.75, 0.25) for i in (0, 1))
    paper = m.wood("#e3d8c0", "#c5b898", 0, 0.9, 0.2, 8)
    for side, ink in ((-1, left), (1, right)):

        def arch(t: float) -> float:
            return 0.019 * math.sin(math.pi * min(1, t * 1.05) ** 0.55) * (1 - 0.55 * t) + 0.012 * (1 - t) * min(1, t * 12) + 0.004

        def page(u: float, v: float, side: int = side) -> s.Point:
            t = u if side > 0 else 1 - u
            return side * t * wide, (v - 0.5) * high, arch(t) + 0.0012 * math.sin(9 * v + side)

        def block(u: float, v: float, side: int = side) -> s.Point:
            t = u if side > 0 else 1 - u
            return side * t * (wide - 0.001), (v - 0.5) * (high - 0.002), arch(t) * 0.5

        s.sheet(40, 8, page, ink)
        s.sheet(40, 2, block, paper, 0.006)
        s.sheet(40, 2, lambda u, v, side=side: (side * (u if side > 0 else 1 - u) * wide, (v - 0.5) * (high - 0.001), arch(u if side > 0 else 1 - u) * 0.75 - 0.001), paper, 0.002)
        s.box((wide + 0.004, high + 0.008, 0.003), (side * (wide + 0.004) / 2, 0, 0.0015), m.painted(board, 0.5, 0.6, size=0.2), 0.001)
    s.tube([(0.004, 0.11, 0.012), (0.01, 0.0, 0.017), (0.006, -0.1, 0.014), (0.012, -0.135, 0.002), (0.03, -0.16, 0.001)], 0.0012, m.cloth("#a3322c", weave=900))
