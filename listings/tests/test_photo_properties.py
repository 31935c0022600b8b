"""Photo intake on files nobody meant, and the perceptual hash on the shared photos."""

import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from listings import photos
from listings.photos import PhotoRefused, RefusalCode
from listings.tests.pictures import (
    SHARED,
    decoded,
    encoded,
    needs_shared,
    sixteen_bit_grey,
    smooth,
    swapped_profile,
)
from listings.tests.whole import assert_whole

pytestmark = pytest.mark.filterwarnings(r"ignore::UserWarning:PIL\..*")  # Pillow warns of odd metadata

EXIF = b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0"
BASES = [
    encoded(smooth(160, 120), "JPEG"),
    encoded(smooth(160, 120), "JPEG", progressive=True, comment=b"<script>", exif=EXIF),
    encoded(smooth(160, 120, "CMYK"), "JPEG", icc_profile=swapped_profile()),
    encoded(smooth(160, 120), "PNG", icc_profile=swapped_profile()),
    encoded(smooth(160, 120, "RGBA"), "PNG"),
    encoded(smooth(160, 120).quantize(16), "PNG", transparency=bytes(16)),
    sixteen_bit_grey(),
    encoded(smooth(160, 120), "WEBP"),
    encoded(smooth(160, 120, "RGBA"), "WEBP", lossless=True),
    encoded(smooth(160, 120), "AVIF", speed=10),
    encoded(smooth(160, 120), "GIF"),
]


def taken_or_refused(data: bytes) -> None:
    """The outcome, or the test fails: no other exception may come out."""
    try:
        photo = photos.clean(data, "any")
    except PhotoRefused:
        return
    assert_whole(photo)


@pytest.mark.parametrize("base", [base for base in BASES if base[:3] != b"GIF"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_file_that_stops_early_is_damaged(base: bytes, share: float) -> None:
    """Each decoder has its own exception for this; AVIF's is a RuntimeError."""
    with pytest.raises(PhotoRefused) as refused:
        photos.clean(base[: int(len(base) * share)], "cut")
    assert refused.value.code == RefusalCode.DAMAGED


@settings(max_examples=60)
@given(st.binary(max_size=600))
def test_arbitrary_bytes_are_refused_in_words(data: bytes) -> None:
    taken_or_refused(data)


@settings(max_examples=200)
@given(base=st.sampled_from(BASES), data=st.data())
def test_a_damaged_file_is_refused_in_words_or_gives_a_whole_photo(base: bytes, data: st.DataObject) -> None:
    changed = bytearray(base[: data.draw(st.integers(0, len(base)) | st.just(len(base)))])
    # Most of what decides is near the front: headers, tables, chunk lengths.
    places = st.integers(0, 1200) | st.integers(0, len(base))
    for at, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=8)):
        if at < len(changed):
            changed[at] = value
    taken_or_refused(bytes(changed))


@needs_shared
def test_phash_tells_a_copy_from_another_product() -> None:
    rows = [json.loads(line) for line in (SHARED / "dev" / "cases.jsonl").read_text().splitlines()]
    assert len(rows) == 90
    seen: dict[str, int] = {}
    for row in rows:
        with Image.open(SHARED / "dev" / row["image"]) as source:
            picture = source.convert("RGB")
        seen[row["id"]] = photos.phash(picture)
        copies = (
            decoded(encoded(picture, "JPEG", quality=60)),
            picture.resize((picture.width // 2, picture.height // 2)),
            decoded(
                encoded(picture.resize((320, 320 * picture.height // picture.width)), "WEBP", quality=50)
            ),
        )
        assert all(photos.hamming(seen[row["id"]], photos.phash(copy)) <= 4 for copy in copies)
    views = {frozenset((row["id"], row["same_product_as"])) for row in rows}
    pairs = [pair for pair in itertools.combinations(seen, 2) if frozenset(pair) not in views]
    assert [pair for pair in pairs if photos.hamming(seen[pair[0]], seen[pair[1]]) <= 8] == []


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1))
def test_hamming_is_a_distance(a: int, b: int) -> None:
    assert photos.hamming(a, b) == photos.hamming(b, a) <= 64
    assert (photos.hamming(a, b) == 0) == (a == b)
    assert photos.hamming(a, ~a) == 64
