"""Small sets of cases on the disk, as an import finds them."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from django.db.models import QuerySet
from PIL import Image

from evals import datasets
from evals.content import Split
from evals.models import Case, Release


def jpeg(seed: int, side: int = 128) -> bytes:
    """A picture of its own for every seed, clean as it is: no two of them are nearly the same."""
    greys = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(greys).resize((side, side), Image.Resampling.BICUBIC).save(out, "JPEG", quality=85)
    return out.getvalue()


def folder_of(place: Path, *lines: dict[str, Any] | str) -> Path:
    """A folder with these lines and a picture for each, unless the line names one."""
    (place / "images").mkdir(parents=True, exist_ok=True)
    rows = []
    for number, line in enumerate(lines):
        if isinstance(line, dict):
            image = f"images/{line.get('id', number)}.jpg"
            (place / image).write_bytes(jpeg(sum(str(line.get("id", number)).encode())))
            rows.append(json.dumps({"image": image} | line))
        else:
            rows.append(line)
    (place / "cases.jsonl").write_text("\n".join(rows) + "\n")
    return place


def cases_of(release: Release, split: Split) -> QuerySet[Case]:
    """The case versions of a split of a release by key, their pictures read with them."""
    return datasets.with_files(Case.objects.filter(releases=release, split=split).order_by("key"))
