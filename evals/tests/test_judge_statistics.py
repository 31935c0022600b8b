"""The corrected share against its source and against simulation, and what makes a judge acceptable."""

import numpy as np
import pytest

from evals.judges.agreement import ENOUGH, Calibration, Part, Share, can_gate, part
from evals.statistics import corrected_share


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
