"""Cycles materials with the unevenness of used things: every factory returns a material ready to assign."""

from pathlib import Path

import bpy

Colour = tuple[float, float, float]


def rgb(code: str) -> Colour:
    """Linear RGB of a `#rrggbb` code."""
    parts = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return tuple(p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)


class Graph:
    """A material's node tree, with its Principled shader and one line per node."""

    def __init__(self, name: str) -> None:
        self.material = bpy.data.materials.new(name)
        self.material.use_nodes = True
        self.tree = self.material.node_tree
        self.shader = self.tree.nodes["Principled BSDF"]
        self.coordinates = self.node("ShaderNodeTexCoord")

    def node(self, kind: str, **settings: object) -> bpy.types.Node:
        node = self.tree.nodes.new(kind)
        for key, value in settings.items():
            setattr(node, key, value)
        return node

    def link(self, source: bpy.types.NodeSocket, target: bpy.types.NodeSocket) -> None:
        self.tree.links.new(source, target)

    def vector(self, scale: Colour = (1, 1, 1), rotation: Colour = (0, 0, 0), space: str = "Object") -> bpy.types.NodeSocket:
        mapping = self.node("ShaderNodeMapping")
        mapping.inputs["Scale"].default_value = scale
        mapping.inputs["Rotation"].default_value = rotation
        self.link(self.coordinates.outputs[space], mapping.inputs["Vector"])
        return mapping.outputs["Vector"]

    def shifted(self, vector: bpy.types.NodeSocket) -> bpy.types.NodeSocket:
        """`vector` moved by a random amount per object, so that no two boards have the same grain."""
        info = self.node("ShaderNodeObjectInfo")
        add = self.node("ShaderNodeVectorMath", operation="MULTIPLY_ADD")
        add.inputs[1].default_value = (37, 53, 71)
        self.link(info.outputs["Random"], add.inputs[0])
        self.link(vector, add.inputs[2])
        return add.outputs[0]

    def noise(self, vector: bpy.types.NodeSocket, scale: float, detail: float = 2, distortion: float = 0) -> bpy.types.NodeSocket:
        noise = self.node("ShaderNodeTexNoise")
        noise.inputs["Scale"].default_value = scale
        noise.inputs["Detail"].default_value = detail
        noise.inputs["Distortion"].default_value = distortion
        self.link(vector, noise.inputs["Vector"])
        return noise.outputs["Fac"]

    def ramp(self, value: bpy.types.NodeSocket, stops: list[tuple[float, Colour]]) -> bpy.types.NodeSocket:
        ramp = self.node("ShaderNodeValToRGB")
        elements = ramp.color_ramp.elements
        while len(elements) < len(stops):
            elements.new(0.5)
        for element, (position, colour) in zip(elements, stops, strict=True):
            element.position = position
            element.color = (*colour, 1)
        self.link(value, ramp.inputs["Fac"])
        return ramp.outputs["Color"]

    def span(self, value: bpy.types.NodeSocket, low: float, high: float, start: float = 0.3, end: float = 0.7) -> bpy.types.NodeSocket:
        """`value` from start..end mapped, clamped, to low..high."""
        mapper = self.node("ShaderNodeMapRange")
        for key, number in (("From Min", start), ("From Max", end), ("To Min", low), ("To Max", high)):
            mapper.inputs[key].default_value = number
        self.link(value, mapper.inputs["Value"])
        return mapper.outputs["Result"]

    def mix(self, a: bpy.types.NodeSocket | Colour, b: bpy.types.NodeSocket | Colour, factor: bpy.types.NodeSocket | float, blend: str = "MIX") -> bpy.types.NodeSocket:
        mix = self.node("ShaderNodeMix", data_type="RGBA", blend_type=blend)
        for socket, value in ((mix.inputs[6], a), (mix.inputs[7], b), (mix.inputs[0], factor)):
            if isinstance(value, bpy.types.NodeSocket):
                self.link(value, socket)
            else:
                socket.default_value = value if isinstance(value, (int, float)) else (*value, 1)
        return mix.outputs[2]

    def colour(self, value: bpy.types.NodeSocket | Colour) -> None:
        if isinstance(value, bpy.types.NodeSocket):
            self.link(value, self.shader.inputs["Base Color"])
        else:
            self.shader.inputs["Base Color"].default_value = (*value, 1)

    def bump(self, height: bpy.types.NodeSocket, strength: float, distance: float = 0.002) -> None:
        """Adds a bump; a second call is laid under the first."""
        bump = self.node("ShaderNodeBump")
        bump.inputs["Strength"].default_value = strength
        bump.inputs["Distance"].default_value = distance
        self.link(height, bump.inputs["Height"])
        target = self.shader.inputs["Normal"]
        if target.links:
            self.link(target.links[0].from_socket, bump.inputs["Normal"])
        self.link(bump.outputs["Normal"], target)

    def set(self, **inputs: float) -> None:
        for key, value in inputs.items():
            self.shader.inputs[key.replace("_", " ").title().replace("Ior", "IOR")].default_value = value


