"""What a phone does to a picture after the lens: white balance, exposure, vignette, sharpening, grain, JPEG."""

import io
import random
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

MAX_BYTES = 110_000


def develop(render: Path, target: Path, seed: int, stops: float = 0.0, most: int = MAX_BYTES) -> None:
    """Writes `render` as a JPEG of `most` bytes if a quality of 56 allows it; `seed` picks the phone, `stops` its exposure error."""
    rng = random.Random(seed)
    picture = np.asarray(Image.open(render).convert("RGB"), dtype=np.float32) / 255
    warmth, tint = rng.uniform(-0.035, 0.04), rng.uniform(-0.015, 0.012)
    picture = picture * (np.array([1 + warmth, 1 + tint, 1 - warmth], dtype=np.float32) * 2**stops)
    grey = picture.mean(axis=2, keepdims=True)
    picture = np.clip(grey + (picture - grey) * rng.uniform(0.9, 1.06), 0, 1)
    picture += rng.uniform(0.25, 0.5) * (picture - 0.5) * picture * (1 - picture) * 2  # the usual S-curve
    height, width = picture.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    picture *= (1 - rng.uniform(0.05, 0.14) * (x**2 + y**2) / 2)[..., None].astype(np.float32)
    image = Image.fromarray((np.clip(picture, 0, 1) * 255).astype(np.uint8))
    image = image.filter(ImageFilter.UnsharpMask(1.2, rng.randint(35, 70), 2))
    image = Image.fromarray(_grain(np.asarray(image, dtype=np.float32), rng))
    target.write_bytes(_jpeg(image, most))


def _grain(picture: np.ndarray, rng: random.Random) -> np.ndarray:
    """Luma and coarser colour noise, stronger in the shadows."""
    noise = np.random.default_rng(rng.randrange(2**32))
    height, width = picture.shape[:2]
    shadow = 1.4 - picture.mean(axis=2, keepdims=True) / 255
    luma = noise.normal(0, rng.uniform(1.5, 3.0), (height, width, 1))
    coarse = noise.normal(0, 2.2, ((height + 1) // 2, (width + 1) // 2, 3))
    colour = coarse.repeat(2, axis=0).repeat(2, axis=1)[:height, :width]
    return np.clip(picture + (luma + colour) * shadow, 0, 255).astype(np.uint8)


def _jpeg(image: Image.Image, most: int) -> bytes:
    for quality in (82, 78, 74, 70, 64, 56):
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
        if buffer.tell() <= most:
            break
    return buffer.getvalue()
