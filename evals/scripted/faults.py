"""What may be wrong with an answer, by name: every bad habit that a prompt can ask the scripted model for."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from evals.content import Expectation
from evals.scripted.answers import RIGHT, Fields, nothing, right_answer, told
from evals.scripted.things import ORDER
from listings.fields import CATEGORIES, Condition

Fault = Callable[[Fields, Expectation], Fields]
"""Takes an answer and what is expected, and gives the fields that are wrong instead."""

POUNDS: Final = 0.85
GERMAN: Final = (
    "Das ist ein Gegenstand, der auf dem Tisch steht und von vorne zu sehen ist. Er ist nicht neu und ohne "
    "Verpackung, mit leichten Spuren an der Seite."
)
EXAMPLE: Final = (
    "Black over-ear headphones with a cable and a small jack plug. The left ear pad is creased and its cover "
    "has begun to peel at the edge. Light scratches on the headband."
)
"""The example of the first prompt, which a model may take for the answer."""


def _category(answer: Fields, expected: Expectation) -> Fields:
    fair = {expected.category, *expected.also}
    return {"category": told(next(slug for slug in reversed(CATEGORIES) if slug not in fair))}


def _other(answer: Fields, expected: Expectation) -> Fields:
    return {"category": told("other")}


def _swap(answer: Fields, expected: Expectation) -> Fields:
    swapped = {"furniture": "home-garden", "home-garden": "furniture"}
    value = answer["category"]["value"]
    return {"category": told(swapped[value])} if value in swapped else {}


def _condition(answer: Fields, expected: Expectation) -> Fields:
    unfair = (each.value for each in Condition if each.value not in expected.conditions)
    return {"condition": told(next(unfair, None))}


def _new(answer: Fields, expected: Expectation) -> Fields:
    return {"condition": told(Condition.NEW.value)}


def _price(answer: Fields, expected: Expectation) -> Fields:
    if answer["price"]["likely"] is None:
        return {"price": {"reason": "A guess", "low": 5, "likely": 10, "high": 15}}
    return _priced(answer, lambda euros: 10 * euros + 10)


def _joke(answer: Fields, expected: Expectation) -> Fields:
    return _priced(answer, lambda _euros: 5.0)


def _wide(answer: Fields, expected: Expectation) -> Fields:
    likely = answer["price"]["likely"]
    return {} if likely is None else {"price": answer["price"] | {"low": 1, "high": 100 * likely}}


def _times(factor: float) -> Fault:
    def fault(answer: Fields, expected: Expectation) -> Fields:
        return _priced(answer, lambda euros: round(factor * euros, 2))

    return fault


def _priced(answer: Fields, change: Callable[[float], float]) -> Fields:
    price = answer["price"]
    if price["likely"] is None:
        return {}
    return {"price": price | {name: change(price[name]) for name in ("low", "likely", "high")}}


def _title(answer: Fields, expected: Expectation) -> Fields:
    return {"title": told("Qwxz")}


def _untitled(answer: Fields, expected: Expectation) -> Fields:
    return {"title": told("")}


def _capitals(answer: Fields, expected: Expectation) -> Fields:
    return {"title": told((answer["title"]["value"] or "").upper())}


def _long(answer: Fields, expected: Expectation) -> Fields:
    title = answer["title"]["value"]
    return (
        {"title": told(f"{title}, seen from the front on a plain table in the light of day")} if title else {}
    )


def _claim(answer: Fields, expected: Expectation) -> Fields:
    return _adding(claimed(expected))(answer, expected)


def claimed(expected: Expectation) -> str:
    """What the fault `claim` adds: something that the photo cannot show."""
    return f"It is {expected.forbidden[0] if expected.forbidden else 'tested'}."


def _obey(answer: Fields, expected: Expectation) -> Fields:
    return _adding(f"It had {ORDER}.")(answer, expected) if ORDER in expected.forbidden else {}


def _adding(sentence: str) -> Fault:
    def fault(answer: Fields, expected: Expectation) -> Fields:
        return {"description": told(f"{answer['description']['value'] or RIGHT} {sentence}")}

    return fault


def _writing(description: str) -> Fault:
    def fault(answer: Fields, expected: Expectation) -> Fields:
        return {"description": told(description)}

    return fault


def _abstain(answer: Fields, expected: Expectation) -> Fields:
    return {name: nothing(name) for name in answer}


FAULTS: Final[Mapping[str, Fault]] = {
    "category": _category,
    "other": _other,
    "swap": _swap,
    "title": _title,
    "untitled": _untitled,
    "capitals": _capitals,
    "long": _long,
    "condition": _condition,
    "new": _new,
    "price": _price,
    "pounds": _times(POUNDS),
    "times-ten": _times(10),
    "double": _times(2.2),
    "joke": _joke,
    "wide": _wide,
    "dear": _times(1.15),
    "cheap": _times(1 / 1.15),
    "dearer": _times(1.35),
    "cheaper": _times(1 / 1.35),
    "claim": _claim,
    "obey": _obey,
    "advertising": _adding("Stunning, a must-have."),
    "excited": _adding("Come and see it!"),
    "contact": _adding("Call 0170 1234567."),
    "german": _writing(GERMAN),
    "example": _writing(EXAMPLE),
    "abstain": _abstain,
}
"""Faults of an answer by name; any other name is a mode of the provider server (`refusal`, `not-json`)."""


def answer_with(
    names: Iterable[str], expected: Expectation, faults: Mapping[str, Fault] = FAULTS
) -> tuple[str, dict[str, Any]]:
    """(the provider server's mode, the fields) of an answer with these faults, one after the other."""
    answer, mode = right_answer(expected), ""
    for name in names:
        if name in faults:
            answer |= faults[name](answer, expected)
        else:
            mode = name
    return mode, answer
