"""What judges find and what they miss, against the sources and simulation; which of them are acceptable."""

from itertools import product
from typing import Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.judges.agreement import ENOUGH, Calibration, Part, Share, can_gate, keeps, part
from evals.statistics import corrected_share, tango_lower


def test_a_worked_example_of_the_source() -> None:
    # The example in the README of the authors' code; interval by that code's `confidence_interval`.
    value, interval = corrected_share(0.4, 1000, 0.7, 200, 0.9, 200) or (0, (0, 0))
    assert (value, *interval) == pytest.approx((1 / 6, 0.056351, 0.262733), abs=1e-6)
    # The example of validate-evaluator: 400 of 500 pass, TPR .92, TNR .88.
    assert (corrected_share(0.8, 500, 0.88, 50, 0.92, 50) or (0,))[0] == pytest.approx(0.85)


def test_a_perfect_judge_corrects_nothing_and_a_bad_one_says_nothing() -> None:
    value, interval = corrected_share(0.3, 1e9, 1.0, 1e9, 1.0, 1e9) or (0, (0, 0))
    assert (value, *interval) == pytest.approx((0.3, 0.3, 0.3), abs=1e-3)
    assert corrected_share(0.5, 100, 0.5, 50, 0.5, 50) is None
    assert corrected_share(0.5, 100, 0.9, 0, 0.9, 50) is None
    value, interval = corrected_share(0.02, 100, 0.9, 50, 0.9, 50) or (1, (1, 1))
    assert (value, interval[0]) == (0.0, 0.0)  # fewer than the judge's own mistakes


@pytest.mark.parametrize("theta", [0.5, 0.8, 0.95])
@pytest.mark.parametrize(("q0", "q1", "m"), [(0.9, 0.95, 20), (0.92, 0.92, 50), (0.75, 0.9, 100)])
def test_the_interval_covers_the_truth(theta: float, q0: float, q1: float, m: int) -> None:
    random = np.random.default_rng(7)
    runs, n = 2_000, 250
    judged = random.binomial(n, theta * q1 + (1 - theta) * (1 - q0), runs) / n
    right0, right1 = random.binomial(m, q0, runs) / m, random.binomial(m, q1, runs) / m
    held = []
    for p, found0, found1 in zip(judged, right0, right1, strict=True):
        found = corrected_share(float(p), n, float(found0), m, float(found1), m)
        held.append(found is not None and found[1].low <= theta <= found[1].high)
    assert np.mean(held) >= 0.93


def test_the_parts_are_of_cases_and_stay() -> None:
    parts = [part(f"c{number}") for number in range(10_000)]
    assert parts == [part(f"c{number}") for number in range(10_000)]
    shares = [parts.count(each) / len(parts) for each in Part]
    assert shares == pytest.approx([0.15, 0.45, 0.40], abs=0.015)
    assert [part(key) for key in ("c000", "c001", "c002")] == [Part.TEST, Part.TRAIN, Part.DEV]


def share(holds: int, of: int) -> Share:
    return Share(holds, of, of)


@pytest.mark.parametrize(
    ("tpr", "tnr", "accepted"),
    [
        ((20, 20), (20, 20), True),
        ((45, 48), (45, 48), True),
        ((19, 20), (20, 20), False),  # .95, but surely not above .76
        ((20, 20), (19, 20), False),
        ((90, 100), (100, 100), False),  # above 90 per cent is asked for
        ((91, 100), (91, 100), True),
        ((19, 19), (20, 20), False),  # too few
        ((0, 0), (0, 0), False),
    ],
)
def test_who_can_gate(tpr: tuple[int, int], tnr: tuple[int, int], accepted: bool) -> None:
    told = Calibration(tpr[1], tnr[1], share(*tpr), share(*tnr))
    assert can_gate(told) is accepted


def test_answers_of_one_case_count_for_less() -> None:
    alone = Share.over([True] * 36 + [False] * 4, [f"c{number}" for number in range(40)])
    together = Share.over([True] * 36 + [False] * 4, [f"c{number // 4}" for number in range(40)])
    assert (alone.value, together.value) == (0.9, 0.9)
    assert alone.worth == 40
    assert together.worth < 12  # ten cases, each all right or all wrong
    assert together.interval.low < alone.interval.low
    assert Share.over([True] * 40, [f"c{number // 4}" for number in range(40)]) == Share(40, 40, 10)
    assert Share.over([], []).interval == (0, 1)


def test_what_is_lacking_is_told() -> None:
    told = Calibration(25, 3, share(10, 11), share(3, 3))
    assert told.lacks == (0, ENOUGH - 3)
    assert told.unjudged == 14
    assert not told.is_known


def known(tpr: tuple[int, int], tnr: tuple[int, int]) -> Calibration:
    return Calibration(tpr[1], tnr[1], share(*tpr), share(*tnr))


