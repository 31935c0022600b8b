"""Judged from the header: a small file that claims to be large is refused before it is decoded."""

import struct
import zlib

import pytest
from PIL import Image

from listings import photos
from listings.headers import MAX_MEGAPIXELS
from listings.photos import PhotoRefused, RefusalCode
from listings.tests.pictures import DATA, encoded, smooth

SMALL = smooth(160, 120)


def refusal(data: bytes) -> PhotoRefused:
    with pytest.raises(PhotoRefused) as refused:
        photos.clean(data, "claim")
    return refused.value


def jpeg(width: int, height: int, *, progressive: bool = False, mode: str = "RGB") -> bytes:
    """A file whose frame header claims this size."""
    data = encoded(smooth(160, 120, mode), "JPEG", progressive=progressive, subsampling=0)
    at = data.index(b"\xff\xc2" if progressive else b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def png(width: int, height: int) -> bytes:
    data = encoded(SMALL, "PNG")
    header = b"IHDR" + struct.pack(">II", width, height) + data[24:29]
    return data[:12] + header + struct.pack(">I", zlib.crc32(header)) + data[33:]


def webp(width: int, height: int) -> bytes:
    data = encoded(SMALL, "WEBP")
    return data[:26] + struct.pack("<HH", width, height) + data[30:]


def isobmff(data: bytes, width: int, height: int) -> bytes:
    """An AVIF or HEIC whose image spatial extents claim this size."""
    at = data.index(b"ispe") + 8
    return data[:at] + struct.pack(">II", width, height) + data[at + 8 :]


def avif(width: int, height: int) -> bytes:
    return isobmff(encoded(SMALL, "AVIF", speed=10), width, height)


def heic(width: int, height: int) -> bytes:
    return isobmff((DATA / "bar.heic").read_bytes(), width, height)


MAKERS = {"JPEG": jpeg, "PNG": png, "WebP": webp, "AVIF": avif, "HEIC": heic}


@pytest.mark.parametrize("kind", MAKERS)
def test_each_format_has_its_cap_in_megapixels(kind: str) -> None:
    limit = MAX_MEGAPIXELS[kind]
    refused = refusal(MAKERS[kind](8000, limit * 125 + 1))
    assert (refused.code, refused.params["limit"]) == (RefusalCode.TOO_MANY_PIXELS, limit)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP", "AVIF"])
def test_a_picture_of_less_than_100_pixels_a_side_is_too_small(kind: str) -> None:
    assert refusal(MAKERS[kind](99, 4000)).code == RefusalCode.TOO_SMALL


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_bomb_is_refused_in_the_same_words(kind: str) -> None:
    assert refusal(MAKERS[kind](60_000, 60_000)).code == RefusalCode.TOO_MANY_PIXELS


@pytest.mark.parametrize(("mode", "limit"), [("RGB", 50), ("CMYK", 37)])
def test_a_progressive_jpeg_is_capped_by_its_coefficients(mode: str, limit: int) -> None:
    refused = refusal(jpeg(8000, limit * 125 + 100, progressive=True, mode=mode))
    assert (refused.code, refused.params["limit"]) == (RefusalCode.TOO_MANY_PIXELS, limit)


def test_a_jpeg_of_very_many_scans_is_refused() -> None:
    assert refusal(encoded(SMALL, "JPEG") + b"\xff\xda" * 70).code == RefusalCode.DAMAGED


@pytest.mark.parametrize(
    ("beginning", "code"),
    [
        (b"MM\0*", RefusalCode.UNSUPPORTED_FORMAT),
        (b"\0\0\0\x18ftypisom", RefusalCode.UNSUPPORTED_FORMAT),
        (b"<?xml version='1.0'?>\n<svg>", RefusalCode.UNSUPPORTED_FORMAT),
        (b"<html><svg>", RefusalCode.NOT_A_PICTURE),
        (b"BMW for sale", RefusalCode.NOT_A_PICTURE),
        (b"\xff\xd8\xff", RefusalCode.DAMAGED),
        (b"\x89PNG\r\n", RefusalCode.DAMAGED),
        (b"RIFF\0\0\0\0WEBPVP8 ", RefusalCode.DAMAGED),
        (b"RIFF\0\0\0\0WAVEfmt ", RefusalCode.NOT_A_PICTURE),
    ],
)
def test_what_cannot_be_opened_is_named_by_how_it_begins(beginning: bytes, code: RefusalCode) -> None:
    assert refusal(beginning + b" and more of it" * 9).code == code


def test_the_bomb_limit_of_pillow_leaves_room_for_every_cap() -> None:
    assert max(MAX_MEGAPIXELS.values()) * 1_000_000 == Image.MAX_IMAGE_PIXELS
