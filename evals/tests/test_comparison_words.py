"""Comparisons as words: signs, units, and what is not known."""

import pytest

from evals.evidence import Paired, Row
from evals.templatetags import comparisons as words


def row(is_share: bool = True, **changes: object) -> Row:
    values = {
        "metric": "title_right",
        "is_share": is_share,
        "cases": 120,
        "before": 0.9,
        "after": 0.85,
        "change": -0.05,
        "interval": (-0.081, 0.0),
        "lower": -0.07,
        "upper": -0.01,
        "p": 0.04,
        "p_holm": None,
        "smallest": 0.06,
        "margin": 0.05,
        "regressed": (),
        "improved": (),
        "too_few": False,
    }
    return Row(**values | changes)  # type: ignore[arg-type]


def test_shares_are_told_in_points() -> None:
    assert (words.before(row()), words.after(row()), words.change(row())) == ("90.0 %", "85.0 %", "−5.0")
    assert (words.interval(row()), words.bounds(row())) == ("−8.1 to +0.0", "−7.0 to −1.0")
    assert (words.margin(row()), words.sees(row())) == ("−5.0", "6.0 %")
    assert words.in_words(row()) == "change −5.0, interval −8.1 to +0.0, margin −5.0"


def test_scores_are_told_in_their_unit_and_what_is_missing_is_said() -> None:
    bare = row(is_share=False, interval=None, lower=None, upper=None, smallest=None, margin=None)
    assert (words.before(bare), words.change(bare)) == ("0.900", "−0.050")
    assert (words.interval(bare), words.bounds(bare)) == ("too few cases", "too few cases")
    assert (words.margin(bare), words.sees(bare)) == ("–", "–")
    assert words.in_words(bare) == "change −0.050, interval too few cases"


@pytest.mark.parametrize(("p", "said"), [(None, "–"), (0.0004, "< .001"), (0.0412, ".041"), (1.0, "1.000")])
def test_a_chance_has_three_places(p: float | None, said: str) -> None:
    assert words.chance(p) == said


def test_what_rounds_to_nothing_is_not_less() -> None:
    assert (words.signed(-0.0001, True), words.signed(-1e-9, False)) == ("+0.0", "+0.000")
    assert words.signed_seconds(-0.001) == "+0.00 s"


def test_cost_and_time_have_their_units() -> None:
    told = Paired(800, 823, 23, (-14.3, 32.2))
    assert words.signed_dollars(told.change) == "+$0.00002"
    assert words.dollars_range(told) == "−$0.00001 to +$0.00003"
    assert words.seconds_range(Paired(2, 1.5, -0.5, (-0.75, -0.25))) == "−0.75 s to −0.25 s"
    assert words.seconds_range(Paired(2, 1.5, -0.5, None)) == "too few cases"
    assert words.end(0.2) == "20"


def test_every_status_has_its_colour() -> None:
    said = {status: (words.status_colour(status), words.status_label(status)) for status in words.WORDS}
    assert said == {
        "pass": ("done", "pass"),
        "fail": ("failed", "fail"),
        "inconclusive": ("open", "inconclusive"),
        "broken": ("failed", "broken"),
    }
