"""A comparison's JSON as a page shows it: every interval at its place, what broke and what did not."""

import json
from typing import Any

import pytest

from evals import evidence
from evals.comparison import DECLARED, compare
from evals.evidence import Evidence
from evals.run_scores import RunScores
from evals.tests.runs import case, flipped, run


def read(
    before: RunScores, after: RunScores, margins: dict[str, float] | None = None, **more: Any
) -> Evidence:
    """As the database gives it back; `more` is of the decision beside its comparison."""
    told: dict[str, Any] = {"comparison": compare(before, after, draws=200).to_json()}
    if margins is not None:
        told["margins"] = {"of": margins, "mark": "Wide.", "watched": more.pop("watched", [])}
    told |= more
    found = evidence.read(json.loads(json.dumps(told)), DECLARED)
    assert found
    return found


def test_a_loss_stands_left_of_zero_with_its_interval_around_it() -> None:
    read_ = read(*flipped(200, lost=20, won=4), {"title_right": 0.05, "category_accepted": 0.05})
    assert [row.metric for row in read_.declared.rows] == ["category_accepted", "title_right"]
    category, title = read_.declared.rows
    assert (category.change, len(category.regressed), len(category.improved)) == (-0.08, 20, 4)
    assert read_.declared.axis.end == 0.2  # the interval ends at -13 points
    plot = category.plot
    assert plot
    assert plot.low is not None
    assert plot.high is not None
    assert plot.low < plot.point == 30 < plot.high < 50
    assert plot.margin == 37.5
    assert plot.width == plot.high - plot.low
    assert (category.is_within_margin, title.is_within_margin) == (False, True)
    assert {row.is_within_margin for row in read_.others.rows} == {None}
    assert (read_.mark, read_.too_few) == ("Wide.", False)


def test_what_is_watched_has_its_own_table_and_no_margin() -> None:
    reasons = [{"check": "watched", "metric": "no_contact"}, {"check": "not_shown", "metric": "title_right"}]
    read_ = read(
        *flipped(200, lost=20, won=0, metric="no_contact"),
        {"title_right": 0.05},
        watched=["not_refused", "no_contact", "once_counted"],
        reasons=reasons,
    )
    assert [row.metric for row in read_.declared.rows] == ["title_right"]
    assert [(row.metric, row.margin) for row in read_.watched.rows] == [
        ("no_contact", None),
        ("not_refused", None),
    ]
    assert [row.metric for row in read_.rows if row.is_worse] == ["no_contact"]
    names = [row.metric for row in read_.rows]
    assert len(names) == len(set(names))
    assert {row.metric for row in read_.others.rows}.isdisjoint({"no_contact", "not_refused", "title_right"})


def test_without_margins_the_declared_metrics_come_first() -> None:
    read_ = read(*flipped(30, lost=1, won=0))
    assert {row.metric for row in read_.declared.rows} == set(DECLARED)
    assert not read_.watched.rows
    closeness = next(row for row in read_.declared.rows if row.metric == "price_closeness")
    assert closeness.interval is None
    assert closeness.plot
    assert (closeness.plot.low, closeness.plot.width) == (None, 0.0)
    assert read_.too_few
    assert all(row.too_few for row in read_.declared.rows)


@pytest.mark.parametrize(("wrong", "broken"), [((0, 1, 1), 0), ((0, 0, 1), 1), ((0, 0, 0), 1)])
def test_a_must_pass_case_breaks_by_majority(wrong: tuple[int, ...], broken: int) -> None:
    before = {"must": case("must", must_pass=True), "other": case("other")}
    after = before | {"must": case("must", must_pass=True, title_right=wrong)}
    read_ = read(run(before), run(after))
    assert (read_.must_pass, len(read_.broken)) == (1, broken)
    assert [(each.case, each.wrong, each.metrics) for each in read_.broken] == [
        ("must", wrong.count(0), ["title_right"])
    ][:broken]
