"""Every picture of the demo: which thing, in which colours, where, and from where it is seen."""

from collections.abc import Iterator
from dataclasses import replace

import audio
import bikes
import books
import clothing
import furniture
import garden
import kitchen
import lamps
import sports
import toys
from rooms import Room
from studio import Camera, Light, Shot, near_copy

LEFT = Light()
RIGHT = Light(side=1)
EVENING = Light(side=1, energy=12, ambient=0.22, lamp=38)
CLOUD = Light(side=-1, energy=15, sky="city", ambient=0.9)
SUN = Light(side=1, energy=0, sky="courtyard", ambient=0.7, sun=3.2)

DESK, BOARD, SILL = (1.5, 0.85), (1.4, 1.05), (1.3, 0.5)
"""Table tops, width and depth."""

COVERS: list[Shot] = [
    # electronics
    Shot("headphones-black", audio.headphones, Room("oak", "white", 0.42, ("jar", "papers"), DESK), Camera(-24, 38, 0.46, (0.0, -0.01, 0.03), 3)),
    Shot("headphones-cream", audio.headphones, Room("black", "pink", 0.4, ("books",), DESK), Camera(20, 34, 0.44, (0.02, -0.02, 0.03), -4), {"code": "#d5cbb8", "pad": "#6b5444", "accent": "#c9a77a"}, EVENING, 160),
    Shot("radio-wood", audio.radio, Room("white", "yellow", 0.24, ("books",), SILL), Camera(-22, 14, 0.55, (0.02, 0, 0.11), -2)),
    Shot("radio-teal", audio.radio, Room("bench", "white", 0.3, ("jar",), DESK), Camera(24, 18, 0.56, (0.01, 0, 0.11), 3), {"case": "#3f7f7d", "dark": None, "front": "#e5ded0", "grille": "#c9bfa8"}, RIGHT),
    Shot("radio-black", audio.radio, Room("worktop", "tiles", 0.2, ("cup", "cable"), (2.0, 0.6)), Camera(-8, 12, 0.58, (0.0, 0, 0.11), 1), {"case": "#2c2b2b", "dark": None, "front": "#4a4744", "grille": "#2c2a28", "handle": False}),
    Shot("speakers-walnut", audio.loudspeakers, Room("pale-boards", "white", 0.5, ("skirting", "socket", "cable")), Camera(14, 16, 0.86, (0.0, 0, 0.15), 2)),
    Shot("speakers-white", audio.loudspeakers, Room("carpet", "blue", 0.45, ("skirting", "cable")), Camera(-18, 20, 0.88, (0.0, 0, 0.15), -2), {"code": "#d3d0c8", "dark": None, "cone": "#b79a5d", "grille": True}, RIGHT),
    # furniture
    Shot("chair-beech", furniture.chair, Room("boards", "white", 0.6, ("skirting", "socket", "carton")), Camera(-28, 18, 1.55, (0.02, 0, 0.42), 2), turn=8),
    Shot("chair-white", furniture.chair, Room("tiles", "green", 0.5, ("skirting", "radiator")), Camera(32, 20, 1.5, (0, 0, 0.42), -2), {"code": "#dcd8cd", "dark": None, "chips": "#a98a60", "back": "spindles"}, RIGHT, -6),
    Shot("chair-blue", furniture.chair, Room("terrace", "brick", 0.6, ("leaves",)), Camera(20, 22, 1.55, (-0.03, 0, 0.42), 3), {"code": "#48708a", "dark": None, "chips": "#b99d74"}, SUN, 14),
    Shot("sidetable-oak", furniture.side_table, Room("pale-boards", "cream", 0.6, ("skirting", "plant")), Camera(18, 26, 0.98, (0, 0, 0.23), -2), {}, RIGHT),
    Shot("sidetable-green", furniture.side_table, Room("grey-laminate", "white", 0.5, ("skirting", "socket")), Camera(-24, 30, 0.98, (0.02, 0, 0.22), 3), {"code": "#4d6350", "dark": None, "chips": "#b08d5c", "shelf": False}),
    Shot("bookcase-white", furniture.bookcase, Room("boards-deep", "grey", 0.16, ("skirting", "socket")), Camera(22, 10, 1.75, (0.02, 0, 0.63), 1), portrait=True),
    Shot("bookcase-pine", furniture.bookcase, Room("pale-boards", "white", 0.15, ("skirting", "carton")), Camera(-16, 14, 1.6, (0.05, 0, 0.48), -2), {"code": "#d6ab70", "dark": "#a97840", "shelves": 3, "seed": 8, "filled": 0.4}, RIGHT),
    Shot("bookcase-low", furniture.bookcase, Room("carpet", "yellow", 0.15, ("wooden-skirting",)), Camera(26, 18, 1.25, (0, 0, 0.32), 2), {"code": "#5f3d26", "dark": "#38210f", "shelves": 2, "seed": 5, "filled": 0.8}, EVENING),
    # clothing
    Shot("tshirt-navy", clothing.tshirt, Room("boards-deep", "white", 2.0), Camera(12, 64, 1.08, (0, -0.04, 0), 4), {"code": "#2a3b52"}),
    Shot("tshirt-striped", clothing.tshirt, Room("pale-boards", "white", 2.0), Camera(-8, 68, 1.06, (0.01, -0.04, 0), -5), {"code": "#ddd8cb", "stripe": "#38485f", "seed": 4}, RIGHT),
    Shot("tshirt-mustard", clothing.tshirt, Room("blanket", "white", 2.0), Camera(10, 62, 1.3, (0.06, -0.03, 0), 6), {"code": "#b3852c", "seed": 9, "sleeve": 0.42}),
    Shot("jumpers-warm", clothing.jumpers, Room("blanket", "cream", 1.2), Camera(-20, 30, 0.62, (0, 0, 0.1), -3)),
    Shot("jumpers-grey", clothing.jumpers, Room("pine", "white", 0.4, ("cup",), DESK), Camera(24, 24, 0.62, (0, 0, 0.08), 2), {"codes": ("#6f7478", "#d2ccbf"), "fleck": "#c9c4ba", "seed": 6}, RIGHT),
    Shot("hat-red", clothing.hat, Room("pine", "grey", 0.35, ("books",), DESK), Camera(10, 22, 0.5, (0, 0, 0.1), 2)),
    Shot("hat-grey", clothing.hat, Room("striped-sheet", "white", 2.0), Camera(-14, 36, 0.46, (0, 0, 0.08), -5), {"code": "#5b6468", "second": "#8a8f8f", "bobble": None, "ribs": 36}),
    Shot("boots-green", clothing.boots, Room("red-tiles", "white", 0.4, ("skirting",)), Camera(24, 28, 0.78, (0, 0, 0.17), -2)),
    Shot("boots-yellow", clothing.boots, Room("terrace", "whitebrick", 0.45, ("leaves",)), Camera(-34, 24, 0.76, (0, 0, 0.17), 3), {"code": "#cf9f2c", "sole": "#6d5a42", "band": "#3a3a3a"}, CLOUD),
    # vehicles
    Shot("bicycle-green", bikes.bicycle, Room("paving", "brick", 0.45, ("leaves",)), Camera(-14, 12, 2.15, (0.03, 0, 0.52), -1), {}, CLOUD),
    Shot("bicycle-red", bikes.bicycle, Room("paving", "whitebrick", 0.5, ("leaves",)), Camera(18, 14, 2.2, (0.03, 0, 0.52), 2), {"code": "#8f2d2a", "step_through": True, "basket": True, "saddle": "#6a4126", "rust": 0.25}, SUN),
    Shot("bicycle-black", bikes.bicycle, Room("concrete", "concrete", 0.5, ("carton",)), Camera(-22, 16, 2.15, (0.02, 0, 0.5), 1), {"code": "#26282b", "chips": "#7d7a74", "guards": False, "rack": False, "rust": 0.1}, RIGHT),
    Shot("bicycle-blue", bikes.bicycle, Room("dark-tiles", "white", 0.45, ("skirting", "door")), Camera(10, 10, 2.25, (0.0, 0, 0.55), -2), {"code": "#6f9bb3", "step_through": True, "saddle": "#3a2a20", "rust": 0.6}, Light(side=-1, energy=160)),
    Shot("scooter-blue", bikes.scooter, Room("concrete", "concrete", 0.5, ("carton",)), Camera(-26, 16, 1.45, (-0.02, 0, 0.44), 2)),
    Shot("scooter-red", bikes.scooter, Room("paving", "brick", 0.4, ("leaves",)), Camera(22, 18, 1.45, (0, 0, 0.44), -2), {"code": "#a8322c", "grips": "#4a4a4a", "wheels": "#d8d4c8"}, SUN),
    # sports
    Shot("dumbbells-black", sports.dumbbells, Room("carpet", "white", 0.9, ("skirting",)), Camera(-20, 38, 0.58, (0, 0, 0.03), 3)),
    Shot("dumbbells-blue", sports.dumbbells, Room("grey-laminate", "white", 0.5, ("skirting", "socket")), Camera(24, 30, 0.6, (0, 0, 0.03), -2), {"code": "#3b5f86", "hexagonal": False, "rust": 0.5}, RIGHT, 20),
    Shot("basketball-orange", sports.basketball, Room("concrete", "whitebrick", 0.5, ("leaves",)), Camera(15, 18, 0.56, (0.03, 0, 0.11), -3), {}, CLOUD),
    Shot("basketball-brown", sports.basketball, Room("boards", "white", 0.3, ("skirting", "socket")), Camera(-24, 26, 0.52, (-0.02, 0, 0.1), 3), {"code": "#7a4326", "seam": "#d3c3a0", "turn": 1.4, "scuff": 1.2}, RIGHT),
    Shot("bats-red", sports.bats, Room("green-cloth", "white", 0.6, (), BOARD), Camera(-10, 50, 0.45, (0, -0.03, 0), 3)),
    Shot("bats-blue", sports.bats, Room("terrace", "brick", 0.9, ("leaves",)), Camera(16, 46, 0.46, (0, -0.03, 0), -5), {"first": "#2a2a2a", "second": "#2f5f96", "wood": ("#b98550", "#7c5029"), "balls": 1}, SUN, 12),
    Shot("skateboard-red", sports.skateboard, Room("grey-laminate", "white", 0.5, ("skirting", "socket")), Camera(-30, 30, 0.92, (0, 0, 0.05), 2), turn=-12),
    Shot("skateboard-flipped", sports.skateboard, Room("paving", "concrete", 0.6, ("leaves",)), Camera(22, 40, 0.92, (0, 0, 0.04), -3), {"under": "#2f7a78", "wheels": "#c96a3a", "flip": True}, CLOUD, 10),
    # home and garden
    Shot("mug-blue", kitchen.mug, Room("oak", "white", 0.4, ("jar", "cup"), DESK), Camera(-18, 28, 0.31, (0.01, 0.01, 0.045), 2)),
    Shot("mug-speckled", kitchen.mug, Room("cloth", "white", 0.45, (), BOARD), Camera(26, 34, 0.3, (0.01, 0, 0.04), -3), {"code": "#d6cfc0", "inside": "#d6cfc0", "speckle": "#5a4632"}, RIGHT),
    Shot("mug-banded", kitchen.mug, Room("walnut", "green", 0.35, ("books",), DESK), Camera(-6, 20, 0.32, (0.01, 0, 0.045), 2), {"code": "#8c4a35", "inside": "#3a2a24", "band": "#d8c39a"}, EVENING),
    Shot("teapot-green", kitchen.teapot, Room("worktop", "metro", 0.26, ("cup",), (2.0, 0.6)), Camera(14, 22, 0.44, (-0.01, 0, 0.07), -2)),
    Shot("teapot-brown", kitchen.teapot, Room("cloth", "cream", 0.5, (), BOARD), Camera(-28, 30, 0.44, (0, 0, 0.06), 3), {"code": "#5c3420", "knob": "#5c3420"}, RIGHT),
    Shot("lamp-red", lamps.desk_lamp, Room("walnut", "green", 0.34, ("papers", "books"), DESK), Camera(-16, 14, 0.8, (0.0, 0, 0.22), 2)),
    Shot("lamp-black", lamps.desk_lamp, Room("white", "grey", 0.3, ("jar", "socket"), DESK), Camera(20, 18, 0.8, (0, 0, 0.22), -2), {"code": "#29292a", "lit": True, "bend": 0.3}, EVENING),
    Shot("lamp-cream", lamps.desk_lamp, Room("bench", "white", 0.35, ("papers",), DESK), Camera(6, 24, 0.82, (0, 0, 0.21), 3), {"code": "#d8ceb2", "chips": "#6d4a30", "bend": -0.2}, RIGHT, 20),
    Shot("plant-leafy", garden.potted, Room("pine", "white", 0.4, (), DESK), Camera(14, 16, 0.78, (0, 0, 0.21), -2), {}, RIGHT),
    Shot("plant-sword", garden.potted, Room("pale-boards", "white", 0.3, ("skirting", "socket")), Camera(-18, 22, 0.8, (0, 0, 0.24), 3), {"pot": "#d9d5ca", "kind": "sword", "glazed": True, "leaf": "#47663a"}, portrait=True),
    Shot("plant-cactus", garden.potted, Room("tiles", "tiles", 0.25), Camera(24, 20, 0.56, (0, 0, 0.15), -2), {"kind": "cactus", "leaf": "#5d7d52", "saucer": False}),
    Shot("wateringcan-zinc", garden.watering_can, Room("terrace", "brick", 0.5, ("leaves",)), Camera(12, 20, 0.86, (-0.08, 0, 0.16), 2), {}, CLOUD),
    Shot("wateringcan-green", garden.watering_can, Room("paving", "whitebrick", 0.45, ("leaves",)), Camera(-16, 24, 0.88, (-0.08, 0, 0.15), -3), {"code": "#2f5d45", "zinc": False}, SUN, 8),
    # books
    Shot("paperback-harbour", books.paperback, Room("oak", "white", 0.5, (), BOARD), Camera(-14, 56, 0.32, (0, 0, 0.01), 4)),
    Shot("paperback-orchard", books.paperback, Room("blanket", "white", 2.0), Camera(18, 60, 0.32, (0.01, 0, 0.01), -6), {"title": "Orchard|of Glass", "author": "Teodor Haase", "ground": "#34503f", "ink": "#e8dcb4", "motif": "leaves", "seed": 2}, RIGHT),
    Shot("paperback-pair", books.paperback, Room("white", "white", 0.6, (), BOARD), Camera(-8, 50, 0.36, (0.01, 0, 0.01), 5), {"title": "Seven|Windows", "author": "Mirela Costin", "ground": "#b4472f", "ink": "#f3e6cc", "motif": "windows", "seed": 3, "second": True}, EVENING),
    Shot("stack-novels", books.stack, Room("white", "blue", 0.35, ("cup",), DESK), Camera(20, 20, 0.46, (0, 0, 0.07), -2)),
    Shot("stack-cooking", books.stack, Room("worktop", "metro", 0.3, ("jar",), (2.0, 0.6)), Camera(-18, 26, 0.48, (0, 0, 0.05), 3), {"which": "cooking", "seed": 2}),
    Shot("stack-crime", books.stack, Room("boards", "white", 0.3, ("skirting", "cable")), Camera(26, 24, 0.46, (0, 0, 0.08), 2), {"which": "crime", "seed": 3}, RIGHT),
    Shot("openbook-brown", books.open_book, Room("blanket", "white", 1.2), Camera(-16, 44, 0.5, (0, 0, 0.01), 3)),
    Shot("openbook-green", books.open_book, Room("walnut", "white", 0.5, ("cup",), BOARD), Camera(20, 38, 0.5, (0, 0, 0.01), -3), {"board": "#2f4a3a", "picture": False, "seed": 4}, RIGHT),
    # other
    Shot("train-red", toys.train, Room("carpet-blue", "white", 0.9, ("skirting",)), Camera(-24, 24, 0.62, (-0.02, 0, 0.05), -2)),
    Shot("train-natural", toys.train, Room("pale-boards", "white", 0.4, ("skirting",)), Camera(20, 28, 0.5, (-0.09, 0, 0.05), 3), {"painted": False, "trim": "#3f7a4f", "wagons": 1, "loads": ("#c9a06a", "#b98550", "#d8b98a")}, RIGHT),
    Shot("ukulele-brown", toys.ukulele, Room("striped-sheet", "white", 2.0), Camera(-22, 48, 0.72, (0.03, 0.14, 0.02), 5), turn=28),
    Shot("guitar-blue", toys.ukulele, Room("boards", "white", 2.0), Camera(20, 56, 1.15, (-0.08, 0.22, 0.03), -4), {"paint": "#2f5a78", "scale": 1.65, "strings": 6}, RIGHT, -30),
    Shot("suitcase-brown", toys.case, Room("boards", "green", 0.35, ("wooden-skirting",)), Camera(-26, 18, 0.85, (0, 0, 0.19), 2)),
    Shot("suitcase-green", toys.case, Room("concrete", "whitebrick", 0.4, ("carton",)), Camera(22, 22, 0.9, (0.02, 0, 0.18), -2), {"code": "#4a5a48", "trim": "#6b4a2e", "stickers": True, "size": (0.56, 0.18, 0.38)}),
    Shot("clock-green", toys.alarm_clock, Room("white", "pink", 0.25, ("books",), SILL), Camera(18, 12, 0.34, (0, 0, 0.085), -3)),
    Shot("clock-red", toys.alarm_clock, Room("oak", "cream", 0.3, ("cup",), DESK), Camera(-20, 20, 0.34, (0, 0, 0.08), 2), {"code": "#a33a30", "face": "#e9e6dc", "bells": "#c4c4c2", "hour": 4.6}, EVENING),
]

