"""Suggestions and expectations for the tests of scores."""

from decimal import Decimal
from typing import Any, Final

from aiprefill.suggestion import PriceRange, SuggestedField, Suggestion
from evals.answer import Answer
from evals.content import Expectation
from listings.fields import Condition

CHAIR: Final = Expectation(
    category="furniture",
    also=("home-garden",),
    title=(("chair", "seat"), ("green",)),
    price=(Decimal(40), Decimal(160)),
    conditions=(Condition.GOOD, Condition.LIKE_NEW),
    forbidden=("leather",),
)

_TOLD: Final[dict[str, Any]] = {
    "title": "Green office armchair",
    "category": "furniture",
    "condition": Condition.GOOD,
    "description": "A green office chair with a grey mesh back. The seat is worn at the front edge.",
    "price": PriceRange(Decimal(60), Decimal(80), Decimal(120)),
}


def suggestion(**changes: Any) -> Suggestion:
    """A right answer to `CHAIR`, with some fields' values or whole `SuggestedField`s changed."""
    values = _TOLD | changes
    return Suggestion(
        **{
            name: value if isinstance(value, SuggestedField) else SuggestedField(value)
            for name, value in values.items()
        }
    )


def answer(**changes: Any) -> Answer:
    """The same as an answer to be scored."""
    return Answer(suggestion(**changes))


def priced(likely: float, low: float | None = None, high: float | None = None) -> Answer:
    """The same at another price."""
    low, high = low if low is not None else likely, high if high is not None else likely
    return answer(price=PriceRange(*(Decimal(str(euros)) for euros in (low, likely, high))))
