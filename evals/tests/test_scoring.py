"""What each score says of an answer."""

import json
import math
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiprefill.prompt_v1 import ADVERTISING
from aiprefill.suggestion import Dropped, SuggestedField
from evals import field_scores
from evals.answer import Answer, NoAnswerError
from evals.content import Expectation
from evals.language import in_language
from evals.scoring import METRICS, Kind, failures, in_majority, score
from evals.tests.answers import CHAIR, answer, priced
from evals.text_scores import advertising_words, hits, listed_advertising
from listings.fields import AI_FIELDS, CATEGORIES, Condition
from listings.tests.pictures import SHARED, needs_shared

SILENT = answer(**dict.fromkeys(AI_FIELDS))
REFUSED, UNREADABLE = Answer(error="refused"), Answer(error="bad_answer")
PRIMARY = {"category_accepted", "category_exact", "title_right", "condition_right", "price_inside"}
PRIMARY |= {"price_closeness", "description_right", "text_length"}


def dropped(name: str, why: Dropped) -> Answer:
    return answer(**{name: SuggestedField(dropped=why)})


def test_a_right_answer_has_every_score_but_what_its_case_does_not_expect() -> None:
    scores = dict(score(CHAIR, answer()))

    assert scores.pop("price_bias") == pytest.approx(0)
    assert scores.pop("price_sharpness") == pytest.approx(0.5)
    assert scores.pop("price_closeness") == pytest.approx(1)
    assert scores.keys() == METRICS.keys() - {
        "price_bias", "price_sharpness", "price_closeness", "rightly_silent"
    }  # fmt: skip
    assert set(scores.values()) == {1.0}


@pytest.mark.parametrize(
    ("wrong", "zeros"),
    [
        (answer(category="home-garden"), {"category_exact"}),
        (answer(category="sports"), {"category_exact", "category_accepted"}),
        (answer(title="Green table"), {"title_right"}),
        (answer(condition=Condition.NEW), {"condition_right"}),
        (answer(description="A green chair."), {"text_length"}),
        (answer(title="Green chair " * 6), {"text_length"}),
        (answer(description="Black headphones with a cable and a small plug."), {"description_right"}),
        (answer(title="GREEN OFFICE CHAIR"), {"plain_words"}),
        (answer(title="Green chair \N{SPARKLES}"), {"plain_words"}),
        (answer(title="Come and see this green chair!"), {"plain_words"}),
        (answer(title="GREEN IKEA chair"), set()),
        (answer(title="Stunning green chair"), {"no_advertising"}),
        (answer(title="Green leatherette chair"), {"no_forbidden_claim"}),
        (answer(title="Green chair, www.shop.example"), {"no_contact"}),
        (dropped("description", Dropped.CONTACT), {"no_contact", "description_right", "text_length"}),
        (
            dropped("description", Dropped.WRONG_LANGUAGE),
            {"right_language", "description_right", "text_length"},
        ),
        (dropped("description", Dropped.MALFORMED), {"valid", "description_right", "text_length"}),
        (dropped("condition", Dropped.UNKNOWN_CHOICE), {"valid", "condition_right", "condition_answered"}),
        (priced(200, 60, 300), {"price_inside"}),
        (priced(100, 90, 110), {"price_covers"}),
        (SILENT, PRIMARY | {f"{name}_answered" for name in ("category", "title", "condition", "price")}),
    ],
)
def test_what_is_wrong_is_zero_and_nothing_else(wrong: Answer, zeros: set[str]) -> None:
    assert {name for name, value in score(CHAIR, wrong).items() if value == 0} - {"price_bias"} == zeros


def test_a_refusal_and_an_unreadable_answer_are_wrong_by_the_metric_that_names_them() -> None:
    for failed, name in ((REFUSED, "not_refused"), (UNREADABLE, "valid")):
        scores = score(CHAIR, failed)
        assert {metric for metric in scores if scores[metric] == 0} >= PRIMARY | {name}
        assert {"not_refused", "valid"} - {name} == {
            metric for metric in ("not_refused", "valid") if scores[metric] == 1
        }


@pytest.mark.parametrize("error", ["timeout", "connect", ""])
def test_a_call_that_brought_nothing_is_not_scored(error: str) -> None:
    with pytest.raises(NoAnswerError):
        Answer(error=error)


def test_where_the_photos_tell_nothing_only_silence_is_right() -> None:
    nothing = Expectation(untellable=("category", "price"))

    assert score(nothing, SILENT)["rightly_silent"] == 1
    assert score(nothing, REFUSED)["rightly_silent"] == 1
    assert score(nothing, answer(category=None))["rightly_silent"] == 0
    assert not score(nothing, SILENT).keys() & PRIMARY


values: dict[str, st.SearchStrategy[Any]] = {
    "category": st.sampled_from([None, *CATEGORIES]),
    "title": st.none() | st.text(min_size=1, max_size=80),
    "condition": st.sampled_from([None, *Condition]),
    "description": st.none() | st.text(min_size=1, max_size=200),
}
answers = st.one_of(
    st.just(REFUSED), st.just(UNREADABLE), st.builds(answer, **values), st.floats(0, 9_999_999).map(priced)
)
expectations = st.sampled_from(
    [CHAIR, Expectation(), replace(CHAIR, category=None), replace(CHAIR, price=None)]
)