BY_NAME = {shot.name: shot for shot in COVERS}


def _view(of: str, suffix: str, azimuth: float, elevation: float, distance: float, aim: tuple[float, float, float] | None = None, roll: float = -2) -> Shot:
    """Another look at the thing of cover `of`, in the same place."""
    shot = BY_NAME[of]
    return replace(shot, name=f"{of}-{suffix}", camera=Camera(azimuth, elevation, distance, aim or shot.camera.aim, roll))


VIEWS: list[Shot] = [
    _view("headphones-black", "2", 14, 60, 0.46),
    _view("headphones-black", "3", -34, 26, 0.27, (-0.07, -0.06, 0.04), 4),
    _view("radio-wood", "2", 34, 20, 0.5),
    _view("radio-wood", "3", 8, 8, 0.3, (0.06, -0.05, 0.09), 3),
    _view("chair-beech", "2", 30, 22, 1.5),
    _view("chair-beech", "3", -12, 42, 0.75, (0, 0, 0.45), 4),
    _view("bookcase-pine", "2", 20, 12, 1.5, (0, 0, 0.48)),
    _view("tshirt-striped", "2", 14, 40, 0.5, (0.02, 0.24, 0.01), 5),
    _view("bicycle-green", "2", 24, 16, 2.1),
    _view("bicycle-green", "3", -20, 10, 1.0, (-0.1, 0, 0.34), 3),
    _view("bicycle-green", "4", -24, 18, 0.85, (0.36, 0, 0.92), -3),
    _view("bicycle-green", "5", -6, 8, 0.9, (0.55, 0, 0.36), 2),
    _view("bicycle-green", "6", -40, 26, 0.7, (-0.26, 0, 0.85), 4),
    _view("dumbbells-black", "2", 18, 24, 0.42, (0.03, -0.06, 0.04), 2),
    _view("lamp-red", "2", 20, 20, 0.78),
    _view("lamp-red", "3", -6, 24, 0.4, (0.06, 0, 0.38), 4),
    _view("teapot-green", "2", -22, 40, 0.42),
    _view("wateringcan-zinc", "2", -28, 34, 0.84),
    _view("stack-novels", "2", -12, 48, 0.44, (0, 0, 0.1)),
    _view("ukulele-brown", "2", 16, 60, 0.4, (0.0, 0.02, 0.04), 3),
    _view("ukulele-brown", "3", -30, 34, 0.42, (-0.15, 0.3, 0.05), -4),
    _view("suitcase-brown", "2", 24, 30, 0.82),
    _view("suitcase-brown", "3", -12, 20, 0.42, (0.1, 0, 0.32), 4),
]