def _with_scratches(graph: Graph, colour: bpy.types.NodeSocket, amount: float, lighter: Colour) -> bpy.types.NodeSocket:
    """Thin strokes, thresholded so that few remain."""
    strokes = graph.noise(graph.vector((4, 90, 90), (0.3, 0.5, 0.5)), 3.0, 2)
    return graph.mix(colour, lighter, graph.span(strokes, 0.0, amount, 0.66, 0.70))


def painted(code: str, roughness: float = 0.4, wear: float = 0.5, metallic: float = 0.0, chips: str | None = None, size: float = 1.0) -> bpy.types.Material:
    """Paint, plastic, lacquer, metal: blotchy colour, uneven gloss, scratches, optionally chips to `chips`.

    `size`: the object's size in metres; the marks scale with it.
    """
    graph = Graph("painted")
    base = rgb(code)
    place = graph.shifted(graph.vector())
    blotches = graph.noise(place, 4 / size)
    colour = graph.mix(tuple(c * (1 - 0.25 * wear) for c in base), tuple(min(1, c * 1.08 + 0.01 * wear) for c in base), graph.span(blotches, 0, 1))
    if wear:
        lighter = tuple(min(1, c * 1.3 + 0.12) for c in base)
        colour = _with_scratches(graph, colour, 0.55 * wear, lighter)
    if chips:
        spots = graph.noise(place, 11 / size, 3)
        colour = graph.mix(colour, rgb(chips), graph.span(spots, 0, 1, 0.72 - 0.05 * wear, 0.725 - 0.05 * wear))
    graph.colour(colour)
    graph.link(graph.span(graph.noise(place, 9 / size, 3), max(0.03, roughness - 0.12), roughness + 0.18), graph.shader.inputs["Roughness"])
    graph.bump(graph.noise(place, 60 / size, 1), 0.12 + 0.1 * wear, 0.002 * size)
    graph.set(metallic=metallic)
    return graph.material


def metal(code: str = "#c9c8c4", roughness: float = 0.3, rust: float = 0.0, size: float = 1.0) -> bpy.types.Material:
    """Bare metal; `rust` from 0 to 1 adds brown, dull patches."""
    graph = Graph("metal")
    place = graph.shifted(graph.vector())
    base = rgb(code)
    colour = graph.mix(tuple(c * 0.8 for c in base), base, graph.span(graph.noise(place, 6 / size), 0, 1))
    spots = graph.noise(place, 14 / size, 3)
    mask = graph.span(spots, 0, 1, 0.66 - 0.16 * rust, 0.72 - 0.14 * rust) if rust else None
    if mask:
        colour = graph.mix(colour, rgb("#6b3d22"), mask)
        graph.link(graph.span(mask, 1, 0.1, 0, 1), graph.shader.inputs["Metallic"])
        graph.link(graph.span(mask, roughness, 0.9, 0, 1), graph.shader.inputs["Roughness"])
    else:
        graph.set(metallic=1)
        graph.link(graph.span(graph.noise(place, 20 / size, 3), roughness * 0.7, roughness * 1.5), graph.shader.inputs["Roughness"])
    graph.colour(colour)
    graph.bump(graph.noise(place, 90 / size, 1), 0.08, 0.001)
    return graph.material


