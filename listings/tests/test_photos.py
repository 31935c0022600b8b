"""What `listings.photos` makes of uploads: pictures that are right, and nothing else of the file."""

import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from PIL import Image

from listings import photos
from listings.photos import PhotoRefused, RefusalCode
from listings.tests.pictures import (
    BLUE,
    DATA,
    PROJECT,
    RED,
    REFUSED,
    SHARED,
    WHITE,
    bars,
    decoded,
    encoded,
    manifest,
    near,
    needs_shared,
    noisy,
    sixteen_bit_grey,
    smooth,
    swapped_profile,
)
from listings.tests.whole import assert_whole

# Pillow warns of odd metadata, which says nothing against a picture; on the site that is a line in the log.
pytestmark = pytest.mark.filterwarnings(r"ignore::UserWarning:PIL\..*")


@needs_shared
def test_the_list_of_hostile_files_agrees_with_their_manifest() -> None:
    """A file the manifest leaves open is free; every other one ends as it says."""
    files = {row["file"]: row for row in manifest()}
    assert len(files) == 34
    assert set(REFUSED) < set(files)
    decided = {name: row["expected"] for name, row in files.items() if not row["either_ok"]}
    assert decided == {name: "reject" if name in REFUSED else "accept" for name in decided}


@needs_shared
@pytest.mark.parametrize("name", [row["file"] for row in manifest() if row["file"] not in REFUSED])
def test_a_hostile_file_that_is_a_picture_is_taken_without_its_baggage(name: str) -> None:
    with (SHARED / "hostile" / name).open("rb") as file:
        photo = photos.clean(file, name)
    assert_whole(photo)
    master = decoded(photo.renditions[-1].jpeg)
    if name.startswith("exif_orientation"):
        assert master.size == (480, 320)
        assert near(master, 0.5, 0.03, (200, 30, 30), within=40)


@needs_shared
@pytest.mark.parametrize(("name", "code"), REFUSED.items())
def test_a_refusal_names_the_file_and_says_what_to_do(name: str, code: RefusalCode) -> None:
    data = (SHARED / "hostile" / name).read_bytes()
    with pytest.raises(PhotoRefused) as refused:
        photos.clean(data, name)
    assert refused.value.code == code
    assert str(refused.value).startswith(name)
    assert any(verb in str(refused.value) for verb in ("Choose", "choose"))


