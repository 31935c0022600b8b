"""A city bicycle and a kick scooter, both facing right (+x)."""

import math

import materials as m
import shapes as s

RADIUS = 0.335


def bicycle(code: str = "#2f5a4a", chips: str | None = "#6b4a33", step_through: bool = False, basket: bool = False, guards: bool = True, saddle: str = "#2a211b", rust: float = 0.4, rack: bool = True) -> None:
    """A town bicycle 1.75 m long with mudguards; leant 6 degrees on its stand."""
    frame = m.painted(code, 0.25, 0.5, chips=chips, size=0.6)
    steel, rubber, leather = m.metal("#b9b8b4", 0.28, rust, size=0.5), m.painted("#1c1b1a", 0.8, 0.3, size=0.3), m.painted(saddle, 0.55, 0.6, size=0.2)
    rear, front, crank = (-0.5, 0, RADIUS), (0.57, 0, RADIUS), (-0.06, 0, 0.29)
    seat, head, neck = (-0.215, 0, 0.76), (0.335, 0, 0.83), (0.385, 0, 0.68)
    with s.placed((0, 0, 0), (math.radians(6), 0, 0)):
        _wheel(rear, steel, rubber)
        _wheel(front, steel, rubber)
        if step_through:
            s.tube([crank, (0.1, 0, 0.34), (0.27, 0, 0.5), neck], 0.018, frame)
            s.tube([(-0.12, 0, 0.48), (0.08, 0, 0.47), (0.26, 0, 0.62), (0.352, 0, 0.78)], 0.015, frame)
        else:
            s.rod((-0.2, 0, 0.715), (0.345, 0, 0.795), 0.0155, frame)
            s.rod(crank, neck, 0.0175, frame)
        s.rod(crank, seat, 0.0155, frame)
        s.rod(neck, head, 0.0185, frame)
        for y in (-0.055, 0.055):
            s.rod((crank[0], y * 0.5, crank[2]), (rear[0], y, rear[2]), 0.0085, frame)
            s.rod((seat[0] + 0.01, y * 0.25, seat[2] - 0.05), (rear[0], y, rear[2]), 0.0075, frame)
            s.tube([(0.388, y * 0.6, 0.67), (0.42, y, 0.56), (0.48, y, 0.43), (front[0], y, front[2])], 0.0105, frame)
        s.box((0.05, 0.075, 0.03), (0.39, 0, 0.672), frame, 0.01)
        s.rod(seat, (-0.24, 0, 0.87), 0.0125, steel)
        _saddle((-0.25, 0, 0.885), leather)
        s.rod(head, (0.322, 0, 0.93), 0.0115, steel)
        s.rod((0.322, 0, 0.93), (0.37, 0, 0.95), 0.012, steel)
        for side in (-1, 1):
            s.tube([(0.37, 0, 0.95), (0.39, side * 0.1, 0.965), (0.36, side * 0.23, 1.0), (0.22, side * 0.28, 1.0), (0.15, side * 0.285, 0.995)], 0.011, steel)
            s.tube([(0.25, side * 0.274, 1.0), (0.2, side * 0.283, 1.0), (0.14, side * 0.286, 0.993)], 0.0165, leather)
            s.tube([(0.3, side * 0.262, 0.985), (0.22, side * 0.285, 0.968), (0.17, side * 0.29, 0.962)], 0.0045, steel)
            s.tube([(0.3, side * 0.262, 0.985), (0.43, side * 0.16, 0.97), (0.43, side * 0.04, 0.85), (0.4, side * 0.02, 0.74)], 0.0025, rubber)
        _drive(crank, rear, steel, rubber)
        if guards:
            _guard(rear, -15, 175, frame)
            _guard(front, 15, 155, frame)
        if rack:
            for y in (-0.05, 0.05):
                s.rod((-0.32, y, 0.72), (-0.78, y, 0.72), 0.005, steel)
                s.rod((-0.68, y, 0.72), (rear[0], y * 1.2, rear[2]), 0.0045, steel)
            for x in (-0.35, -0.5, -0.63, -0.77):
                s.rod((x, -0.05, 0.72), (x, 0.05, 0.72), 0.0045, steel)
        with s.placed((0.43, 0, 0.82), (0, math.pi / 2, 0)):
            s.lathe([(0, -0.05), (0.015, -0.045), (0.03, -0.02), (0.035, 0.012), (0.033, 0.014), (0, 0.016)], steel, 40, subdivide=1)
        s.rod((crank[0] - 0.1, -0.03, 0.29), (crank[0] - 0.2, -0.11, 0.012), 0.0075, steel)
        if basket:
            _basket()


