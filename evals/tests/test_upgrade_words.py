"""A report as Markdown: the same for the same figures, and whole whatever a model said."""

import re
from copy import deepcopy
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.upgrade.words import markdown, money, safe


def estimate(value: float, spread: float = 0.0) -> dict[str, float]:
    return {"value": value, "low": value - spread, "high": value + spread}


FIGURES: Final[dict[str, Any]] = {
    "status": "inconclusive",
    "verdict": 7,
    "release": "main@2",
    "split": "gate",
    "repeats": 3,
    "reasons": ["title_right may lose more than its margin of 5.0 points."],
    "warnings": [],
    "mark": "",
    "changed": [
        {"part": "model", "lines": [{"change": "gone", "text": "-a"}, {"change": "new", "text": "+b"}]}
    ],
    "traffic": {
        "days": 30.0,
        "readings": 900,
        "calls": 1000,
        "listings": 400,
        "cost_micros": 1_700_000,
        "unpriced": 2,
        "calls_per_listing": 2.5,
    },
    "before": {
        "version": 1,
        "name": "v1 · openai a",
        "model": "a",
        "run": 4,
        "aa": 6,
        "errors": [],
        "results": 360,
    },
    "after": {
        "version": 3,
        "name": "v3 · openai b",
        "model": "b",
        "run": 5,
        "aa": None,
        "errors": [{"error": "refused", "count": 3, "said": ""}],
        "results": 360,
    },
    "cases": 120,
    "must_pass": 4,
    "broken_must_pass": [],
    "metrics": [
        {
            "name": "title_right",
            "is_share": True,
            "cases": 120,
            "before": 0.9,
            "after": 0.875,
            "change": -0.025,
            "interval": [-0.08, 0.03],
            "margin": 0.05,
            "smallest": 0.07,
            "regressed": 6,
            "improved": 3,
        },
        {
            "name": "price_closeness",
            "is_share": False,
            "cases": 110,
            "before": 0.8,
            "after": 0.81,
            "change": 0.01,
            "interval": None,
            "margin": None,
            "watched": True,
            "smallest": None,
            "regressed": 0,
            "improved": 0,
        },
    ],
    "noise": [{"metric": "title_right", "flips": 9, "before": 5, "after": None}],
    "costs": [
        {"unit": "answer", "before": estimate(1700, 40), "after": None, "change": None},
        {"unit": "month", "before": estimate(1_700_000.0), "after": None, "change": None},
    ],
    "times": [
        {"unit": "mean", "before": estimate(2.0, 0.5), "after": estimate(1.5), "change": estimate(-0.5, 0.2)}
    ],
    "worst": [
        {
            "key": "d004",
            "metrics": ["category_accepted", "title_right"],
            "fields": [{"field": "category", "expected": "books", "before": "books", "after": "toys"}],
        }
    ],
}

REPORT: Final = """\
# b: INCONCLUSIVE

v3 · openai b against production, v1 · openai a.
On main@2, gate, 3 repeats; runs 4, 5.

## What changed

model:

    -a
    +b

## The gate says INCONCLUSIVE

- title_right may lose more than its margin of 5.0 points.
- 3 of 360 results of v3 · openai b ended with refused.

## What it gets right

120 cases are averaged, 4 must pass and are judged one by one.

| metric | cases | before | after | change | 95 % interval | margin | lost / won |
|---|---|---|---|---|---|---|---|
| title right | 120 | 90.0 % | 87.5 % | -2.5 % | -8.0 % to +3.0 % | 5.0 % | 6 / 3 |
| price closeness | 110 | 0.800 | 0.810 | +0.010 | too few | watched |  |

## Flips and noise

Cases that one run has right and the other wrong. Asked the same once more, a version flips too: flips \
that are no more than that show no change.

| metric | between the two | before, against itself | after, against itself |
|---|---|---|---|
| title right | 9 | 5 | not run |

## Cost

In the last 30 days there were 1,000 calls for 900 readings and 400 posted listings: 2.50 calls a listing, \
with retries and drafts that were given up. The bill was $1.70, without 2 unpriced calls.
b is unpriced: no price of it is known, so nothing is said of its cost.

| cost of | before | after | change |
|---|---|---|---|
| an answer | $0.00170 ($0.00166 to $0.00174) | – | – |
| 30 days | $1.70 | – | – |

## Time

| time of | before | after | change |
|---|---|---|---|
| an answer, on average | 2.00 s (1.50 s to 2.50 s) | 1.50 s | -0.50 s (-0.70 s to -0.30 s) |

## What was lost

| case | lost | expected | before | after |
|---|---|---|---|---|
| d004 | category accepted, title right | category: books | category: books | category: toys |

## What this does not say

- Of title right, a loss under 7 points stays unseen more than one time in five.
- The noise of a version that was not asked once more (A/A) is not known.
- Sellers took no part: what they would keep, and how many would post, was not measured.
- The intervals of cost and time are of the cases. The traffic is taken to stay as it was.
- Retries are in the calls a listing and in an answer's cost: many make the forecast too high.
- Prices are those in the list of this program; a provider's speed changes by the hour.
- A signature moves nothing: production moves by manage.py promote and its rules.
"""


def test_the_whole_report() -> None:
    assert markdown(FIGURES) == REPORT


def test_a_report_from_before_metrics_were_watched_stays_as_it_was() -> None:
    old = deepcopy(FIGURES)
    for each in old["metrics"]:
        each.pop("watched", None)
    assert markdown(old) == REPORT.replace("| watched |", "|  |")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"calls": 0}, "No traffic yet"),
        ({"calls_per_listing": None, "days": 1.0}, "In the last day there were 1,000 calls"),
        ({"calls_per_listing": None}, "no listing was posted yet"),
    ],
)
def test_the_traffic_is_told_as_it_is(asked: dict[str, Any], words: str) -> None:
    assert words in markdown(FIGURES | {"traffic": FIGURES["traffic"] | asked})


TEXTS: Final = st.text(max_size=60) | st.sampled_from(
    [
        "a | b",
        "[x](javascript:alert(1))",
        "<script>alert(1)</script>",
        "x\n# PASS\n",
        "`x`",
        "![x](y)",
        "&lt;",
    ]
)


@given(TEXTS, TEXTS, TEXTS)
def test_no_text_becomes_markup(key: str, answered: str, said: str) -> None:
    told = deepcopy(FIGURES)
    told["worst"][0] |= {"key": key}
    told["worst"][0]["fields"][0] |= {"after": answered}
    told["reasons"] = [said]
    told["after"] |= {
        "model": said,
        "name": key,
        "errors": [{"error": "bad_request", "count": 1, "said": answered}],
    }
    text = markdown(told)
    lines, plain = text.splitlines(), markdown(FIGURES).splitlines()
    assert len(lines) == len(plain)
    for line, before in zip(lines, plain, strict=True):
        if before.startswith("|"):
            assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) == before.count("|")
        assert line.startswith("#") == before.startswith("#")
    assert not re.search(r"(?<!\\)(?:\\\\)*[<`\[]", text)


@given(st.text(alphabet=st.characters(categories=["L", "N"]), max_size=30))
def test_words_stay_as_they_are(text: str) -> None:
    assert safe(text) == text


def test_money_is_told_with_as_many_decimals_as_it_needs() -> None:
    assert [money(each) for each in (0, 12, 120_000, 1_234_567_890)] == [
        "$0.00",
        "$0.00001",
        "$0.120",
        "$1,234.57",
    ]
    assert (money(-1250, sign=True), money(1250, sign=True)) == ("-$0.00125", "+$0.00125")
