"""What pictures look like as numbers, and when two of them show one thing."""

import numpy as np
import pytest
from PIL import Image

from aiprefill.providers.alignment import Likeness, likeness
from aiprefill.providers.features import DIMENSIONS, Local, features
from aiprefill.tests.likenesses import NAMES, cover, cropped, jpeg, relit, swapped_colours, with_middle


def compared(one: bytes, other: bytes) -> Likeness:
    return likeness(features(one).local, features(other).local)


@pytest.mark.parametrize("size", [(640, 480), (480, 640), (1024, 40), (40, 1024), (33, 33), (1, 1)])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_any_picture_has_features(size: tuple[int, int], mode: str) -> None:
    noise = np.random.default_rng(7).integers(0, 256, (size[1], size[0], 3), np.uint8)
    out = features(jpeg(Image.fromarray(noise).convert(mode)))
    assert out.vector.shape == (DIMENSIONS,)
    assert np.isfinite(out.vector).all()
    assert np.linalg.norm(out.vector) == pytest.approx(1, abs=1e-4)
    assert ((out.local.points >= 0) & (out.local.points <= 1)).all()


def test_nothing_to_see_has_no_corners() -> None:
    black = features(jpeg(Image.new("RGB", (640, 480))))
    assert black.local.points.shape == (0, 2)
    assert np.isfinite(black.vector).all()
    assert not likeness(black.local, black.local).is_near_copy


def test_bytes_that_are_no_jpeg_are_refused() -> None:
    with pytest.raises(OSError, match="cannot identify"):
        features(b"not a picture")


def test_the_same_picture_has_the_same_features() -> None:
    one, other = (features(jpeg(cover("chair-white"))) for _ in range(2))
    assert (one.vector == other.vector).all()
    assert one.local.to_bytes() == other.local.to_bytes()


def test_what_is_stored_compares_as_before() -> None:
    local = features(jpeg(cover("radio-teal"))).local
    stored = Local.from_bytes(local.to_bytes())
    assert np.allclose(stored.points, local.points, atol=1e-4)
    assert (np.sum(stored.descriptors * local.descriptors, axis=1) > 0.999).all()
    assert stored.to_bytes() == local.to_bytes() or likeness(stored, local).is_near_copy
    assert len(local.to_bytes()) < 60_000


@pytest.mark.parametrize("name", NAMES)
def test_a_crop_and_another_light_are_near_copies(name: str) -> None:
    original = jpeg(cover(name))
    assert compared(cropped(name), original).is_near_copy
    assert compared(relit(name), original).is_near_copy
    assert compared(original, cropped(name)).is_near_copy


@pytest.mark.parametrize("name", NAMES)
def test_another_thing_in_the_same_place_is_none(name: str) -> None:
    other = cover("basketball-orange")
    assert not compared(with_middle(name, other), jpeg(cover(name))).is_near_copy


@pytest.mark.parametrize("name", ["radio-teal", "boots-green", "hat-red"])
def test_the_same_thing_in_another_colour_is_none(name: str) -> None:
    recoloured = with_middle(name, swapped_colours(name))
    found = compared(recoloured, jpeg(cover(name)))
    assert found.corners > 100
    assert not found.is_near_copy


def test_a_mirror_image_is_none() -> None:
    mirrored = cover("bookcase-white").transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    assert not compared(jpeg(mirrored), jpeg(cover("bookcase-white"))).is_near_copy