def wood(light: str = "#c99a64", dark: str = "#8f5f34", axis: int = 2, roughness: float = 0.45, wear: float = 0.4, grain: float = 1.0) -> bpy.types.Material:
    """Wood with the grain along `axis` (0 x, 1 y, 2 z); each object gets its own cut of it."""
    graph = Graph("wood")
    scale = [14 * grain] * 3
    scale[axis] = 1.0 * grain
    place = graph.shifted(graph.vector(tuple(scale)))
    rings = graph.noise(place, 1.6, 3, 0.7)
    fibre_scale = [160.0] * 3
    fibre_scale[axis] = 3.0
    fibres = graph.noise(graph.shifted(graph.vector(tuple(fibre_scale))), 1.0, 1)
    colour = graph.ramp(rings, [(0.3, rgb(dark)), (0.46, rgb(light)), (0.58, tuple(0.75 * a + 0.25 * b for a, b in zip(rgb(light), rgb(dark), strict=True))), (0.72, rgb(light))])
    colour = graph.mix(colour, rgb(dark), graph.span(fibres, 0, 0.45, 0.5, 0.75))
    info = graph.node("ShaderNodeObjectInfo")
    colour = graph.mix(colour, rgb(dark), graph.span(info.outputs["Random"], 0, 0.3, 0, 1), "MULTIPLY")
    if wear:
        stains = graph.noise(graph.shifted(graph.vector()), 7, 3)
        colour = graph.mix(colour, tuple(c * 0.45 for c in rgb(dark)), graph.span(stains, 0, 0.6 * wear, 0.56, 0.75))
        colour = _with_scratches(graph, colour, 0.4 * wear, tuple(min(1, c * 1.5) for c in rgb(light)))
    graph.colour(colour)
    graph.link(graph.span(rings, roughness, roughness + 0.2), graph.shader.inputs["Roughness"])
    graph.bump(fibres, 0.25, 0.001)
    return graph.material


def cloth(code: str, second: str | None = None, weave: float = 700, fuzz: float = 0.4, stripes: float = 0.0, axis: str = "Z") -> bpy.types.Material:
    """Woven or jersey cloth; with `second` and `stripes` (per metre) striped along `axis`, else mottled."""
    graph = Graph("cloth")
    place = graph.vector()
    base = rgb(code)
    colour = graph.mix(tuple(c * 0.8 for c in base), tuple(min(1, c * 1.1) for c in base), graph.span(graph.noise(place, 9, 3), 0, 1))
    if second and stripes:
        wave = graph.node("ShaderNodeTexWave", bands_direction=axis)
        wave.inputs["Scale"].default_value = stripes
        wave.inputs["Distortion"].default_value = 0.15
        graph.link(place, wave.inputs["Vector"])
        colour = graph.mix(colour, rgb(second), graph.span(wave.outputs["Fac"], 0, 1, 0.55, 0.6))
    fine = graph.noise(place, weave, 2)
    colour = graph.mix(colour, tuple(c * 0.55 for c in base), graph.span(fine, 0, 0.5, 0.45, 0.7))
    graph.colour(colour)
    graph.set(roughness=0.9, sheen_weight=fuzz)
    graph.bump(fine, 0.5, 0.0015)
    graph.bump(graph.noise(place, 40, 1), 0.25, 0.004)
    return graph.material


def knit(code: str, across: float = 130, along: float = 90, fuzz: float = 0.5, fleck: str | None = None) -> bpy.types.Material:
    """Knitted wool from the UV map: `across` ribs and `along` rows over the unit square."""
    graph = Graph("knit")
    base = rgb(code)
    ribs = graph.node("ShaderNodeTexWave", bands_direction="X")
    rows = graph.node("ShaderNodeTexWave", bands_direction="Y")
    for wave, scale in ((ribs, across / 6.28), (rows, along / 6.28)):
        wave.inputs["Scale"].default_value = scale
        wave.inputs["Distortion"].default_value = 0.6
        wave.inputs["Detail Scale"].default_value = 3
        graph.link(graph.vector(space="UV"), wave.inputs["Vector"])
    height = graph.mix(ribs.outputs["Fac"], rows.outputs["Fac"], 0.4)
    hair = graph.noise(graph.vector(), 300, 3)
    colour = graph.mix(tuple(c * 0.45 for c in base), tuple(min(1, c * 1.1) for c in base), graph.span(height, 0, 1, 0.2, 0.7))
    if fleck:
        colour = graph.mix(colour, rgb(fleck), graph.span(hair, 0, 0.8, 0.6, 0.66))
    graph.colour(colour)
    graph.set(roughness=0.95, sheen_weight=fuzz)
    graph.bump(height, 0.8, 0.004)
    graph.bump(hair, 0.5, 0.002)
    return graph.material


