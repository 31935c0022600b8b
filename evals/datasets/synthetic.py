"""Synthetic cases for benches and proofs: a cheap picture each, and expectations that a script can meet."""

import io
from collections.abc import Iterable
from typing import Final

import numpy as np
from django.db import transaction
from PIL import Image

from evals.content import CaseContent, Expectation, Split, Tier
from evals.datasets import files
from evals.datasets.versions import lock, picture_row, write
from evals.models import Case, Dataset
from evals.scripted.things import note, thing

SIDE: Final = 128
"""Pixels: smaller than any prompt's picture size, so that a picture arrives byte for byte."""


class NameTaken(Exception):
    """A dataset of that name holds other cases."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a dataset {name} already. Choose another: --name")


def make_cases(
    count: int, *, seed: int, name: str, split: Split = Split.GATE, must_pass: int = 0, clustered: int = 0
) -> Dataset:
    """A new dataset of `count` cases, the same for the same seed. Raises NameTaken.

    The first `must_pass` are of that tier, each with an order in its photo; the first `2 * clustered` stand
    in pairs of one seller.
    """
    with transaction.atomic():
        dataset, is_new = Dataset.objects.get_or_create(
            name=name, defaults={"description": f"Synthetic, seed {seed}."}
        )
        if not is_new:
            raise NameTaken(name)
        lock(dataset)
        for number in range(count):
            picture = files.take(_jpeg(seed, number), f"{number}.jpg")
            files.store(picture)
            content = CaseContent(
                key=f"s{number:05}",
                pictures=(picture.sha256,),
                expected=note() if number < must_pass else thing(seed, number),
                split=split,
                tier=Tier.MUST_PASS if number < must_pass else Tier.METRIC,
                tags=("synthetic",),
                clusters=(f"seller:{number // 2}",) if number < 2 * clustered else (),
                provenance={"kind": "synthetic", "seed": seed},
            )
            write(dataset, content, [picture_row(picture)], before=None)
    return dataset


def expectations(cases: Iterable[Case]) -> dict[str, Expectation]:
    """What a scripted model knows of these cases, whose pictures are no larger than a prompt sends them."""
    return {file.sha256: case.expectation for case in cases for file in case.files.all()[:1]}


def _jpeg(seed: int, number: int) -> bytes:
    """Eight by eight colours, enlarged: no two are nearly the same."""
    colours = np.random.default_rng([seed, number]).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    out = io.BytesIO()
    picture = Image.fromarray(colours).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()
