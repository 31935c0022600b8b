"""A jointed desk lamp."""

import math

import materials as m
import shapes as s


def desk_lamp(code: str = "#a63a2b", lit: bool = False, chips: str | None = None, bend: float = 0.0, cord: bool = True) -> None:
    """An enamelled lamp about 45 cm high; `bend` in radians leans the lower arm. The `cord` needs a table 1.2 m wide."""
    enamel, steel, black = m.painted(code, 0.25, 0.7, chips=chips, size=0.3), m.metal("#bdbcb8", 0.3, size=0.2), m.painted("#222222", 0.5, 0.3, size=0.1)
    s.lathe([(0, 0), (0.088, 0), (0.09, 0.004), (0.088, 0.012), (0.03, 0.024), (0.016, 0.03), (0.014, 0.045), (0, 0.045)], enamel, 72, bevel=0.001)
    knee = (-0.13 - 0.2 * bend, 0, 0.28)
    neck = (0.07, 0, 0.43)
    for y in (-0.013, 0.013):
        s.rod((0, y, 0.045), (knee[0], y, knee[2]), 0.0045, steel)
        s.rod((knee[0], y, knee[2]), (neck[0], y, neck[2]), 0.0045, steel)
    for start, end in (((0.004, -0.02, 0.06), (-0.06, -0.02, 0.17)), ((knee[0] + 0.015, -0.02, knee[2] + 0.012), (-0.02, -0.02, 0.365))):
        turns = 26
        s.tube([tuple(a + (b - a) * i / (turns * 8) + c for a, b, c in zip(start, end, (0.005 * math.cos(i * math.pi / 4), 0.0, 0.005 * math.sin(i * math.pi / 4)), strict=True)) for i in range(turns * 8)], 0.0009, steel, smooth=False)
    for point in ((0, 0, 0.047), knee, neck):
        s.rod((point[0], -0.024, point[2]), (point[0], 0.024, point[2]), 0.012, black)
    with s.placed((0.085, 0, 0.415), (0, math.radians(28), 0)):
        shade = s.lathe([(0.018, 0.055), (0.021, 0.052), (0.022, 0.01), (0.028, -0.004), (0.05, -0.022), (0.068, -0.05), (0.078, -0.085), (0.0805, -0.088)], enamel, 72)
        thick = shade.modifiers.new("solid", "SOLIDIFY")
        thick.thickness = 0.0015
        s.lathe([(0, 0.062), (0.012, 0.06), (0.018, 0.055)], enamel)
        s.lathe([(0.017, -0.05), (0.026, -0.052), (0.05, -0.034), (0.064, -0.052), (0.073, -0.084)], m.painted("#e8e6df", 0.4, 0.2, size=0.2), 64)
        s.ball(0.027, (0, 0, -0.058), m.glowing("#ffe2b0", 9) if lit else m.ceramic("#e9e6de", size=0.1))
    if cord:
        s.tube([(0.0, 0.09, 0.006), (0.03, 0.16, 0.003), (0.14, 0.2, 0.003), (0.3, 0.16, 0.003), (0.6, 0.25, 0.003)], 0.003, black)
