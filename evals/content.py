"""What a case says, as plain values: no Django, no rows. Scoring, files and rows share it."""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, Self

HOLDOUT: Final = "holdout"


class Split(StrEnum):
    """What a case is for: to learn from while developing, to decide by, or sealed until it matters."""

    DEV = "dev"
    GATE = "gate"
    HOLDOUT = HOLDOUT


class Tier(StrEnum):
    """A must-pass case fails a candidate by itself; a metric case counts in the averages."""

    MUST_PASS = "must_pass"  # noqa: S105  no password
    METRIC = "metric"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a right answer holds. A metric applies to a case only where its part is told here.

    `category` is the best slug, `also` others that a fair judge would accept. Every inner tuple of `title`
    must be hit by at least one of its words. `price` is (low, high) in euros, both inclusive. `conditions`
    are the acceptable values of `listings.fields.Condition`. `forbidden` are words of claims that the
    pictures cannot show, and that no text may make. `untellable` are fields that the pictures do not tell,
    where only silence is right.
    """

    category: str | None = None
    also: tuple[str, ...] = ()
    title: tuple[tuple[str, ...], ...] = ()
    price: tuple[Decimal, Decimal] | None = None
    conditions: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    untellable: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON for a row: what is not told is left out; prices are strings."""
        told = {
            "category": self.category,
            "also": list(self.also),
            "title": [list(words) for words in self.title],
            "price": [str(bound) for bound in self.price or ()],
            "conditions": list(self.conditions),
            "forbidden": list(self.forbidden),
            "untellable": list(self.untellable),
        }
        return {name: value for name, value in told.items() if value}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The expectation that `to_json` wrote."""
        bounds = [Decimal(bound) for bound in data.get("price", ())]
        return cls(
            category=data.get("category"),
            also=tuple(data.get("also", ())),
            title=tuple(tuple(words) for words in data.get("title", ())),
            price=(bounds[0], bounds[1]) if bounds else None,
            conditions=tuple(data.get("conditions", ())),
            forbidden=tuple(data.get("forbidden", ())),
            untellable=tuple(data.get("untellable", ())),
        )


@dataclass(frozen=True, slots=True)
class CaseContent:
    """Everything that makes one version of a case what it is; equal contents have equal digests.

    `key` names the case through all its versions. `pictures` are the SHA-256, hex, of its JPEG files, cover
    first. `clusters` are names that it shares with related cases, such as "seller:262" or "case:d004"; it
    always belongs to "case:<key>" too. `provenance` is any JSON: source, licence, how it was labelled.
    """

    key: str
    pictures: tuple[str, ...]
    expected: Expectation = Expectation()
    split: Split = Split.DEV
    tier: Tier = Tier.METRIC
    language: str = "en"
    tags: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256, hex, of all of it in canonical JSON. Tags and clusters are sets."""
        everything = {
            "key": self.key,
            "pictures": self.pictures,
            "expected": self.expected.to_json(),
            "split": self.split,
            "tier": self.tier,
            "language": self.language,
            "tags": sorted(set(self.tags)),
            "clusters": sorted(set(self.clusters)),
            "provenance": storable(self.provenance),
        }
        text = json.dumps(everything, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def release_digest(case_digests: Iterable[str]) -> str:
    """SHA-256, hex, of the cases' digests, sorted, one a line. The database computes the same."""
    return hashlib.sha256("\n".join(sorted(case_digests)).encode()).hexdigest()


def storable(value: Any) -> Any:
    """The value as it comes back from a jsonb column: whole floats are integers. Raises ValueError."""
    if isinstance(value, Mapping):
        return {storable(key): storable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [storable(inner) for inner in value]
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("a number is too large")
        return int(value) if value.is_integer() else value
    if isinstance(value, str) and ("\0" in value or any("\ud800" <= char <= "\udfff" for char in value)):
        raise ValueError("a text holds a character that cannot be kept")
    return value
