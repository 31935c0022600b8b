"""A photo as telephones take it: 12 megapixels, with grain that a JPEG cannot shrink away."""

import io
from typing import Final

from PIL import Image

SIZE: Final = (4000, 3000)
GRAIN: Final = 40.0
QUALITY: Final = 88


def large_photo() -> bytes:
    """A JPEG of some 5 MB."""
    slope = Image.linear_gradient("L").resize(SIZE)
    bands = [slope, slope.rotate(180), Image.radial_gradient("L").resize(SIZE)]
    grain = Image.effect_noise(SIZE, GRAIN)
    out = io.BytesIO()
    Image.merge("RGB", [Image.blend(band, grain, 0.4) for band in bands]).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
