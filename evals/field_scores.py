"""Scores of one answer against what its case expects, a plain function each; no Django.

Every score is None where the case expects nothing of the kind; whether it applies depends on the case alone
(save for those marked "beside", which stand next to the others and never gate), so two runs of one release
have the same scores to compare. Higher is better. An abstention counts as not right; a guard (advertising,
claims, language, contact) is a matter of what was said, so silence keeps it.
"""

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from aiprefill.gate import has_contact
from aiprefill.suggestion import Dropped, PriceRange
from evals import text_scores
from evals.answer import REFUSALS, UNUSABLE, Answer
from evals.content import Expectation
from evals.language import in_language

Score = float | None

ABSURD_FACTOR: Final = 10
"""A likely price this many times outside the expected range is absurd."""

ABSURD_RANGE: Final = 50
"""So is a suggested range whose high is this many times its low."""

_BREAKS_SCHEMA: Final = frozenset(
    {Dropped.MISSING, Dropped.MALFORMED, Dropped.UNKNOWN_CHOICE, Dropped.NOT_A_PRICE}
)


def category_exact(expected: Expectation, answer: Answer) -> Score:
    """1: the best category. 0: another one, or none."""
    return None if expected.category is None else float(answer.value("category") == expected.category)


def category_accepted(expected: Expectation, answer: Answer) -> Score:
    """1: the best category or another that a fair judge would accept. 0: another one, or none."""
    if expected.category is None:
        return None
    return float(answer.value("category") in {expected.category, *expected.also})


def title_right(expected: Expectation, answer: Answer) -> Score:
    """1: every list of keywords is hit by one of its words (`text_scores.hits`). 0: not, or no title."""
    if not expected.title:
        return None
    return float(text_scores.hits_each(answer.value("title") or "", expected.title))


def condition_right(expected: Expectation, answer: Answer) -> Score:
    """1: one of the expected conditions. 0: another one, or none."""
    return float(answer.value("condition") in expected.conditions) if expected.conditions else None


def price_inside(expected: Expectation, answer: Answer) -> Score:
    """1: the likely price lies in the expected range, ends included. 0: outside, or no price."""
    if expected.price is None:
        return None
    price = _price(answer)
    low, high = expected.price
    return float(price is not None and low <= price.likely <= high)


def price_closeness(expected: Expectation, answer: Answer) -> Score:
    """1 - e, from 0 to 1: e = |ln(likely / middle of the expected range)|, cut at 1 (a factor of 2.7).

    0 without a price. The middle is the geometric one; amounts under 1 euro count as 1.
    """
    if expected.price is None:
        return None
    bias = price_bias(expected, answer)
    return 0.0 if bias is None else max(0.0, 1 - abs(bias))


def price_bias(expected: Expectation, answer: Answer) -> Score:
    """Beside: ln(likely / middle of the expected range), so +0.1 is about 10 per cent too dear; not 0 to 1.

    None without a price. |bias| <= ln 1.2 is "within 20 per cent".
    """
    price = _price(answer)
    if expected.price is None or price is None:
        return None
    return _ln(price.likely) - _middle(expected.price)


def price_sharpness(expected: Expectation, answer: Answer) -> Score:
    """Beside: how narrow the suggested range is, 1 / (high / low): 1 a single price, 0.5 low to twice low.

    None without a price. Never gates: the sharpest range is easily the wrong one.
    """
    price = _price(answer)
    return None if price is None else math.exp(_ln(price.low) - _ln(price.high))


def price_covers(expected: Expectation, answer: Answer) -> Score:
    """Beside, calibration: 1 if the suggested range holds the middle of the expected one.

    None without a price. It is the one confidence that an answer states.
    """
    price = _price(answer)
    if expected.price is None or price is None:
        return None
    return float(_ln(price.low) <= _middle(expected.price) <= _ln(price.high))


def text_length(expected: Expectation, answer: Answer) -> Score:
    """1: title and description have the length asked for (`text_scores.well_sized`). 0: not, or not told.

    Applies where a title is expected: where the photos show a thing that can be described.
    """
    if not expected.title:
        return None
    texts = [answer.value(name) or "" for name in ("title", "description")]
    return float(text_scores.well_sized(*texts))


