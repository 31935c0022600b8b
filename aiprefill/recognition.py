"""How well the catalogue recognises: a folder of pictures asked about another folder of pictures.

A picture's file name says what it shows: `radio-2.jpg` is another view of `radio`, `radio-near.jpg` a near
copy of it.
"""

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from aiprefill.providers.catalogue import CatalogueProvider, MemoryIndex, Seen, best_match
from aiprefill.providers.features import features
from listings.photos import PhotoRefused, clean, model_picture

SIDE: Final = 1024
PATIENCE: Final = 60.0
"""Seconds for one picture: this measures answers, not speed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of a picture. `likest` is the candidate with the highest score, "" without any."""

    name: str
    answer: str | None
    likest: str
    score: float


def shown(name: str) -> str:
    """What a picture shows, by its name without extension."""
    return re.sub(r"-(\d+|near)$", "", name)


def pictures(folders: Iterable[Path], *, cleaned: bool = False) -> Iterator[tuple[str, bytes]]:
    """Name and JPEG of every picture in the folders, in order; what the intake refuses is left out.

    With `cleaned`, all are JPEG files that need no intake, which takes most of the time.
    """
    for path in sorted(path for folder in folders for path in folder.iterdir() if path.is_file()):
        data = path.read_bytes()
        try:
            master = data if cleaned else clean(data, path.name).renditions[-1].jpeg
        except PhotoRefused:
            continue
        yield path.stem, model_picture(master, SIDE)


def index_of(known: Iterable[tuple[str, bytes]]) -> MemoryIndex:
    """An index of these pictures, those of one thing as one cluster."""
    made = ((name, features(picture)) for name, picture in known)
    return MemoryIndex(
        (found.vector, Seen(shown(name), found.local.to_bytes(), shown(name), "other", Decimal(10)))
        for name, found in made
    )


def ask(index: MemoryIndex, picture: tuple[str, bytes], *, leave_out: bool = False) -> Asked:
    """Ask about one picture; with `leave_out`, as if the index had none of what it shows."""
    name, data = picture
    provider = CatalogueProvider(index, shown(name) if leave_out else None)
    compared = list(provider.compared(data, time.monotonic() + PATIENCE))
    best = max(compared, key=lambda pair: pair[1].score, default=None)
    seen = best_match(compared)
    answer = seen.cluster if seen else None
    return Asked(name, answer, best[0].cluster if best else "", best[1].score if best else 0.0)