@needs_shared
@pytest.mark.parametrize("name", ["cmyk.jpg", "progressive.jpg", "lossless.webp", "lossy.webp", "photo.avif"])
def test_the_same_photo_in_another_encoding_stays_the_same_photo(name: str) -> None:
    hashes = [
        photos.clean((SHARED / "hostile" / file).read_bytes(), file).phash
        for file in ("ok_baseline.jpg", name)
    ]
    assert photos.hamming(*hashes) <= 4


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_every_exif_turn_ends_upright(format_: str, orientation: int) -> None:
    undo = {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    same = {turn: Image.Transpose(value) for turn, value in ((2, 0), (3, 3), (4, 1), (5, 5), (7, 6))}
    turn = (undo | same).get(orientation)
    stored = bars(1600, 1000) if turn is None else bars(1600, 1000).transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = photos.clean(encoded(stored, format_, exif=exif), "turned")
    master = decoded(photo.renditions[-1].jpeg)
    assert master.size == (1280, 800)
    assert near(master, 0.5, 0.1, RED)
    assert near(master, 0.1, 0.6, WHITE)
    assert near(master, 0.9, 0.6, BLUE)


def test_unreadable_exif_leaves_the_picture_as_it_is() -> None:
    data = encoded(bars(), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff nonsense")
    assert near(decoded(photos.clean(data, "odd.jpg").renditions[-1].jpeg), 0.5, 0.1, RED)


def palette_with_transparency() -> bytes:
    picture = Image.new("P", (200, 120), 1)
    picture.putpalette([0, 0, 0, *RED])
    picture.paste(0, (0, 0, 100, 120))
    return encoded(picture, "PNG", transparency=0)


def flat(mode: str, colour: Any) -> Image.Image:
    return Image.new(mode, (200, 120), colour)


COLOURS = {
    "clear": (encoded(flat("RGBA", (0, 0, 0, 0)), "PNG"), (255, 255, 255)),
    "half clear": (encoded(flat("RGBA", (0, 0, 0, 128)), "WEBP"), (127, 127, 127)),
    "clear grey": (encoded(flat("LA", (0, 0)), "PNG"), (255, 255, 255)),
    "clear palette index": (palette_with_transparency(), (255, 255, 255)),
    "clear colour key": (encoded(flat("RGB", 0), "PNG", transparency=(0, 0, 0)), (255, 255, 255)),
    "one bit": (encoded(flat("1", 1), "PNG"), (255, 255, 255)),
    "sixteen bits": (sixteen_bit_grey(), (128, 128, 128)),
    "grey": (encoded(flat("L", 90), "JPEG"), (90, 90, 90)),
    "cmyk": (encoded(flat("CMYK", (0, 255, 255, 0)), "JPEG"), (255, 0, 0)),
    "broken profile": (encoded(flat("RGB", RED), "PNG", icc_profile=b"not one"), RED),
}


@pytest.mark.parametrize("case", COLOURS)
def test_colours_come_out_right(case: str) -> None:
    data, want = COLOURS[case]
    assert near(decoded(photos.clean(data, case).renditions[-1].jpeg), 0.25, 0.5, want, within=6)


def test_only_what_is_clear_in_a_palette_turns_white() -> None:
    master = decoded(photos.clean(palette_with_transparency(), "palette").renditions[-1].jpeg)
    assert near(master, 0.75, 0.5, RED)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_an_embedded_profile_is_honoured(format_: str) -> None:
    data = encoded(Image.new("RGB", (200, 120), (250, 10, 10)), format_, icc_profile=swapped_profile())
    assert near(decoded(photos.clean(data, "wide").renditions[-1].jpeg), 0.5, 0.5, (10, 250, 10), within=10)


def test_the_first_frame_of_an_animation_is_the_photo() -> None:
    frames = [Image.new("RGB", (200, 120), colour) for colour in (BLUE, RED)]
    for format_ in ("WEBP", "PNG", "AVIF"):
        data = encoded(frames[0], format_, save_all=True, append_images=frames[1:], duration=100)
        assert near(decoded(photos.clean(data, "moving").renditions[-1].jpeg), 0.5, 0.5, BLUE)


@pytest.mark.parametrize(
    ("size", "widths"),
    [
        ((100, 100), [100]),
        ((320, 240), [320]),
        ((400, 300), [320, 400]),
        ((1280, 960), [320, 640, 1280]),
        ((5000, 1000), [320, 640, 1280]),
        ((3000, 4000), [320, 640, 1280]),
        ((1000, 5120), [320, 500]),
    ],
)
def test_renditions_are_never_larger_than_the_upload(size: tuple[int, int], widths: list[int]) -> None:
    for format_ in ("JPEG", "PNG"):
        photo = photos.clean(encoded(smooth(*size), format_), "sized")
        assert [rendition.width for rendition in photo.renditions] == widths
        assert_whole(photo)
        for one in photo.renditions:
            assert one.height / one.width == pytest.approx(size[1] / size[0], rel=0.02)


def test_bands_join_without_a_seam() -> None:
    """A large picture is made smaller in bands: the result is as smooth as the source, to the last row."""
    source = Image.linear_gradient("L").resize((2600, 2701)).convert("RGB")
    master = decoded(photos.clean(encoded(source, "PNG", compress_level=1), "smooth").renditions[-1].jpeg)
    column = list(master.convert("L").crop((640, 0, 641, master.height)).tobytes())
    assert column == pytest.approx([255 * y / (master.height - 1) for y in range(master.height)], abs=4)


def test_the_same_upload_gives_the_same_photo_in_any_thread() -> None:
    data = encoded(noisy(700, 500), "JPEG")
    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(lambda _: photos.clean(data, "twice.jpg"), range(12)))
    assert len(set(results)) == 1
    assert len(results[0].placeholder) <= photos.MAX_PLACEHOLDER


def test_an_upload_is_read_no_further_than_its_limit() -> None:
    file = io.BytesIO(b"\xff\xd8\xff" + bytes(photos.MAX_BYTES + 1_000_000))
    with pytest.raises(PhotoRefused) as refused:
        photos.clean(file, "big.jpg")
    assert refused.value.code == RefusalCode.TOO_MANY_BYTES
    assert file.tell() == photos.MAX_BYTES + 1


def test_a_model_picture_fits_its_side_and_is_never_enlarged() -> None:
    master = photos.clean(encoded(smooth(4000, 3000), "JPEG"), "photo").renditions[-1].jpeg
    assert decoded(photos.model_picture(master, 768)).size == (768, 576)
    assert photos.model_picture(master, 2000) == master


@pytest.mark.parametrize(("shape", "within"), [((3000, 4000), (768, 1024)), ((640, 480), (640, 480))])
def test_the_copy_for_programs_is_made_once(shape: tuple[int, int], within: tuple[int, int]) -> None:
    reading = photos.clean(encoded(smooth(*shape), "JPEG"), "photo").reading
    assert decoded(reading).size == within
    assert photos.model_picture(reading, photos.READING_SIDE) == reading


def test_intake_needs_no_django_and_never_loads_the_heic_decoder() -> None:
    code = (
        "import sys; from listings import photos; photos.clean(open(sys.argv[1], 'rb'), 'x');"
        "print({'django', 'pi_heif', '_pi_heif'} & set(sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(DATA / "bar.heic")],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.stdout, run.stderr) == ("set()\n", "")
