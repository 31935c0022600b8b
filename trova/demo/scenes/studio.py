"""A scene from a `Shot`: room, thing, daylight, a hand-held phone camera, and the render."""

import math
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Vector
from PIL import Image

import phone
import rooms


@dataclass(frozen=True)
class Camera:
    """Where the phone is held. Angles in degrees, `azimuth` 0 is the front; lengths in metres; `aim` is looked at.

    `focus` is where the lens is focused, as a share of `distance`.
    """

    azimuth: float
    elevation: float
    distance: float
    aim: tuple[float, float, float] = (0, 0, 0)
    roll: float = 0.0
    lens: float = 34.0
    focus: float = 1.0


@dataclass(frozen=True)
class Light:
    """A window of `energy` watts at `side` -1 left, 1 right; `sky` names the world picture; `lamp` a warm bulb's watts."""

    side: float = -1.0
    energy: float = 95.0
    sky: str = "interior"
    ambient: float = 0.4
    lamp: float = 0.0
    sun: float = 0.0


@dataclass(frozen=True)
class Shot:
    """One picture: `build(**look)` at the origin, turned by `turn` degrees."""

    name: str
    build: Callable[..., None]
    room: rooms.Room
    camera: Camera
    look: dict[str, Any] = field(default_factory=dict)
    light: Light = Light()
    turn: float = 0.0
    stops: float = 0.0
    portrait: bool = False


def near_copy(shot: Shot, name: str, swing: float, stops: float, crop: float) -> Shot:
    """The same thing seen again: the camera `swing` degrees (at most 5) round, `stops` brighter, `crop` closer (1 is none)."""
    camera = shot.camera
    slip = camera.distance * 0.02 * (1 if swing > 0 else -1)
    moved = replace(camera, azimuth=camera.azimuth + swing, elevation=camera.elevation + swing / 3, roll=camera.roll - swing / 4, lens=camera.lens * crop, aim=(camera.aim[0] + slip, camera.aim[1], camera.aim[2] + slip / 2))
    return replace(shot, name=name, camera=moved, stops=shot.stops + stops)


