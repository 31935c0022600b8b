"""What the catalogue recognises in a run: the dev split of the release, in memory."""

import hashlib
import threading
from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from aiprefill.public import FEATURES_VERSION, MemoryIndex, Seen, canonical_json, features
from evals.datasets import files
from evals.models import Case, Release, Split
from evals.runner.questions import members


class DevIndex:
    """An `Index` over the dev cases whose category is known.

    `digest` comes from what the cases say, not from looking at the pictures, which is done when the first
    question needs it.
    """

    def __init__(self, release: Release) -> None:
        known = [member for member in members(release, Split.DEV) if member[0].expectation.category]
        self._pictures = [(case, cluster, pictures[0]) for case, cluster, pictures in known if pictures]
        self._lock = threading.Lock()

    @cached_property
    def digest(self) -> str:
        """See `Index.digest`."""
        told = [(cluster, sha256, *_told(case)) for case, cluster, sha256 in self._pictures]
        text = canonical_json([FEATURES_VERSION, sorted(map(str, told))])
        return hashlib.sha256(text.encode()).hexdigest()

    def nearest(
        self, vector: NDArray[np.float32], k: int, exclude_cluster: str | None = None
    ) -> Sequence[Seen]:
        """See `Index.nearest`."""
        with self._lock:
            built = self._built
        return built.nearest(vector, k, exclude_cluster)

    @cached_property
    def _built(self) -> MemoryIndex:
        looked = ((features(files.read(sha256)), case, cluster) for case, cluster, sha256 in self._pictures)
        return MemoryIndex(
            (of.vector, Seen(cluster, of.local.to_bytes(), *_told(case))) for of, case, cluster in looked
        )


def _told(case: Case) -> tuple[str, str, Decimal | None]:
    """(title, category, price in euros) as a listing of the thing would have them."""
    expected = case.expectation
    title = (case.provenance or {}).get("title") or " ".join(words[0] for words in expected.title)
    low, high = expected.price or (None, None)
    middle = None if low is None or high is None else ((low + high) / 2).quantize(Decimal("0.01"))
    return str(title), expected.category or "", middle
