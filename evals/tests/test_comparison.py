"""Two runs compared case by case."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import wilcoxon

from evals import statistics
from evals.comparison import ENOUGH, compare
from evals.run_scores import NotComparableError, RunScores
from evals.scoring import Judge
from evals.tests.runs import by_judge, case, flipped, run


def test_a_yes_no_metric_is_told_by_its_flips() -> None:
    base, cand = flipped(250, lost=9, won=4)
    told = compare(base, cand).metrics["category_accepted"]

    assert (told.baseline, told.candidate) == (246 / 250, 241 / 250)
    assert told.difference == pytest.approx(-0.02)
    assert told.regressed == tuple(f"c{index:03}" for index in range(9))
    assert told.improved == tuple(f"c{index:03}" for index in range(9, 13))
    assert told.interval == statistics.tango_interval(9, 4, 250)
    assert (told.lower, told.upper) == (
        statistics.tango_lower(9, 4, 250, 0.05),
        statistics.tango_upper(9, 4, 250, 0.05),
    )
    assert told.p == statistics.midp((-1,) * 9 + (1,) * 4)
    assert told.smallest == statistics.smallest_share_difference(250, 13 / 250)


@given(st.integers(0, 8), st.integers(0, 8))
@settings(max_examples=20)
def test_exchanging_the_runs_turns_every_sign(lost: int, won: int) -> None:
    base, cand = flipped(120, lost, won, "title_right")
    there = compare(base, cand, draws=50).metrics["title_right"]
    back = compare(cand, base, draws=50).metrics["title_right"]

    assert there.difference == -back.difference
    assert there.interval is not None
    assert back.interval is not None
    assert there.interval == pytest.approx((-back.interval.high, -back.interval.low))
    assert there.p == back.p
    assert (there.regressed, there.improved) == (back.improved, back.regressed)


def test_a_case_is_right_when_right_in_most_repeats_and_absent_where_nothing_is_expected() -> None:
    base = {key: case(key) for key in "abc"}
    cand = base | {"a": case("a", title_right=[0, 1, 0]), "b": case("b", title_right=[0, 1, 1])}
    silent = {name: 1.0 for name in base["c"].scores[0] if name != "title_right"}
    base["d"] = cand["d"] = replace(case("d"), scores=(silent,) * 3)

    told = compare(run(base), run(cand)).metrics["title_right"]
    assert (told.cases, told.regressed, told.improved) == (3, ("a",), ())
    assert "rightly_silent" not in compare(run(base), run(cand)).metrics


def closeness(n: int, shift: float, **fields: Any) -> tuple[RunScores, RunScores]:
    random = np.random.default_rng(5)
    before = random.beta(6, 3, n)
    after = np.clip(before + random.normal(shift, 0.1, n), 0, 1)
    keys = [f"c{index:03}" for index in range(n)]
    runs = (
        {
            key: case(key, price_closeness=float(each), **fields)
            for key, each in zip(keys, values, strict=True)
        }
        for values in (before, after)
    )
    base, cand = map(run, runs)
    return base, cand


def test_a_continuous_metric_is_compared_by_its_median_and_wilcoxons_ranks() -> None:
    base, cand = closeness(150, -0.1)
    told = compare(base, cand).metrics["price_closeness"]
    before, after = (
        np.array([each.scores[0]["price_closeness"] for each in r.cases.values()]) for r in (base, cand)
    )

    assert told.difference == pytest.approx(np.median(after) - np.median(before))
    assert told.interval is not None
    assert told.lower is not None
    assert told.upper is not None
    assert told.interval.low < told.lower < told.difference < told.upper < told.interval.high
    assert told.p == pytest.approx(float(wilcoxon(after - before).pvalue))
    assert told.p_worse is not None
    assert told.p_worse < 0.01


def test_a_continuous_metric_of_too_few_cases_gets_no_verdict() -> None:
    for n in (ENOUGH - 1, ENOUGH):
        told = compare(*closeness(n, -0.1)).metrics["price_closeness"]
        assert told.too_few is (n < ENOUGH)
        assert all(
            (bound is None) is (n < ENOUGH) for bound in (told.interval, told.lower, told.p, told.p_worse)
        )
    few = compare(*flipped(40, 2, 1))
    assert few.too_few
    assert few.cost is not None
    assert few.cost.interval is None
    assert few.metrics["category_accepted"].interval is not None


def test_cases_of_one_cluster_count_for_less() -> None:
    base, cand = flipped(200, lost=20, won=4)
    alone = compare(base, cand).metrics["category_accepted"]

    def clustered(each: RunScores) -> RunScores:
        cases = {key: replace(c, cluster=str(int(key[1:]) // 4)) for key, c in each.cases.items()}
        return replace(each, cases=cases)

    together = compare(clustered(base), clustered(cand)).metrics["category_accepted"]
    assert together.difference == alone.difference
    assert together.design_effect > 3
    assert together.interval is not None
    assert alone.interval is not None
    assert together.interval.low < alone.interval.low
    assert together.interval.high > alone.interval.high
    assert together.p == statistics.midp((-4,) * 5 + (4,))
    assert alone.p == statistics.midp((-1,) * 20 + (1,) * 4)


def test_many_cases_of_few_clusters_prove_nothing() -> None:
    base, cand = ({f"c{i:03}": case(f"c{i:03}", cluster=str(i // 10)) for i in range(250)} for _ in range(2))
    told = compare(run(base), run(cand)).metrics
    assert told["category_accepted"].lower == statistics.tango_lower(0, 0, 25, 0.05)
    assert told["category_accepted"].lower < -0.05
    assert told["price_closeness"].lower is None


def test_holm_goes_over_the_declared_metrics_alone() -> None:
    base, cand = flipped(120, lost=9, won=1)
    metrics = compare(base, cand, ["category_accepted", "title_right"], draws=50).metrics

    assert metrics["category_accepted"].p_holm == pytest.approx(2 * statistics.midp((-1,) * 9 + (1,) * 1))
    assert metrics["title_right"].p_holm == 1
    assert metrics["no_contact"].p_holm is None


def test_cost_and_latency_are_paired_over_the_cases_that_have_them() -> None:
    base = {f"c{i:03}": case(f"c{i:03}", cost=800.0 + i, latency=2.0) for i in range(120)}
    cand = {key: replace(each, cost=(each.cost or 0) + 50, latency=None) for key, each in base.items()}
    cand["c000"] = replace(cand["c000"], cost=None)
    told = compare(run(base), run(cand))

    assert told.latency is None
    assert told.cost is not None
    assert told.cost.cases == 119
    assert told.cost.difference == pytest.approx(50)
    assert told.cost.interval == pytest.approx((50, 50))


def test_must_pass_cases_stand_apart_from_the_averages() -> None:
    base, cand = flipped(120, lost=3, won=0)
    key = "c119"
    wrong = case(key, must_pass=True, no_contact=[0, 0, 1], valid=[1, 1, 0])
    told = compare(
        replace(base, cases={**base.cases, key: case(key, must_pass=True)}),
        replace(cand, cases={**cand.cases, key: wrong}),
    )

    assert told.cases == told.metrics["no_contact"].cases == 119
    assert told.metrics["no_contact"].regressed == ()
    (must,) = told.must_pass
    assert must.wrong == (("no_contact",), ("no_contact",), ("valid",))
    assert must.breaks
    assert told.invalid == (0, 1)


def test_the_whole_is_plain_json_and_the_same_each_time() -> None:
    base, cand = closeness(120, 0.0)

    assert compare(base, cand) == compare(base, cand)
    assert json.loads(json.dumps(compare(base, cand).to_json()))["metrics"]["title_right"]["cases"] == 120


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"release": "d2"}, "differ in their release: d1 and d2"),
        ({"split": "dev"}, "differ in their split"),
        ({"repeats": 5}, "differ in their number of repeats"),
        ({"scoring": 2}, "differ in their version of the scores"),
        ({"cases": {}}, "Not in both runs: a, b."),
        (
            {"cases": {"a": case("a"), "b": case("b", repeats=2)}},
            "Not scored in every repeat of both runs: b.",
        ),
        (
            {"cases": {"a": case("a"), "b": replace(case("b"), scores=({},) * 3)}},
            "Not scored in every .*: b.",
        ),
        (
            {"cases": {"a": case("a"), "b": replace(case("b"), scores=({"valid": 1.0},) * 3)}},
            "Not scored .*: b.",
        ),
    ],
)
def test_runs_that_did_not_score_the_same_are_not_compared(change: dict[str, Any], why: str) -> None:
    base = run({key: case(key) for key in "ab"})

    for pair in ((base, replace(base, **change)), (replace(base, **change), base)):
        with pytest.raises(NotComparableError, match=why if pair[0] is base else "."):
            compare(*pair)


def test_two_empty_runs_are_not_compared() -> None:
    with pytest.raises(NotComparableError, match="have no cases"):
        compare(run({}), run({}))


def test_a_judge_is_a_metric_by_majority_that_must_pass_cases_have_not() -> None:
    judge = Judge("Does it claim too much?", 0.95, 0.9, 40, 30, keeps=0.6)
    base = {key: by_judge(key, 1, 1, 1) for key in "abc"} | {"must": case("must", must_pass=True)}
    cand = base | {"a": by_judge("a", 0, 1, 0), "b": by_judge("b", 0, 1, 1)}
    before, after = (replace(run(cases), judges={"judge:x": judge}) for cases in (base, cand))

    found = compare(before, after)
    told = found.metrics["judge:x"]
    assert (told.cases, told.regressed, told.judge, told.keeps) == (3, ("a",), judge, 0.6)
    assert {each.keeps for each in found.metrics.values() if each.judge is None} == {1.0}
    assert not any(each.breaks for each in found.must_pass)
    with pytest.raises(NotComparableError, match="Not scored in every repeat of both runs: c"):
        compare(before, replace(after, cases=cand | {"c": case("c")}))
