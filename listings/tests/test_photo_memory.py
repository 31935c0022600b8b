"""The peak memory of a fresh process that cleans one photo: at most 400 MB, the HEIC child's own included."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from listings.tests.pictures import (
    DATA,
    PROJECT,
    REFUSED,
    SHARED,
    encoded,
    manifest,
    needs_shared,
    noisy,
    smooth,
)

LIMIT_MB = 400


def probe(*paths: Path) -> dict[str, Any]:
    """What `memory_probe` reports, from a process that does nothing else."""
    run = subprocess.run(
        [sys.executable, "-m", "listings.tests.memory_probe", *map(str, paths)],
        cwd=PROJECT,
        capture_output=True,
        check=True,
    )
    report: dict[str, Any] = json.loads(run.stdout)
    return report


def worst_webp() -> bytes:
    """Lossless with alpha, and filled up with noise to the byte limit."""
    picture = smooth(5160, 3875, "RGBA")
    picture.paste(noisy(2400, 1500), (0, 0))
    return encoded(picture, "WEBP", lossless=True, quality=0, method=0)


CAPS: dict[str, Callable[[], bytes]] = {
    "60 megapixels, JPEG": lambda: encoded(smooth(8660, 6928), "JPEG", subsampling=0),
    "50 megapixels, progressive JPEG without subsampling": lambda: encoded(
        smooth(8160, 6120), "JPEG", subsampling=0, progressive=True
    ),
    "37 megapixels, progressive CMYK JPEG": lambda: encoded(
        smooth(7060, 5300, "CMYK"), "JPEG", progressive=True
    ),
    "25 megapixels, PNG with alpha": lambda: encoded(smooth(5770, 4330, "RGBA"), "PNG", compress_level=1),
    "25 megapixels, PNG with a clear colour": lambda: encoded(
        smooth(5770, 4330), "PNG", compress_level=1, transparency=(1, 2, 3)
    ),
    "20 megapixels, WebP": worst_webp,
    "20 megapixels, AVIF with alpha without subsampling": lambda: encoded(
        smooth(5160, 3875, "RGBA"), "AVIF", speed=10, subsampling="4:4:4"
    ),
    "49 megapixels, HEIC of 10 bits": (DATA / "flat_49mp_10bit.heic").read_bytes,
}


@pytest.mark.parametrize("case", CAPS)
def test_a_file_at_its_cap(case: str, tmp_path: Path) -> None:
    path = tmp_path / "photo"
    path.write_bytes(CAPS[case]())
    report = probe(path)
    assert [outcome.split("x")[0] for outcome in report["outcomes"]] == ["1280"]
    assert max(report["own_mb"], report["child_mb"]) <= LIMIT_MB


@needs_shared
def test_every_hostile_file_taken_or_not() -> None:
    files = [row["file"] for row in manifest()]
    report = probe(*(SHARED / "hostile" / name for name in files))
    taken = [name for name, outcome in zip(files, report["outcomes"], strict=True) if outcome[0].isdigit()]
    assert taken == [name for name in files if name not in REFUSED]
    assert report["own_mb"] <= 120
