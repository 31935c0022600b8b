"""The `catalogue` provider: recognises what this site has already seen, without a key, a model or a network.

A near copy of a photo of a listing (another crop, another exposure, the same thing photographed again from
nearly the same spot) is answered with what that listing says. Anything else is "could not tell": likeness
alone, however great, names no category.
"""

import hashlib
import json
import re
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Final, Protocol

import numpy as np
from django.utils import translation
from django.utils.translation import gettext as _

from aiprefill.providers.alignment import Likeness, likeness
from aiprefill.providers.base import ErrorClass, Provider, ProviderError, Reply
from aiprefill.providers.features import VERSION, Floats, Local, features
from aiprefill.suggestion import SuggestRequest
from listings.fields import AI_FIELDS

CANDIDATES: Final = 5
"""Nearest neighbours that are looked at closely."""
SPREAD: Final = Decimal("0.25")
"""How far a suggested price goes to either side of the listing's, as a share."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture in an index, and what was said of the thing. `local` is `Local.to_bytes`; price in euros."""

    cluster: str
    local: bytes
    title: str
    category: str
    price: Decimal | None


class IndexDown(Exception):
    """The index did not answer; the same question may succeed later."""


class Index(Protocol):
    """Pictures that can be found by likeness. Threads share it. Methods raise `IndexDown`."""

    @property
    def digest(self) -> str:
        """Names what the index holds: at most 64 characters, another when a picture comes or goes."""

    def nearest(self, vector: Floats, k: int, exclude_cluster: str | None = None) -> Sequence[Seen]:
        """At most `k` pictures whose `Features.vector` is likest, none of them of `exclude_cluster`."""


class MemoryIndex:
    """An `Index` of pictures that are at hand: a data set's, a test's."""

    def __init__(self, pictures: Iterable[tuple[Floats, Seen]]) -> None:
        pairs = list(pictures)
        self._seen = [seen for _vector, seen in pairs]
        self._vectors = np.stack([vector for vector, _seen in pairs]) if pairs else None
        parts = (f"{seen.cluster} {hashlib.sha256(seen.local).hexdigest()}" for seen in self._seen)
        text = "\n".join([str(VERSION), *sorted(parts)])
        self.digest = hashlib.sha256(text.encode()).hexdigest()

    def nearest(self, vector: Floats, k: int, exclude_cluster: str | None = None) -> Sequence[Seen]:
        """See `Index.nearest`."""
        if self._vectors is None:
            return []
        order = np.argsort(-(self._vectors @ vector), kind="stable")
        allowed = (seen for at in order if (seen := self._seen[at]).cluster != exclude_cluster)
        return [seen for seen, _place in zip(allowed, range(k), strict=False)]


class CatalogueProvider:
    """The `catalogue` provider over an index. `leave_out` is a cluster that it must not recognise."""

    name = "catalogue"

    def __init__(self, index: Index, leave_out: str | None = None) -> None:
        self.index = index
        self.leave_out = leave_out

    def describe(self, request: SuggestRequest) -> dict[str, Any]:
        """See `Provider.describe`."""
        with _index_errors():
            index_digest = self.index.digest
        return {
            "model": request.spec.model,
            "features": VERSION,
            "index_digest": index_digest,
            "pictures": [
                {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)} for data in request.pictures
            ],
        }

    def stream(self, request: SuggestRequest, *, deadline: float) -> Generator[str | Reply]:
        """See `Provider.stream`."""
        found = self.recognised(request, deadline)
        with translation.override(request.language):
            text = json.dumps(_answer(found), ensure_ascii=False)
        yield text
        yield Reply(text, cost=0, model=request.spec.model, status="completed")

    def recognised(self, request: SuggestRequest, deadline: float) -> Seen | None:
        """What the first picture that is a near copy shows, by its best match. Raises `ProviderError`."""
        for picture in request.pictures:
            if seen := best_match(self.compared(picture, deadline)):
                return seen
        return None

    def compared(self, picture: bytes, deadline: float) -> Generator[tuple[Seen, Likeness]]:
        """A picture's candidates, each with its likeness. Raises `ProviderError`."""
        _in_time(deadline)
        try:
            of_picture = features(picture)
        except OSError as error:
            raise ProviderError(ErrorClass.BAD_PICTURE, str(error), Reply()) from error
        if not len(of_picture.local.points):
            return
        with _index_errors():
            nearest = self.index.nearest(of_picture.vector, CANDIDATES, self.leave_out)
        for seen in nearest:
            _in_time(deadline)
            yield seen, likeness(of_picture.local, Local.from_bytes(seen.local))


def best_match(compared: Iterable[tuple[Seen, Likeness]]) -> Seen | None:
    """The candidate that is a near copy and scores most."""
    near = [(found.score, seen) for seen, found in compared if found.is_near_copy]
    return max(near, key=lambda pair: pair[0])[1] if near else None


@contextmanager
def _index_errors() -> Iterator[None]:
    """Turns `IndexDown` into the `ProviderError` of a provider that failed."""
    try:
        yield
    except IndexDown as error:
        raise ProviderError(ErrorClass.SERVER, str(error), Reply()) from error


def _in_time(deadline: float) -> None:
    if time.monotonic() >= deadline:
        raise ProviderError(ErrorClass.TIMEOUT, "the deadline passed while comparing pictures", Reply())


def _answer(seen: Seen | None) -> dict[str, dict[str, Any]]:
    """The answer in the form of `answer_schema`.

    A near copy is no proof that it is the same thing: its condition and the other seller's own words are
    left out.
    """
    if seen is None:
        why = _("Nothing like it has been offered here yet")
        untold = {name: {"value": None, "reason": why} for name in AI_FIELDS if name != "price"}
        return untold | {"price": _no_price(why)}
    return {
        "title": {"value": _thing(seen.title), "reason": ""},
        "category": {"value": seen.category, "reason": ""},
        "condition": {"value": None, "reason": _("You know best how worn it is")},
        "description": {"value": None, "reason": _("What was written before was about another one")},
        "price": _price(seen.price),
    }


def _thing(title: str) -> str:
    """The title up to its first comma or dash: after it sellers write the size, the state or their story."""
    return re.split(r"\s*[,;:(–—|]|\s-\s", title, maxsplit=1)[0].strip() or title


def _price(price: Decimal | None) -> dict[str, Any]:
    if price is None:
        return _no_price(_("It had no price before"))
    low, high = (_rounded(price * share) for share in (1 - SPREAD, 1 + SPREAD))
    reason = _("It looks like a thing offered here before")
    return {"reason": reason, "low": low, "likely": float(price), "high": high}


def _no_price(why: str) -> dict[str, Any]:
    return {"reason": why, "low": None, "likely": None, "high": None}


def _rounded(price: Decimal) -> float:
    """Whole euros from 10 upwards, tens of cents below; a few cents stay as they are."""
    step = Decimal(1) if price >= 10 else Decimal("0.1") if price >= 1 else Decimal("0.01")
    return float(price.quantize(step))


@cache
def connected() -> Provider:
    """The process's one provider, over the photos of the site's listings."""
    from aiprefill.providers.photo_index import PhotoIndex

    return CatalogueProvider(PhotoIndex())
