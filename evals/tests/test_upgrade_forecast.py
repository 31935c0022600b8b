"""What answers cost and take, and what that comes to: plain values, checked against simpler ways."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evals.upgrade.forecast import Spent, costs, mean, percentile, times

values = st.lists(st.floats(0, 1e4, allow_nan=False), min_size=2, max_size=40)


def spent(amounts: Sequence[int | None], seconds: Sequence[float | None] = ()) -> list[Spent]:
    """A case each, asked once."""
    waits = seconds or [1.0] * len(amounts)
    return [
        Spent(f"c{number}", 1, f"c{number}", micros, wait)
        for number, (micros, wait) in enumerate(zip(amounts, waits, strict=True))
    ]


@given(values)
def test_the_interval_of_a_mean_of_single_cases_is_students(amounts: list[float]) -> None:
    told = mean(amounts, [str(number) for number in range(len(amounts))])
    assert told.value == pytest.approx(np.mean(amounts))
    se = stats.sem(amounts)
    low, high = stats.t.interval(0.95, len(amounts) - 1, told.value, se) if se > 1e-9 else (told.value,) * 2
    assert told.low == pytest.approx(low, abs=1e-6)
    assert told.high == pytest.approx(high, abs=1e-6)


def test_cases_of_one_cluster_tell_of_no_spread() -> None:
    assert mean([1.0, 2.0], ["a", "a"]).low is None
    assert percentile([1.0, 2.0], ["a", "a"], 0.9).high is None


@given(values, st.sampled_from([0.5, 0.9]))
@settings(max_examples=25)
def test_a_percentile_is_a_value_that_so_many_do_not_pass(amounts: list[float], share: float) -> None:
    told = percentile(amounts, [str(number) for number in range(len(amounts))], share)
    assert told.value == np.quantile(amounts, share, method="inverted_cdf")
    assert told.low is not None
    assert told.high is not None
    assert min(amounts) <= told.low <= told.value <= told.high <= max(amounts)
    again = percentile(amounts, [str(number) for number in range(len(amounts))], share)
    assert again == told


def test_the_interval_of_a_percentile_covers_it() -> None:
    random = np.random.default_rng(3)
    true = stats.expon.ppf(0.5)
    clusters = [str(number) for number in range(60)]
    told = [percentile(random.exponential(size=60).tolist(), clusters, 0.5) for _ in range(200)]
    held = sum(
        each.low <= true <= each.high for each in told if each.low is not None and each.high is not None
    )
    assert held / 200 >= 0.9


@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=2, max_size=30),
    st.floats(0.1, 50),
    st.floats(0.1, 1e4),
)
def test_costs_are_an_answers_times_the_traffic(
    pairs: list[tuple[int, int]], a_listing: float, a_day: float
) -> None:
    before, after = (spent(side) for side in zip(*pairs, strict=True))
    answer, thousand, listing, month = costs(before, after, a_listing, a_day)
    assert answer.before
    assert answer.change
    assert answer.after
    assert answer.change.value == pytest.approx(answer.after.value - answer.before.value, abs=1e-3)
    for row, factor in ((thousand, 1000), (listing, a_listing), (month, 30 * a_day)):
        assert row.before
        assert row.change
        assert row.change.low is not None
        assert answer.change.low is not None
        assert row.before.value == pytest.approx(answer.before.value * factor)
        assert row.change.low == pytest.approx(answer.change.low * factor)


def test_the_change_is_paired() -> None:
    before = spent([100, 900, 400, 700])
    after = spent([110, 910, 410, 710])
    (answer, *_others) = costs(before, after, None, 0)
    assert answer.change
    assert (answer.change.value, answer.change.low, answer.change.high) == (10, 10, 10)
    assert answer.before
    assert answer.before.low is not None
    assert answer.before.low < 400


def test_an_unpriced_answer_leaves_no_cost_and_no_traffic_no_month() -> None:
    rows = costs(spent([100, None]), spent([100, 200]), None, 0)
    assert [row.unit for row in rows] == ["answer", "thousand answers"]
    assert all(row.before is None and row.change is None and row.after for row in rows)


def test_times_are_told_for_an_answer_and_for_a_posted_listing() -> None:
    before, after = spent([1] * 4, [1.0, 2.0, 3.0, 10.0]), spent([1] * 4, [2.0, 3.0, None, 11.0])
    average, half, most, listing = times(before, after, 2.5)
    assert average.before
    assert average.before.low == 0  # Student's interval would begin below
    assert average.after
    assert average.change
    assert (average.before.value, round(average.after.value, 9), average.change.value) == (
        4,
        round(16 / 3, 9),
        1,
    )
    assert half.before
    assert most.after
    assert (half.before.value, most.after.value, half.change) == (2, 11, None)
    assert listing.before
    assert math.isclose(listing.before.value, 10)