def test_a_judge_keeps_youdens_j_of_single_answers_and_less_of_a_majority() -> None:
    many = 10**9
    assert keeps(known((many, many), (many, many)), 3) == pytest.approx(1, abs=1e-6)
    errs = known((many // 10 * 9, many), (many // 10 * 8, many))
    assert keeps(errs, 1) == pytest.approx(0.7, abs=1e-3)
    assert keeps(errs, 2) == pytest.approx(0.7 * 0.9, abs=1e-3)
    assert keeps(errs, 3) == pytest.approx(0.7 * (0.9 * 0.8 + 0.1 * 0.2), abs=1e-3)
    assert keeps(known((many // 2, many), (many // 2, many)), 3) == 0  # no better than chance
    assert keeps(known((48, 48), (48, 48)), 3) > keeps(
        known((20, 20), (20, 20)), 3
    )  # more labels, more is sure


def passes(passing: int, repeats: int, tpr: float, tnr: float) -> float:
    """The chance that a judge passes most answers of a case of which so many pass, by all it can say."""
    chances = [tpr] * passing + [1 - tnr] * (repeats - passing)
    return sum(
        float(np.prod([chance if each else 1 - chance for each, chance in zip(said, chances, strict=True)]))
        for said in product((True, False), repeat=repeats)
        if 2 * sum(said) > repeats
    )


@given(st.integers(1, 5), st.integers(61, 100), st.integers(61, 100))
def test_no_case_that_goes_over_is_seen_less_than_it_says(repeats: int, right: int, other: int) -> None:
    told = known((right, 100), (other, 100))
    tpr, tnr = told.tpr.interval.low, told.tnr.interval.low
    seen = [passes(passing, repeats, tpr, tnr) for passing in range(repeats + 1)]
    first = repeats // 2 + 1  # so many pass, and the case does
    least = min(good - bad for good, bad in product(seen[first:], seen[:first]))
    assert keeps(told, repeats) == pytest.approx(least)


MARGIN: Final = 0.10
RUNS: Final = 1000
CASES: Final = 250


def passed(
    tpr: float, tnr: float, labels: int, repeats: int, before: int, after: int
) -> tuple[float, float, float]:
    """How often a candidate whose true loss is the margin passes, if its bound is held to (the margin times
    `keeps`, times J as measured, the margin itself).

    The cases that it loses have so many answers that pass, `before` and `after`; as many win back as are lost
    besides. One case in seven fails in every answer. The judge is measured anew in each of the runs.
    """
    random = np.random.default_rng(11)
    drawn = random.random((RUNS, CASES))
    lost, won = drawn < MARGIN + 0.02, (drawn >= MARGIN + 0.02) & (drawn < MARGIN + 0.04)
    same = np.where(drawn < 0.85, repeats, 0)
    truth = (
        np.where(lost, before, np.where(won, after, same)),
        np.where(lost, after, np.where(won, before, same)),
    )
    old, new = (
        2 * (random.binomial(each, tpr) + random.binomial(repeats - each, 1 - tnr)) > repeats
        for each in truth
    )
    flips = zip((old & ~new).sum(axis=1), (new & ~old).sum(axis=1), strict=True)
    measured = zip(random.binomial(labels, tpr, RUNS), random.binomial(labels, tnr, RUNS), strict=True)
    count = [0, 0, 0]
    for (worse, better), (right, other) in zip(flips, measured, strict=True):
        bound = tango_lower(float(worse), float(better), CASES, 0.05)
        kept = keeps(known((int(right), labels), (int(other), labels)), repeats)
        for index, part_of_it in enumerate((kept, (right + other) / labels - 1, 1)):
            count[index] += bound > -MARGIN * part_of_it
    corrected, by_j, plain = (each / RUNS for each in count)
    return corrected, by_j, plain


@pytest.mark.parametrize(("tpr", "tnr"), [(0.95, 0.95), (0.88, 0.98)])
@pytest.mark.parametrize("labels", [30, 1000])
@pytest.mark.parametrize(("repeats", "before", "after"), [(1, 1, 0), (2, 2, 1), (3, 2, 1), (3, 3, 0)])
def test_a_candidate_that_truly_loses_the_margin_passes_in_one_of_twenty_at_most(
    tpr: float, tnr: float, labels: int, repeats: int, before: int, after: int
) -> None:
    corrected, _by_j, plain = passed(tpr, tnr, labels, repeats, before, after)
    assert corrected <= 0.06  # 5 per cent, and what a thousand tries are off
    assert plain > corrected


def test_the_margin_itself_would_pass_losers_and_so_would_j_alone_where_answers_vary() -> None:
    assert passed(0.9, 0.9, 1000, 1, 1, 0)[2] > 0.1
    _corrected, by_j, plain = passed(0.9, 0.9, 1000, 3, 2, 1)
    assert (by_j > 0.1, plain > 0.3) == (True, True)
