"""HEIC through its child: right pictures, and whatever befalls the child is one refused photo.

data/bar.heic: `pictures.bars()` as PNG, then `heif-enc -q 40`. data/flat_49mp_10bit.heic: 8064 x 6048 pixels
of one colour as a 16-bit PNG, then `heif-enc -b 10 -q 40` (Debian's libheif-examples; pi-heif cannot encode).
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listings import heic, photos
from listings.photos import PhotoRefused, RefusalCode
from listings.tests.pictures import BLUE, DATA, PROJECT, RED, WHITE, decoded, encoded, near, smooth
from listings.tests.whole import assert_whole

BAR = (DATA / "bar.heic").read_bytes()
FLAT = (DATA / "flat_49mp_10bit.heic").read_bytes()


def children() -> set[int]:
    """The processes that this one started, as the kernel lists them."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {int(pid) for task in tasks for pid in task.read_text().split()}


@pytest.fixture
def leaves_no_process() -> Iterator[None]:
    before = children()
    yield
    assert children() <= before


def program(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """A child that does this instead of decoding."""
    monkeypatch.setattr(heic, "COMMAND", (sys.executable, "-I", "-c", code))


def assert_damaged(data: bytes) -> None:
    with pytest.raises(PhotoRefused) as refused:
        photos.clean(data, "IMG_1.HEIC")
    assert refused.value.code == RefusalCode.DAMAGED
    assert isinstance(refused.value.__cause__, heic.HeicError)


def test_a_heic_becomes_a_photo(leaves_no_process: None) -> None:
    photo = photos.clean(BAR, "IMG_0001.HEIC")
    assert_whole(photo)
    master = decoded(photo.renditions[-1].jpeg)
    assert master.size == (480, 320)
    assert near(master, 0.5, 0.1, RED)
    assert near(master, 0.1, 0.6, WHITE)
    assert near(master, 0.9, 0.6, BLUE)


def test_only_an_hevc_brand_is_sent_to_the_child() -> None:
    assert heic.is_heic(BAR)
    assert not heic.is_heic(encoded(smooth(160, 120), "AVIF"))
    assert not heic.is_heic(b"")
    assert not heic.is_heic(b"\0\0\0\x18ftypisom\0\0\0\0isommp42")


def test_a_picture_over_the_cap_is_not_decoded(leaves_no_process: None) -> None:
    assert heic.shrunk(BAR, box=(1280, 2560), max_pixels=480 * 320 - 1) == ((480, 320), b"")


def test_the_child_hands_back_no_more_than_is_needed() -> None:
    size, png = heic.shrunk(BAR, box=(200, 200), max_pixels=10**6)
    assert (size, decoded(png).size) == ((480, 320), (240, 160))


def test_a_child_that_crashes(monkeypatch: pytest.MonkeyPatch, leaves_no_process: None) -> None:
    program(monkeypatch, "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    assert_damaged(BAR)


def test_a_child_that_answers_nonsense(monkeypatch: pytest.MonkeyPatch) -> None:
    program(monkeypatch, "print('what a nice picture')")
    assert_damaged(BAR)


def test_a_child_that_hangs(monkeypatch: pytest.MonkeyPatch, leaves_no_process: None) -> None:
    program(monkeypatch, "import signal; signal.pause()")
    monkeypatch.setattr(heic, "SECONDS", 0.2)
    assert_damaged(BAR)


def test_a_child_that_is_killed(monkeypatch: pytest.MonkeyPatch, leaves_no_process: None) -> None:
    program(monkeypatch, "import signal; signal.pause()")
    before = children()
    with ThreadPoolExecutor(1) as pool:
        outcome = pool.submit(assert_damaged, BAR)
        deadline = time.monotonic() + 10
        while not (started := children() - before) and time.monotonic() < deadline:
            os.sched_yield()
        for pid in started:
            os.kill(pid, signal.SIGKILL)
        outcome.result(timeout=10)


def test_a_child_that_wants_too_much_memory(monkeypatch: pytest.MonkeyPatch, leaves_no_process: None) -> None:
    monkeypatch.setattr(heic, "MEMORY", 150 << 20)
    assert_damaged(FLAT)


def test_the_child_can_write_no_file(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from listings import heic; heic._confine(heic.MEMORY);"
        "Path(sys.argv[1]).write_bytes(b'x')"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "out")],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "File too large" in run.stderr
    assert (tmp_path / "out").read_bytes() == b""


def test_the_child_gets_no_secret_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "hush")
    program(monkeypatch, "import os; print(len(os.environ.get('OPENAI_API_KEY', '')), 0)")
    assert heic.shrunk(BAR, box=(1, 1), max_pixels=1) == ((0, 0), b"")


@settings(max_examples=8)
@given(
    st.integers(0, len(BAR)),
    st.lists(st.tuples(st.integers(0, len(BAR) - 1), st.integers(0, 255)), max_size=4),
)
def test_a_damaged_heic_is_refused_or_gives_a_whole_photo(end: int, changes: list[tuple[int, int]]) -> None:
    changed = bytearray(BAR)
    for at, value in changes:
        changed[at] = value
    for data in (bytes(changed), bytes(changed[:end])):
        try:
            photo = photos.clean(data, "odd.heic")
        except PhotoRefused:
            continue
        assert_whole(photo)