def _wheel(centre: s.Point, steel: s.Material, rubber: s.Material) -> None:
    x, _, z = centre
    s.ring(RADIUS - 0.018, 0.018, rubber, centre, "y", 96)
    s.ring(RADIUS - 0.039, 0.0085, steel, centre, "y", 96)
    s.rod((x, -0.045, z), (x, 0.045, z), 0.016, steel)
    for index in range(28):
        angle = 2 * math.pi * index / 28
        lead = angle + (0.35 if index % 4 < 2 else -0.35)
        side = 0.03 if index % 2 else -0.03
        hub = (x + 0.017 * math.cos(lead), side, z + 0.017 * math.sin(lead))
        s.rod(hub, (x + (RADIUS - 0.045) * math.cos(angle), 0, z + (RADIUS - 0.045) * math.sin(angle)), 0.00115, steel, bevel=0, steps=6)
    s.rod((x + 0.19, -0.001, z + 0.2), (x + 0.19, 0.004, z + 0.2), 0.03, m.painted("#c9772a", 0.2, 0.1, size=0.05))


def _guard(centre: s.Point, start: float, end: float, paint: s.Material) -> None:
    def surface(u: float, v: float) -> s.Point:
        angle = math.radians(start + (end - start) * v)
        across = (u - 0.5) * 2
        radius = RADIUS + 0.022 - 0.011 * across**2
        return centre[0] + radius * math.cos(angle), across * 0.027, centre[2] + radius * math.sin(angle)

    s.sheet(6, 40, surface, paint, 0.0015)


def _saddle(centre: s.Point, leather: s.Material) -> None:
    rings = []
    for x, wide, high, lift in ((-0.13, 0.05, 0.02, 0.018), (-0.11, 0.088, 0.032, 0.012), (-0.06, 0.085, 0.034, 0.008), (0.0, 0.05, 0.03, 0.0), (0.07, 0.028, 0.024, -0.002), (0.13, 0.024, 0.02, 0.002), (0.145, 0.012, 0.01, -0.004)):
        rings.append([(centre[0] + x, centre[1] + wide * math.cos(a), centre[2] + lift + high * math.sin(a) * (1 if math.sin(a) > 0 else 0.9)) for a in (2 * math.pi * i / 16 for i in range(16))])
    s.loft(rings, leather, subdivide=2)


def _drive(crank: s.Point, rear: s.Point, steel: s.Material, rubber: s.Material) -> None:
    x, _, z = crank
    for radius in (0.088, 0.05):
        s.ring(radius, 0.004, steel, (x, -0.045, z), "y")
    for index in range(5):
        angle = 1.2566 * index
        s.rod((x, -0.045, z), (x + 0.088 * math.cos(angle), -0.045, z + 0.088 * math.sin(angle)), 0.005, steel)
    s.rod((x, -0.07, z), (x, 0.07, z), 0.011, steel)
    for side, angle in ((-1, -0.6), (1, math.pi - 0.6)):
        end = (x + 0.17 * math.cos(angle), side * 0.075, z + 0.17 * math.sin(angle))
        s.rod((x, side * 0.068, z), end, 0.009, steel)
        s.box((0.085, 0.075, 0.02), (end[0], end[1] + side * 0.045, end[2]), rubber, 0.004)
    s.tube([(x, -0.045, z + 0.09), (rear[0], -0.045, rear[2] + 0.036)], 0.004, m.metal("#57493c", 0.5, 0.6, 0.1), smooth=False)
    s.tube([(x, -0.045, z - 0.09), (rear[0], -0.045, rear[2] - 0.036)], 0.004, m.metal("#57493c", 0.5, 0.6, 0.1), smooth=False)
    s.ring(0.034, 0.005, steel, (rear[0], -0.045, rear[2]), "y")


