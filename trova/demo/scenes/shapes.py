"""Meshes built from numbers, in metres: boxes, lathes, tubes, lofts, plates and sheets."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import bpy

Point = tuple[float, float, float]
Material = bpy.types.Material


def mesh(points: Sequence[Point], faces: Sequence[Sequence[int]], material: Material, bevel: float = 0, segments: int = 2, subdivide: int = 0, uv: Sequence[tuple[float, float]] | None = None) -> bpy.types.Object:
    """An object from points and faces; `uv` gives one pair per point."""
    data = bpy.data.meshes.new("mesh")
    data.from_pydata(points, [], faces)
    data.validate()
    data.materials.append(material)
    for polygon in data.polygons:
        polygon.use_smooth = True
    if not subdivide:
        data.set_sharp_from_angle(angle=math.radians(40))
    if uv:
        layer = data.uv_layers.new()
        for loop in data.loops:
            layer.data[loop.index].uv = uv[loop.vertex_index]
    thing = bpy.data.objects.new("thing", data)
    bpy.context.scene.collection.objects.link(thing)
    if bevel:
        modifier = thing.modifiers.new("bevel", "BEVEL")
        modifier.width = bevel
        modifier.segments = segments
        modifier.limit_method = "ANGLE"
        modifier.angle_limit = math.radians(40)
        modifier.harden_normals = True
    if subdivide:
        modifier = thing.modifiers.new("subdivide", "SUBSURF")
        modifier.levels = modifier.render_levels = subdivide
    return thing


def box(size: Point, centre: Point, material: Material, bevel: float = 0.002, segments: int = 2) -> bpy.types.Object:
    """A box whose own origin is its centre, so that wood grain follows it when it is turned."""
    x, y, z = (s / 2 for s in size)
    points = [(sx * x, sy * y, sz * z) for sx in (-1, 1) for sy in (-1, 1) for sz in (-1, 1)]
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    thing = mesh(points, faces, material, min(bevel, min(size) * 0.45), segments)
    thing.location = centre
    return thing


def lathe(profile: Sequence[tuple[float, float]], material: Material, steps: int = 64, bevel: float = 0, subdivide: int = 0) -> bpy.types.Object:
    """`profile` of (radius, height) turned about z; a radius of 0 closes an end."""
    points: list[Point] = []
    uv: list[tuple[float, float]] = []
    for row, (radius, height) in enumerate(profile):
        for step in range(steps):
            angle = 2 * math.pi * step / steps
            points.append((radius * math.cos(angle), radius * math.sin(angle), height))
            uv.append((step / steps, row / max(1, len(profile) - 1)))
    faces = [
        (row * steps + step, row * steps + (step + 1) % steps, (row + 1) * steps + (step + 1) % steps, (row + 1) * steps + step)
        for row in range(len(profile) - 1)
        for step in range(steps)
    ]
    thing = mesh(points, faces, material, bevel, subdivide=subdivide, uv=uv)
    modifier = thing.modifiers.new("weld", "WELD")
    modifier.merge_threshold = 1e-5
    return thing


def rod(start: Point, end: Point, radius: float, material: Material, end_radius: float | None = None, bevel: float = 0.001, steps: int = 24) -> bpy.types.Object:
    """A straight, closed cylinder or cone from `start` to `end`."""
    span = [b - a for a, b in zip(start, end, strict=True)]
    length = math.dist(start, end)
    top = radius if end_radius is None else end_radius
    thing = lathe([(0, 0), (radius, 0), (top, length), (0, length)], material, steps, bevel)
    thing.location = start
    thing.rotation_euler = (0, math.acos(max(-1, min(1, span[2] / length))), math.atan2(span[1], span[0]))
    return thing


def curve(points: Sequence[Point], per_span: int = 10, closed: bool = False) -> list[Point]:
    """A Catmull-Rom curve through `points`."""
    count = len(points)

    def at(index: int) -> Point:
        return points[index % count] if closed else points[max(0, min(count - 1, index))]

    out: list[Point] = []
    for index in range(count if closed else count - 1):
        p0, p1, p2, p3 = (at(index + k) for k in (-1, 0, 1, 2))
        for step in range(per_span):
            t = step / per_span
            out.append(tuple(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3) for a, b, c, d in zip(p0, p1, p2, p3, strict=True)))
    if not closed:
        out.append(tuple(points[-1]))
    return out


def tube(points: Sequence[Point], radius: float, material: Material, closed: bool = False, smooth: bool = True) -> bpy.types.Object:
    """A round tube along `points`, rounded through them if `smooth`."""
    path = curve(points, closed=closed) if smooth else list(points)
    data = bpy.data.curves.new("tube", "CURVE")
    data.dimensions = "3D"
    data.bevel_depth = radius
    data.bevel_resolution = 5
    data.use_fill_caps = True
    spline = data.splines.new("POLY")
    spline.points.add(len(path) - 1)
    for target, point in zip(spline.points, path, strict=True):
        target.co = (*point, 1)
    spline.use_cyclic_u = closed
    spline.use_smooth = True
    data.materials.append(material)
    thing = bpy.data.objects.new("tube", data)
    bpy.context.scene.collection.objects.link(thing)
    return thing


def ring(radius: float, thickness: float, material: Material, centre: Point = (0, 0, 0), axis: str = "z", steps: int = 64) -> bpy.types.Object:
    """A torus of `radius` about `axis`."""
    path = []
    for step in range(steps):
        a, b = radius * math.cos(2 * math.pi * step / steps), radius * math.sin(2 * math.pi * step / steps)
        path.append({"x": (0, a, b), "y": (a, 0, b), "z": (a, b, 0)}[axis])
    thing = tube(path, thickness, material, closed=True, smooth=False)
    thing.location = centre
    return thing


def loft(rings: Sequence[Sequence[Point]], material: Material, caps: bool = True, subdivide: int = 1) -> bpy.types.Object:
    """A skin over closed `rings` of equally many points."""
    steps = len(rings[0])
    points = [point for one in rings for point in one]
    faces: list[Sequence[int]] = [
        (row * steps + step, row * steps + (step + 1) % steps, (row + 1) * steps + (step + 1) % steps, (row + 1) * steps + step)
        for row in range(len(rings) - 1)
        for step in range(steps)
    ]
    if caps:
        faces += [tuple(reversed(range(steps))), tuple(range(len(points) - steps, len(points)))]
    uv = [(step / steps, row / (len(rings) - 1)) for row in range(len(rings)) for step in range(steps)]
    return mesh(points, faces, material, subdivide=subdivide, uv=uv)


def oval(centre: Point, rx: float, ry: float, tilt: float = 0, steps: int = 20, power: float = 2.0) -> list[Point]:
    """A super-ellipse in the xy plane, leant by `tilt` about x; a `power` over 2 makes it boxier."""
    out = []
    for step in range(steps):
        angle = 2 * math.pi * step / steps
        c, s = math.cos(angle), math.sin(angle)
        x = rx * math.copysign(abs(c) ** (2 / power), c)
        y = ry * math.copysign(abs(s) ** (2 / power), s)
        out.append((centre[0] + x, centre[1] + y * math.cos(tilt), centre[2] + y * math.sin(tilt)))
    return out


def plate(outline: Sequence[tuple[float, float]], thickness: float, material: Material, bevel: float = 0.002, segments: int = 3) -> bpy.types.Object:
    """A flat outline in xy, counter-clockwise, from z = 0 up to `thickness`."""
    count = len(outline)
    points = [(x, y, 0.0) for x, y in outline] + [(x, y, thickness) for x, y in outline]
    faces: list[Sequence[int]] = [tuple(reversed(range(count))), tuple(range(count, 2 * count))]
    faces += [(i, (i + 1) % count, count + (i + 1) % count, count + i) for i in range(count)]
    return mesh(points, faces, material, bevel, segments)


def sheet(columns: int, rows: int, surface: Callable[[float, float], Point], material: Material, thickness: float = 0, subdivide: int = 0, keep: Callable[[float, float], bool] | None = None) -> bpy.types.Object:
    """A grid bent by `surface(u, v)` over the unit square; `keep` drops cells by their centre."""
    uv = [(c / columns, r / rows) for r in range(rows + 1) for c in range(columns + 1)]
    width = columns + 1
    faces = [
        (r * width + c, r * width + c + 1, (r + 1) * width + c + 1, (r + 1) * width + c)
        for r in range(rows)
        for c in range(columns)
        if keep is None or keep((c + 0.5) / columns, (r + 0.5) / rows)
    ]
    thing = mesh([surface(u, v) for u, v in uv], faces, material, uv=uv)
    thing.data.shade_smooth()
    if thickness:
        modifier = thing.modifiers.new("solid", "SOLIDIFY")
        modifier.thickness = thickness
        modifier.offset = 0
    if subdivide:
        modifier = thing.modifiers.new("subdivide", "SUBSURF")
        modifier.levels = modifier.render_levels = subdivide
    return thing


def ball(radius: float, centre: Point, material: Material, squash: float = 1.0, steps: int = 40) -> bpy.types.Object:
    half = steps // 2
    profile = [(radius * math.sin(math.pi * i / half), -radius * squash * math.cos(math.pi * i / half)) for i in range(half + 1)]
    thing = lathe(profile, material, steps)
    thing.location = centre
    return thing


def picture(width: float, height: float, centre: Point, material: Material, rotation: Point = (0, 0, 0)) -> bpy.types.Object:
    """A flat print of `width` x `height` facing +z before `rotation`."""
    x, y = width / 2, height / 2
    thing = mesh([(-x, -y, 0), (x, -y, 0), (x, y, 0), (-x, y, 0)], [(0, 1, 2, 3)], material, uv=[(0, 0), (1, 0), (1, 1), (0, 1)])
    thing.location = centre
    thing.rotation_euler = rotation
    return thing


def dial(radius: float, height: float, material: Material, steps: int = 64) -> bpy.types.Object:
    """A flat round print of `radius` facing +z."""
    rim = [(math.cos(2 * math.pi * i / steps), math.sin(2 * math.pi * i / steps)) for i in range(steps)]
    return mesh([(radius * x, radius * y, height) for x, y in rim], [tuple(range(steps))], material, uv=[(0.5 + x / 2, 0.5 + y / 2) for x, y in rim])


@contextmanager
def placed(location: Point = (0, 0, 0), rotation: Point = (0, 0, 0), scale: float = 1.0) -> Iterator[None]:
    """Everything made inside is moved, turned (radians) and scaled as one."""
    before = set(bpy.data.objects)
    yield
    handle = bpy.data.objects.new("handle", None)
    bpy.context.scene.collection.objects.link(handle)
    for thing in set(bpy.data.objects) - before - {handle}:
        if thing.parent is None:
            thing.parent = handle
    handle.location = location
    handle.rotation_euler = rotation
    handle.scale = (scale, scale, scale)