def take(shot: Shot, folder: Path, width: int = 640, samples: int = 7, most: int = phone.MAX_BYTES) -> Path:
    """Renders `shot` and writes `folder`/name.jpg, of `most` bytes if its quality can be held."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    rooms.build(shot.room)
    with rooms.s.placed((0, 0, 0), (0, 0, math.radians(shot.turn))):
        shot.build(**shot.look)
    _light(shot.light, shot.room)
    _point(shot.camera)
    scene = bpy.context.scene
    size = (width * 3 // 4, width) if shot.portrait else (width, width * 3 // 4)
    scene.render.resolution_x, scene.render.resolution_y = size
    _quality(scene, samples)
    target = folder / f"{shot.name}.jpg"
    with tempfile.TemporaryDirectory() as scratch:
        raw = Path(scratch) / "render.png"
        _expose(scene, raw)
        scene.render.filepath = str(raw)
        bpy.ops.render.render(write_still=True)
        phone.develop(raw, target, sum(map(ord, shot.name)), shot.stops, most)
    return target


def _quality(scene: bpy.types.Scene, samples: int) -> None:
    scene.render.engine = "CYCLES"
    scene.render.threads_mode = "FIXED"
    scene.render.threads = 2
    cycles = scene.cycles
    cycles.samples = samples
    cycles.use_adaptive_sampling = True
    cycles.adaptive_threshold = 0.06
    cycles.use_denoising = True
    cycles.denoiser = "OPENIMAGEDENOISE"
    cycles.denoising_prefilter = "NONE"
    cycles.denoising_quality = "BALANCED"
    scene.render.use_persistent_data = True
    cycles.max_bounces = 4
    cycles.diffuse_bounces = 2
    cycles.glossy_bounces = 3
    cycles.transmission_bounces = 5
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect = 6
    scene.view_settings.view_transform = "AgX"
    scene.view_settings.look = "AgX - Medium High Contrast"


def _expose(scene: bpy.types.Scene, raw: Path) -> None:
    """The phone's automatic exposure: a thumbnail is metered, its middle counting double."""
    samples, percentage = scene.cycles.samples, scene.render.resolution_percentage
    scene.cycles.samples, scene.render.resolution_percentage, scene.cycles.use_denoising = 8, 10, False
    scene.render.filepath = str(raw)
    for _ in range(2):
        bpy.ops.render.render(write_still=True)
        grey = np.asarray(Image.open(raw).convert("L"), dtype=np.float32) / 255
        height, width = grey.shape
        middle = grey[height // 4 : -height // 4, width // 4 : -width // 4]
        level = (grey.mean() + middle.mean()) / 2
        scene.view_settings.exposure += 1.6 * math.log2(0.54 / max(level, 0.02))
    scene.cycles.samples, scene.render.resolution_percentage, scene.cycles.use_denoising = samples, percentage, True


def _light(light: Light, room: rooms.Room) -> None:
    scene = bpy.context.scene
    world = scene.world = bpy.data.worlds.new("world")
    world.use_nodes = True
    sky = world.node_tree.nodes.new("ShaderNodeTexEnvironment")
    folder = Path(bpy.utils.resource_path("LOCAL")) / "datafiles" / "studiolights" / "world"
    sky.image = bpy.data.images.load(str(folder / f"{light.sky}.exr"))
    background = world.node_tree.nodes["Background"]
    world.node_tree.links.new(sky.outputs["Color"], background.inputs["Color"])
    background.inputs["Strength"].default_value = light.ambient
    near = 0.7 if room.table else 1.0
    _lamp("AREA", (light.side * 1.9 * near, -0.7 * near, 1.5 * near), light.energy * near, (1.0, 0.96, 0.9), (1.0 * near, 1.3 * near))
    if light.lamp:
        _lamp("AREA", (-light.side * 0.9, -0.5, 2.1), light.lamp, (1.0, 0.72, 0.45), (0.25, 0.25))
    if light.sun:
        _lamp("SUN", (light.side * 2.0, -1.6, 3.0), light.sun, (1.0, 0.94, 0.84), (0.02, 0.02))


def _lamp(kind: str, location: tuple[float, float, float], energy: float, colour: tuple[float, float, float], size: tuple[float, float]) -> None:
    data = bpy.data.lights.new("lamp", kind)
    data.energy = energy
    data.color = colour
    if kind == "AREA":
        data.shape = "RECTANGLE"
        data.size, data.size_y = size
    else:
        data.angle = size[0]
    lamp = bpy.data.objects.new("lamp", data)
    lamp.location = location
    lamp.rotation_euler = (-Vector(location)).to_track_quat("-Z", "Y").to_euler()
    bpy.context.scene.collection.objects.link(lamp)


def _point(camera: Camera) -> None:
    data = bpy.data.cameras.new("phone")
    data.lens = camera.lens
    data.clip_start = 0.01
    azimuth, elevation = math.radians(camera.azimuth), math.radians(camera.elevation)
    aim = Vector(camera.aim)
    offset = Vector((math.sin(azimuth) * math.cos(elevation), -math.cos(azimuth) * math.cos(elevation), math.sin(elevation)))
    thing = bpy.data.objects.new("phone", data)
    thing.location = aim + offset * camera.distance
    turn = (-offset).to_track_quat("-Z", "Y")
    thing.rotation_euler = turn.to_euler()
    thing.rotation_euler.rotate_axis("Z", math.radians(camera.roll))
    data.dof.use_dof = True
    data.dof.focus_distance = camera.distance * camera.focus
    data.dof.aperture_fstop = 4.0 / max(0.4, min(1.0, camera.distance))
    bpy.context.scene.collection.objects.link(thing)
    bpy.context.scene.camera = thing