def ceramic(code: str, speckle: str | None = None, roughness: float = 0.15, size: float = 0.15) -> bpy.types.Material:
    """Glazed clay, a little uneven; `speckle` sprinkles a second colour."""
    graph = Graph("ceramic")
    place = graph.vector()
    base = rgb(code)
    colour = graph.mix(tuple(c * 0.82 for c in base), base, graph.span(graph.noise(place, 2 / size, 3), 0, 1))
    if speckle:
        colour = graph.mix(colour, rgb(speckle), graph.span(graph.noise(place, 30 / size, 2), 0, 0.9, 0.68, 0.72))
    graph.colour(colour)
    graph.set(coat_weight=0.4)
    graph.link(graph.span(graph.noise(place, 3 / size, 3), roughness * 0.6, roughness * 2), graph.shader.inputs["Roughness"])
    graph.bump(graph.noise(place, 4 / size, 1), 0.15, 0.004)
    return graph.material


def terracotta(code: str = "#b9683f") -> bpy.types.Material:
    """Unglazed clay with pale lime bloom."""
    graph = Graph("terracotta")
    place = graph.vector()
    base = rgb(code)
    colour = graph.mix(tuple(c * 0.7 for c in base), base, graph.span(graph.noise(place, 12, 3), 0, 1))
    colour = graph.mix(colour, rgb("#d9cdbd"), graph.span(graph.noise(place, 9, 3, 0.5), 0, 0.7, 0.52, 0.72))
    graph.colour(colour)
    graph.set(roughness=0.9)
    graph.bump(graph.noise(place, 120, 1), 0.4, 0.002)
    return graph.material


def glowing(code: str, strength: float) -> bpy.types.Material:
    graph = Graph("glowing")
    graph.colour(rgb(code))
    graph.shader.inputs["Emission Color"].default_value = (*rgb(code), 1)
    graph.set(emission_strength=strength)
    return graph.material


def printed(image: Path, roughness: float = 0.35, wear: float = 0.5) -> bpy.types.Material:
    """A printed picture through the UV map, rubbed and faded by `wear`."""
    graph = Graph("printed")
    picture = graph.node("ShaderNodeTexImage")
    picture.image = bpy.data.images.load(str(image))
    graph.link(graph.coordinates.outputs["UV"], picture.inputs["Vector"])
    colour = graph.mix(picture.outputs["Color"], rgb("#e8e0cf"), graph.span(graph.noise(graph.vector(), 25, 3), 0, 0.5 * wear, 0.5, 0.75))
    graph.colour(_with_scratches(graph, colour, 0.5 * wear, rgb("#efe9dc")))
    graph.link(graph.span(graph.noise(graph.vector(), 18, 3), roughness - 0.1, roughness + 0.2), graph.shader.inputs["Roughness"])
    return graph.material


def bricks(colour: str, second: str, mortar: str, width: float, height: float, gap: float = 0.004, offset: float = 0.5, roughness: float = 0.8, vertical: bool = True) -> bpy.types.Material:
    """Bricks or tiles of `width` x `height` metres on a wall (`vertical`) or floor."""
    graph = Graph("bricks")
    place = graph.vector(rotation=(1.5708, 0, 0) if vertical else (0, 0, 0))
    brick = graph.node("ShaderNodeTexBrick", offset=offset)
    for key, value in (("Scale", 1), ("Brick Width", width), ("Row Height", height), ("Mortar Size", gap), ("Mortar Smooth", 0.2)):
        brick.inputs[key].default_value = value
    for key, code in (("Color1", colour), ("Color2", second), ("Mortar", mortar)):
        brick.inputs[key].default_value = (*rgb(code), 1)
    graph.link(place, brick.inputs["Vector"])
    dirt = graph.noise(place, 5, 3)
    graph.colour(graph.mix(brick.outputs["Color"], rgb("#5a5148"), graph.span(dirt, 0, 0.35, 0.5, 0.8)))
    graph.set(roughness=roughness)
    graph.bump(brick.outputs["Fac"], -1.0, 0.004)
    graph.bump(graph.noise(place, 60, 1), 0.3 * roughness, 0.003)
    return graph.material


def plaster(code: str, roughness: float = 0.85, strength: float = 0.25) -> bpy.types.Material:
    """A painted wall or concrete: broad marks and roller texture."""
    graph = Graph("plaster")
    place = graph.vector()
    base = rgb(code)
    colour = graph.mix(tuple(c * 0.86 for c in base), base, graph.span(graph.noise(place, 1.7, 3), 0, 1))
    colour = graph.mix(colour, tuple(c * 0.6 for c in base), graph.span(graph.noise(place, 6, 3), 0, 0.3, 0.58, 0.75))
    graph.colour(colour)
    graph.set(roughness=roughness)
    graph.bump(graph.noise(place, 220, 1), strength, 0.002)
    return graph.material
