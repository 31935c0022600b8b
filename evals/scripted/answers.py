"""The right answer to what is expected, as the JSON that a model sends."""

from typing import Any, Final

from evals.content import Expectation

Fields = dict[str, Any]

RIGHT: Final = (
    "It stands on a plain table in daylight and is shown from the front. Everything that can be seen in the "
    "photo is there. It has been used and kept indoors."
)
UNTOLD: Final = "The photo does not show it."


def right_answer(expected: Expectation) -> Fields:
    """The answer, in the form of `answer_schema`, that is right under every metric that applies."""
    title = " ".join(words[0] for words in expected.title)
    low, high = (float(bound) for bound in expected.price or (0, 0))
    priced = expected.price is not None
    answer = {
        "title": told(title.capitalize() or None),
        "category": told(expected.category),
        "condition": told(expected.conditions[0] if expected.conditions else None),
        "description": told(f"{title.capitalize()}. {RIGHT}" if title else None),
        "price": {
            "reason": "What such things go for" if priced else UNTOLD,
            "low": low if priced else None,
            "likely": round((low * high) ** 0.5, 2) if priced else None,
            "high": high if priced else None,
        },
    }
    return answer | {name: nothing(name) for name in expected.untellable}


def told(value: str | None) -> Fields:
    """A field's JSON with this value; None: it could not be told."""
    return {"value": value, "reason": "" if value else UNTOLD}


def nothing(name: str) -> Fields:
    """The JSON of the field `name` left empty."""
    return {"reason": UNTOLD, "low": None, "likely": None, "high": None} if name == "price" else told(None)