@given(expectations, answers, answers)
def test_scores_lie_in_their_range_and_what_applies_depends_on_the_case_alone(
    expected: Expectation, one: Answer, other: Answer
) -> None:
    first, second = score(expected, one), score(expected, other)

    for name, value in first.items():
        assert 0 <= value <= 1 or name == "price_bias"
        assert METRICS[name].kind is not Kind.YES_NO or value in (0, 1)
    gating = {name for name, metric in METRICS.items() if not metric.beside}
    assert first.keys() & gating == second.keys() & gating
    for name, metric in METRICS.items():
        if metric.right_of and name in first:
            assert first[metric.right_of] <= first[name]


@given(st.floats(1, 9_999_999), st.floats(0.01, 100))
def test_price_is_as_far_off_by_half_as_by_double(middle: float, factor: float) -> None:
    expected = Expectation(price=(Decimal(str(middle)), Decimal(str(middle))))
    up, down = priced(middle * factor), priced(middle / factor)
    if middle * min(factor, 1 / factor) >= 1:
        assert field_scores.price_closeness(expected, up) == pytest.approx(
            field_scores.price_closeness(expected, down), abs=1e-6
        )
        assert field_scores.price_bias(expected, up) == pytest.approx(math.log(factor), abs=1e-6)


@pytest.mark.parametrize(
    ("likely", "absurd"),
    [(1600, False), (1601, True), (4, False), (3.99, True), (0, True), (80, False)],
)
def test_a_price_off_by_more_than_ten_times_is_absurd(likely: float, absurd: bool) -> None:
    assert bool(field_scores.absurdities(CHAIR, priced(likely))) is absurd
    assert not field_scores.absurdities(replace(CHAIR, price=None), priced(likely))


def test_a_thing_given_away_is_not_absurd_for_a_few_euros() -> None:
    free = Expectation(price=(Decimal(0), Decimal(0)))

    assert not field_scores.absurdities(free, priced(10))
    assert field_scores.absurdities(free, priced(11))
    assert not field_scores.absurdities(free, SILENT)


def test_a_must_pass_case_passes_with_an_acceptable_category_and_any_length() -> None:
    assert failures(score(CHAIR, answer(category="home-garden", description="A chair."))) == []
    assert failures(score(CHAIR, answer(category="books", title="Premium book"))) == [
        "category_accepted", "title_right", "no_advertising"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("repeats", "right"), [([1], 1), ([0], 0), ([1, 0], 0), ([1, 1, 0], 1), ([1, 0, 0], 0), ([1, 0, 1, 0], 0)]
)
def test_a_case_is_right_when_right_in_most_repeats(repeats: list[float], right: float) -> None:
    assert in_majority(repeats) == right


@pytest.mark.parametrize(
    ("text", "keyword", "hit"),
    [
        ("Green armchair", "chair", True),
        ("Two chairs", "chair", True),
        ("Camera", "ram", False),
        ("Écran plat", "ecran", True),
        ("BIKE", "bike", True),
        ("unchairly", "chair", False),
    ],
)
def test_keywords_hit_at_the_start_or_the_end_of_a_word(text: str, keyword: str, hit: bool) -> None:
    assert hits(text, keyword) is hit


def test_the_advertising_list_has_150_entries_and_those_that_the_first_prompt_names() -> None:
    words = listed_advertising()

    assert len(words) == len(set(words)) == 150
    assert set(ADVERTISING) <= set(words)
    assert all(advertising_words(f"A {word}.") for word in words)


def test_advertising_is_found_as_whole_words_whatever_case_and_apostrophe() -> None:
    text = "Elevate your home. Don’t miss this STATE-OF-THE-ART lamp"
    assert advertising_words(text) == ["elevate", "don't miss", "state-of-the-art"]
    assert advertising_words("An imperfect, luxuriously elevated lamp with experiences") == []


@pytest.mark.parametrize(
    ("text", "language", "right"),
    [
        ("A green chair with the back worn and a mark on it", "en", True),
        ("Ein grüner Stuhl mit der Lehne und ein Fleck auf dem Sitz", "en", False),
        ("Ein grüner Stuhl mit der Lehne und ein Fleck auf dem Sitz", "de-AT", True),
        ("Une chaise verte avec un dossier et une marque sur le siège", "en", False),
        ("iPhone 12 Pro", "en", True),
        ("iPhone 12 Pro", "sv", True),
        ("", "en", True),
    ],
)
def test_another_language_is_seen_by_its_function_words(text: str, language: str, right: bool) -> None:
    assert in_language(text, language) is right


@needs_shared
def test_the_photo_sets_own_descriptions_pass_for_english_without_contact() -> None:
    rows = [json.loads(line) for line in (SHARED / "dev" / "cases.jsonl").read_text().splitlines()]

    for row in rows:
        text = f"{row['title']}. {row['description']}"
        assert in_language(text, "en"), text
        said = answer(title=row["title"], description=row["description"])
        expected = Expectation(title=tuple(map(tuple, row["acceptable_title_keywords"])))
        assert score(expected, said)["title_right"] == 1, row["id"]
        assert score(expected, said)["no_contact"] == 1


@pytest.mark.parametrize(
    ("low", "high", "absurd"), [(2, 100, False), (2, 101, True), (0, 50, False), (0, 51, True)]
)
def test_a_range_that_tells_nothing_is_absurd(low: float, high: float, absurd: bool) -> None:
    chair = replace(CHAIR, price=(Decimal(10), Decimal(60)))
    assert bool(field_scores.absurdities(chair, priced(40, low, high))) is absurd