def _basket() -> None:
    """Woven basket in front of the bar."""
    straw = m.wood("#b98d54", "#7d5a30", 0, 0.7, 0.3, 4)
    for level in range(14):
        t = level / 13
        half_x, half_y, z = 0.1 + 0.03 * t, 0.14 + 0.04 * t, 0.74 + 0.21 * t
        outline = s.oval((0.56, 0, z), half_x, half_y, steps=60, power=5)
        outline = [(x, y + 0.0, z + 0.004 * math.sin(i * math.pi + level * math.pi)) for i, (x, y, z) in enumerate(outline)]
        s.tube(outline, 0.0075 if level < 13 else 0.011, straw, closed=True, smooth=False)
    s.plate([(x, y) for x, y, _ in s.oval((0.56, 0, 0), 0.1, 0.14, steps=40, power=5)], 0.01, straw).location = (0, 0, 0.735)


def scooter(code: str = "#3c6fa0", grips: str = "#222222", deck: str = "#2a2a2a", wheels: str = "#2b2b2b", rust: float = 0.15) -> None:
    """A folding kick scooter with 20 cm wheels, standing."""
    frame, alloy, rubber = m.painted(code, 0.3, 0.7, chips="#8d8d8a", size=0.4), m.metal("#bcbdbd", 0.35, rust, 0.4), m.painted(wheels, 0.6, 0.5, size=0.2)
    for x in (-0.43, 0.43):
        s.ring(0.085, 0.016, rubber, (x, 0, 0.1), "y")
        with s.placed((x, 0, 0.1), (math.pi / 2, 0, 0)):
            s.lathe([(0.072, -0.012), (0.076, 0.0), (0.072, 0.012)], alloy, 64)
            s.lathe([(0, -0.018), (0.02, -0.018), (0.02, 0.018), (0, 0.018)], alloy, 32)
            for index in range(5):
                angle = 1.2566 * index
                s.rod((0.015 * math.cos(angle), 0.015 * math.sin(angle), 0), (0.075 * math.cos(angle), 0.075 * math.sin(angle), 0), 0.009, alloy)
    s.box((0.5, 0.11, 0.022), (-0.07, 0, 0.07), frame, 0.006)
    s.box((0.4, 0.1, 0.002), (-0.09, 0, 0.0825), m.plaster(deck, 0.95, 0.9), 0.0005)
    for y in (-0.035, 0.035):
        s.box((0.16, 0.008, 0.03), (-0.37, y, 0.085), frame, 0.003)
        s.rod((0.4, y, 0.3), (0.43, y, 0.1), 0.009, frame)
    s.tube([(0.17, 0, 0.07), (0.26, 0, 0.1), (0.33, 0, 0.22), (0.385, 0, 0.3)], 0.02, frame)
    s.box((0.035, 0.085, 0.03), (0.4, 0, 0.31), frame, 0.008)
    s.rod((0.402, 0, 0.25), (0.36, 0, 0.55), 0.022, frame)
    s.rod((0.362, 0, 0.53), (0.312, 0, 0.88), 0.0165, alloy)
    s.rod((0.363, 0, 0.52), (0.359, 0, 0.56), 0.027, m.painted("#202020", 0.5, 0.3, size=0.1))
    s.rod((0.312, -0.22, 0.885), (0.312, 0.22, 0.885), 0.0125, alloy)
    s.rod((0.312, 0, 0.86), (0.312, 0, 0.905), 0.02, frame)
    grip = m.painted(grips, 0.8, 0.4, size=0.1)
    for side in (-1, 1):
        s.rod((0.312, side * 0.115, 0.885), (0.312, side * 0.232, 0.885), 0.0175, grip)
        s.rod((0.312, side * 0.228, 0.885), (0.312, side * 0.234, 0.885), 0.0215, grip)

    def fender(u: float, v: float) -> s.Point:
        angle = math.radians(40 + 105 * v)
        return -0.43 + 0.122 * math.cos(angle), (u - 0.5) * 0.05, 0.1 + 0.122 * math.sin(angle)

    s.sheet(4, 20, fender, frame, 0.003)
    s.tube([(0.33, -0.02, 0.87), (0.42, -0.05, 0.7), (0.43, -0.04, 0.45), (0.3, -0.03, 0.12)], 0.0025, grip)
    s.rod((-0.13, 0.03, 0.065), (-0.16, 0.12, 0.004), 0.006, alloy)