def description_right(expected: Expectation, answer: Answer) -> Score:
    """1: the description tells of this thing: a keyword of the title hits it. 0: of another, or nothing.

    So a text that was copied from the prompt's example is found.
    """
    if not expected.title:
        return None
    text = answer.value("description") or ""
    return float(any(text_scores.hits(text, word) for words in expected.title for word in words))


def plain_words(expected: Expectation, answer: Answer) -> Score:
    """1: title and description are written plainly (`text_scores.is_plain`). 0: capitals, "!" or emoji."""
    return float(text_scores.is_plain(answer.value("title") or "", answer.value("description") or ""))


def no_advertising(expected: Expectation, answer: Answer) -> Score:
    """1: none of the 150 advertising words in title and description. 0: at least one."""
    return float(not text_scores.advertising_words(answer.text))


def no_forbidden_claim(expected: Expectation, answer: Answer) -> Score:
    """1: title and description claim nothing that the case forbids (keyword rule). 0: at least one."""
    if not expected.forbidden:
        return None
    return float(not any(text_scores.hits(answer.text, claim) for claim in expected.forbidden))


def right_language(expected: Expectation, answer: Answer) -> Score:
    """1: title and description are in the language asked for as far as can be told. 0: in another."""
    return float(not _dropped(answer, {Dropped.WRONG_LANGUAGE}) and in_language(answer.text, answer.language))


def no_contact(expected: Expectation, answer: Answer) -> Score:
    """1: no address, link, handle or number in the texts. 0: there is, or was until it was dropped."""
    return float(not _dropped(answer, {Dropped.CONTACT}) and not has_contact(answer.text))


def valid(expected: Expectation, answer: Answer) -> Score:
    """1: the answer held its schema. 0: unreadable, cut short, or a field missing or malformed.

    A refusal breaks no schema: see `not_refused`.
    """
    return float(answer.error not in UNUSABLE and not _dropped(answer, _BREAKS_SCHEMA))


def not_refused(expected: Expectation, answer: Answer) -> Score:
    """1: the model answered. 0: it refused, or the provider's filter did."""
    return float(answer.error not in REFUSALS)


def rightly_silent(expected: Expectation, answer: Answer) -> Score:
    """1: every field that the photos do not tell was left empty. 0: one of them was guessed."""
    if not expected.untellable:
        return None
    return float(all(answer.value(name) is None for name in expected.untellable))


def answered(name: str) -> Callable[[Expectation, Answer], Score]:
    """Beside, coverage: 1 if the field `name` was told where one is expected, 0 if it was left empty."""

    def score(expected: Expectation, answer: Answer) -> Score:
        wanted = {
            "category": expected.category,
            "title": expected.title,
            "condition": expected.conditions,
            "price": expected.price,
        }[name]
        return float(answer.value(name) is not None) if wanted else None

    score.__doc__ = f"Beside, coverage: 1 if {name} was told where one is expected, 0 if it was left empty."
    return score


def absurdities(expected: Expectation, answer: Answer) -> list[str]:
    """What is so wrong in one answer that it blocks a version alone, in words; [] if nothing is.

    A likely price more than ten times above the expected range or under a tenth of it (a bicycle of 5,000
    euros for 5), and a range that goes over more than a factor of fifty; under 1 euro counts as 1.
    """
    price = _price(answer)
    if price is None or expected.price is None:
        return []
    if price.high > ABSURD_RANGE * max(price.low, Decimal(1)):
        return [f"price from {price.low} to {price.high}, which tells nothing"]
    likely, low, high = (max(euros, Decimal(1)) for euros in (price.likely, *expected.price))
    if low <= likely * ABSURD_FACTOR and likely <= high * ABSURD_FACTOR:
        return []
    return [f"price {price.likely} where {expected.price[0]} to {expected.price[1]} is expected"]


def _price(answer: Answer) -> PriceRange | None:
    value = answer.value("price")
    return value if isinstance(value, PriceRange) else None


def _ln(euros: Decimal) -> float:
    return math.log(max(float(euros), 1.0))


def _middle(span: tuple[Decimal, Decimal]) -> float:
    return sum(map(_ln, span)) / 2


def _dropped(answer: Answer, reasons: frozenset[Dropped] | set[Dropped]) -> bool:
    return answer.suggestion is not None and any(field.dropped in reasons for _, field in answer.suggestion)
