"""Synthetic cases for benches and proofs: a cheap picture each, and expectations that a script can meet."""

import io
from decimal import Decimal
from typing import Final

import numpy as np
from django.db import transaction
from PIL import Image

from evals.content import CaseContent, Expectation, Split, Tier
from evals.datasets import files
from evals.datasets.versions import lock, picture_row, write
from evals.models import Dataset
from listings.fields import CATEGORIES, Condition

THINGS: Final = (
    "lamp",
    "chair",
    "kettle",
    "radio",
    "bicycle",
    "jacket",
    "novel",
    "racket",
    "mirror",
    "drill",
)
COLOURS: Final = ("red", "blue", "green", "white", "black", "brown")
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

    The first `must_pass` are of that tier; the first `2 * clustered` stand in pairs of one seller.
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
                expected=_expected(seed, number),
                split=split,
                tier=Tier.MUST_PASS if number < must_pass else Tier.METRIC,
                tags=("synthetic",),
                clusters=(f"seller:{number // 2}",) if number < 2 * clustered else (),
                provenance={"kind": "synthetic", "seed": seed},
            )
            write(dataset, content, [picture_row(picture)], before=None)
    return dataset


def _expected(seed: int, number: int) -> Expectation:
    draw = np.random.default_rng([seed, number, 1])
    slugs = list(CATEGORIES)
    low = int(draw.integers(1, 200))
    return Expectation(
        category=slugs[int(draw.integers(len(slugs)))],
        title=((COLOURS[int(draw.integers(len(COLOURS)))],), (THINGS[int(draw.integers(len(THINGS)))],)),
        price=(Decimal(low).quantize(Decimal("0.01")), Decimal(3 * low).quantize(Decimal("0.01"))),
        conditions=(list(Condition)[int(draw.integers(len(Condition)))].value,),
        forbidden=("tested", "never used"),
    )


def _jpeg(seed: int, number: int) -> bytes:
    """Eight by eight colours, enlarged: no two are nearly the same."""
    colours = np.random.default_rng([seed, number]).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    out = io.BytesIO()
    picture = Image.fromarray(colours).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()