SAMPLED = (
    "headphones-black", "radio-wood", "chair-beech", "sidetable-oak", "hat-red", "boots-green", "bicycle-green", "scooter-blue",
    "basketball-orange", "skateboard-red", "mug-blue", "lamp-red", "plant-leafy", "paperback-harbour", "ukulele-brown", "suitcase-brown",
)
"""Covers with a near copy among the sample photos of the sell page."""

MEASURED = (
    "radio-teal", "speakers-walnut", "chair-white", "bookcase-pine", "tshirt-navy", "tshirt-striped", "jumpers-warm", "boots-yellow",
    "bicycle-red", "bicycle-black", "scooter-red", "dumbbells-black", "bats-red", "skateboard-flipped", "teapot-green", "lamp-black",
    "plant-cactus", "wateringcan-zinc", "stack-novels", "stack-cooking", "openbook-brown", "train-red", "suitcase-green", "clock-green",
)
"""Covers whose near copies only measure how many are recognised."""


def _near(names: tuple[str, ...]) -> list[Shot]:
    """Near copies with swings of 2.5 to 5 degrees either way, other exposure, other crop."""
    copies = []
    for index, name in enumerate(names):
        swing = (2.5, 3.5, 4.5, 5.0)[index % 4] * (-1) ** index
        copies.append(near_copy(BY_NAME[name], f"{name}-near", swing, (-0.25, 0.2, 0.3, -0.15)[index % 4], (1.06, 0.95, 1.1, 1.03, 0.97)[index % 5]))
    return copies


def every() -> Iterator[tuple[str, Shot]]:
    """(folder of trova/demo, shot) of every picture of the shop: covers, sample photos, measured near copies, then further views."""
    for folder, shots in (("photos", COVERS), ("samples", _near(SAMPLED)), ("near_copies", _near(MEASURED)), ("photos", VIEWS)):
        for shot in shots:
            yield folder, shot
