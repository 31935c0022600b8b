"""A model that knows every answer and errs at known rates, for benches, proofs and a demo without a key.

It reads its rates in the prompt itself, so that another prompt is another model. A line of the instructions:

    scripted: seed=7 category=.10 case.title=.05 not-json=.01

Each rate is the share of answers that have the fault, drawn anew for each answer; after `case.` the share of
cases whose answers all have it. The same seed draws the same faults for the same picture and repeat. What has
no rate is right. `Scripted` is the `answers` of a provider server's script: see `manage.py scripted_model`.
"""

import hashlib
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from evals.content import Expectation
from evals.models import Case
from listings.fields import CATEGORIES, Condition

Fields = dict[str, Any]
Fault = Callable[[Fields, Expectation], Fields]
"""Takes a right answer and what is expected, and gives the fields that are wrong instead."""

RIGHT: Final = (
    "It stands on a plain table in daylight and is shown from the front. Everything that can be seen in the "
    "photo is there. It has been used and kept indoors."
)
UNTOLD: Final = "The photo does not show it."


def right_answer(expected: Expectation) -> Fields:
    """The answer, in the form of `answer_schema`, that is right under every metric that applies."""
    title = " ".join(words[0] for words in expected.title)
    low, high = (float(bound) for bound in expected.price or (0, 0))
    told = expected.price is not None
    answer = {
        "title": _told(title.capitalize() or None),
        "category": _told(expected.category),
        "condition": _told(expected.conditions[0] if expected.conditions else None),
        "description": _told(RIGHT if expected.title else None),
        "price": {
            "reason": "What such things go for" if told else UNTOLD,
            "low": low if told else None,
            "likely": round((low * high) ** 0.5, 2) if told else None,
            "high": high if told else None,
        },
    }
    return answer | {name: _nothing(name) for name in expected.untellable}


def _told(value: str | None) -> Fields:
    return {"value": value, "reason": "" if value else UNTOLD}


def _nothing(name: str) -> Fields:
    return {"reason": UNTOLD, "low": None, "likely": None, "high": None} if name == "price" else _told(None)


def _category(answer: Fields, expected: Expectation) -> Fields:
    fair = {expected.category, *expected.also}
    return {"category": _told(next(slug for slug in reversed(CATEGORIES) if slug not in fair))}


def _condition(answer: Fields, expected: Expectation) -> Fields:
    unfair = (each.value for each in Condition if each.value not in expected.conditions)
    return {"condition": _told(next(unfair, None))}


def _price(answer: Fields, expected: Expectation) -> Fields:
    price = answer["price"]
    if price["likely"] is None:
        return {"price": {"reason": "A guess", "low": 5, "likely": 10, "high": 15}}
    return {"price": price | {name: 10 * price[name] + 10 for name in ("low", "likely", "high")}}


def _claim(answer: Fields, expected: Expectation) -> Fields:
    claim = expected.forbidden[0] if expected.forbidden else "tested"
    return {"description": _told(f"{RIGHT} It is {claim}.")}


def _title(answer: Fields, expected: Expectation) -> Fields:
    return {"title": _told("Qwxz")}


def _advertising(answer: Fields, expected: Expectation) -> Fields:
    return {"description": _told(f"{RIGHT} Stunning, a must-have.")}


def _abstain(answer: Fields, expected: Expectation) -> Fields:
    return {name: _nothing(name) for name in answer}


FAULTS: Final[Mapping[str, Fault]] = {
    "category": _category,
    "title": _title,
    "condition": _condition,
    "price": _price,
    "claim": _claim,
    "advertising": _advertising,
    "abstain": _abstain,
}
"""Faults of an answer by name; any other name is a mode of the provider server (`refusal`, `not-json`)."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What a prompt says of the model's errors: fault to share, per answer and per case."""

    seed: int = 0
    per_answer: Mapping[str, float] = field(default_factory=dict)
    per_case: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, instructions: str) -> "Rates":
        """The rates in a prompt's instructions; without the line, none. Raises ValueError for a bad one."""
        line = re.search(r"^scripted:(.*)$", instructions, re.MULTILINE)
        pairs = dict(word.split("=", 1) for word in line[1].split()) if line else {}
        seed = int(pairs.pop("seed", 0))
        shares = {name: float(share) for name, share in pairs.items()}
        per_case = {name.removeprefix("case."): rate for name, rate in shares.items() if "case." in name}
        return cls(seed, {name: rate for name, rate in shares.items() if "case." not in name}, per_case)

    def faults(self, picture: str, repeat: int) -> list[str]:
        """The faults that the answer to this picture has in this repeat."""
        drawn = [name for name, rate in self.per_answer.items() if self._draw(name, picture, repeat) < rate]
        return drawn + [name for name, rate in self.per_case.items() if self._draw(name, picture, 0) < rate]

    def _draw(self, *parts: object) -> float:
        """From 0 to below 1, the same for the same parts."""
        text = ":".join(map(str, (self.seed, *parts)))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) / 2**64


class Scripted:
    """Answers requests about known pictures. Threads share it.

    `expected` is by the SHA-256 of the case's first picture as it is sent. The n-th answer of one prompt
    about one picture counts as repeat n: requests do not tell. An unknown picture gets an empty answer.
    """

    def __init__(self, expected: Mapping[str, Expectation], faults: Mapping[str, Fault] = FAULTS) -> None:
        self._expected = expected
        self._faults = faults
        self._asked: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def __call__(self, body: dict[str, Any]) -> tuple[str, Fields]:
        """(the server's mode, the fields) for a request's body; see `Script.answers`."""
        instructions = str(body.get("instructions"))
        picture = _first_picture(body)
        with self._lock:
            self._asked[instructions, picture] += 1
            repeat = self._asked[instructions, picture]
        expected = self._expected.get(picture, Expectation())
        answer, mode = right_answer(expected), ""
        for name in Rates.of(instructions).faults(picture, repeat):
            if name in self._faults:
                answer |= self._faults[name](answer, expected)
            else:
                mode = name
        return mode, answer


def expectations(cases: Iterable[Case]) -> dict[str, Expectation]:
    """What `Scripted` knows of these cases, whose pictures are no larger than a prompt sends them."""
    return {file.sha256: case.expectation for case in cases for file in case.files.all()[:1]}


def _first_picture(body: dict[str, Any]) -> str:
    content = (part for turn in body.get("input", []) for part in turn.get("content", []))
    pictures = (part["image_url"]["sha256"] for part in content if part.get("type") == "input_image")
    return next(pictures, "")
