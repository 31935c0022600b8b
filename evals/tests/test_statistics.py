"""Each formula against published figures, a library, or brute force."""

import math
from typing import Final

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import binomtest, norm, ttest_1samp
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from evals.statistics import (
    FEW,
    Floats,
    Interval,
    bootstrap_medians,
    bootstrap_p_worse,
    clustered_se,
    design_effect,
    holm,
    mean_interval,
    midp,
    midp_worse,
    percentile_interval,
    smallest_difference,
    smallest_share_difference,
    tango_interval,
    tango_lower,
    tango_p_worse,
    tango_statistic,
    tango_upper,
    wilson,
)

flips = st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 300)).map(
    lambda counts: (counts[0], counts[1], max(1, sum(counts)))
)
alphas = st.sampled_from([0.025, 0.05, 0.1])


@pytest.mark.parametrize(
    ("lost", "won", "n", "interval"),
    [
        # Fagerland, Lydersen & Laake 2014, Statistics in Medicine 33:2850, and R's contingencytables: airway
        # hyper-responsiveness (Bentur 2009), complete response (Cavo 2012).
        (7, 1, 21, (-0.517, -0.026)),
        (16, 6, 161, (-0.1240, -0.0054)),
    ],
)
def test_tangos_interval_is_the_published_one(
    lost: int, won: int, n: int, interval: tuple[float, float]
) -> None:
    digits = 4 if n == 161 else 3
    assert tuple(round(bound, digits) for bound in tango_interval(lost, won, n)) == interval


@pytest.mark.parametrize(("n", "bound"), [(32, -0.078), (100, -0.026), (250, -0.011)])
def test_no_flips_still_leave_a_doubt(n: int, bound: float) -> None:
    z = norm.ppf(0.95)

    assert round(tango_lower(0, 0, n, 0.05), 3) == bound
    assert tango_lower(0, 0, n, 0.05) == pytest.approx(-(z**2) / (n + z**2))


@given(flips, st.floats(-0.9, 0.9))
@settings(max_examples=50)
def test_tangos_statistic_uses_the_likeliest_shares(counts: tuple[int, int, int], delta: float) -> None:
    lost, won, n = counts
    room = (1 - abs(delta)) / 2

    def unlikelihood(share: float) -> float:
        """Minus log likelihood of the share lost; won is that and delta, the rest stays."""
        low = max(0.0, -delta)
        lost_share = low + share * room
        shares = (lost_share, lost_share + delta, 1 - 2 * lost_share - delta)
        return -sum(
            count * math.log(max(each, 1e-12))
            for count, each in zip((lost, won, n - lost - won), shares, strict=True)
        )

    best = minimize_scalar(unlikelihood, bounds=(0, 1), method="bounded", options={"xatol": 1e-10}).x
    lost_share = max(0.0, -delta) + best * room
    variance = n * (2 * lost_share + delta - delta**2)
    assume(variance > 1e-3)
    expected = (won - lost - n * delta) / math.sqrt(variance)
    assert tango_statistic(lost, won, n, delta) == pytest.approx(expected, rel=2e-3, abs=2e-3)


@given(flips, alphas)
@settings(max_examples=50)
def test_tangos_bounds_hold_the_estimate_and_turn_with_the_sign(
    counts: tuple[int, int, int], alpha: float
) -> None:
    lost, won, n = counts
    lower, upper = tango_lower(lost, won, n, alpha), tango_upper(lost, won, n, alpha)

    assert -1 <= lower <= (won - lost) / n <= upper <= 1
    assert tango_upper(won, lost, n, alpha) == -lower
    if lower > -1:
        assert tango_statistic(lost, won, n, lower) == pytest.approx(norm.ppf(1 - alpha), abs=1e-4)
    assert (upper < 0) == (tango_p_worse(lost, won, n) < alpha)


@given(flips, alphas)
@settings(max_examples=50)
def test_tangos_bound_rises_with_a_case_won_and_with_less_confidence(
    counts: tuple[int, int, int], alpha: float
) -> None:
    lost, won, n = counts
    n += 1

    assert tango_lower(lost, won + 1, n, alpha) > tango_lower(lost, won, n, alpha)
    assert tango_lower(lost + 1, won, n, alpha) < tango_lower(lost, won, n, alpha)
    assert tango_lower(lost, won, n, alpha / 2) < tango_lower(lost, won, n, alpha)


@pytest.mark.parametrize(
    ("lost", "won", "mid", "exact"), [(1, 7, 0.039, 0.070), (7, 1, 0.039, 0.070), (6, 16, 0.0347, 0.0525)]
)
def test_mid_p_is_fagerlands(lost: int, won: int, mid: float, exact: float) -> None:
    assert midp((-1,) * lost + (1,) * won) == pytest.approx(mid, abs=5e-4)
    assert mcnemar([[0, lost], [won, 0]], exact=True).pvalue == pytest.approx(exact, abs=5e-4)


@given(st.integers(0, 60), st.integers(0, 60))
def test_mid_p_is_the_exact_p_less_half_of_what_was_seen(lost: int, won: int) -> None:
    flipped = lost + won
    assume(flipped)
    seen = math.comb(flipped, lost) / 2**flipped
    exact = float(binomtest(won, flipped, alternative="less").pvalue)

    nets = (-1,) * lost + (1,) * won
    assert midp_worse(nets) == pytest.approx(exact - seen / 2, abs=1e-9)
    assert midp(nets) == midp(tuple(-net for net in nets))
    if lost != won:
        both = float(mcnemar([[0, lost], [won, 0]], exact=True).pvalue)
        assert midp(nets) == pytest.approx(both - seen, abs=1e-9)


@given(st.lists(st.integers(-4, 4), max_size=9))
def test_clusters_flip_as_a_whole(nets: list[int]) -> None:
    moved = np.array([net for net in nets if net])
    signs = 1 - 2 * ((np.arange(2 ** len(moved))[:, None] >> np.arange(len(moved))) & 1)
    sums = signs @ np.abs(moved) if len(moved) else np.zeros(1)

    brute = np.mean(sums < moved.sum()) + np.mean(sums == moved.sum()) / 2
    assert midp_worse(tuple(nets)) == pytest.approx(float(brute))
    assert midp(tuple(nets)) == pytest.approx(midp(tuple(-net for net in nets)))


scores = st.lists(st.tuples(st.floats(-1, 1), st.sampled_from("abcd")), min_size=2, max_size=30)


@given(scores)
def test_the_clustered_error_is_the_plain_one_when_each_stands_alone(cases: list[tuple[float, str]]) -> None:
    change = np.array([value for value, _ in cases])
    plain = clustered_se(change, [str(index) for index in range(len(cases))])

    assert plain == pytest.approx(float(change.std(ddof=1)) / math.sqrt(len(cases)), abs=1e-12)
    assert design_effect(change, [cluster for _, cluster in cases]) >= 1


def test_pairs_that_move_together_count_once() -> None:
    once = np.random.default_rng(1).normal(size=200)
    clusters = [str(index // 2) for index in range(400)]

    assert design_effect(np.repeat(once, 2), clusters) == pytest.approx(2, rel=0.01)
    assert math.isnan(clustered_se(once, ["one"] * 200))


def test_cases_of_a_cluster_are_taken_for_one_where_too_few_clusters_tell() -> None:
    clusters = [str(index // 5) for index in range(250)]
    few, enough = np.zeros(250), np.zeros(250)
    few[: 5 * (FEW - 1) : 5] = enough[: 5 * FEW : 5] = -1

    assert design_effect(np.zeros(250), clusters) == 5
    assert design_effect(few, clusters) == 5
    assert design_effect(few + 7, clusters) == 5
    assert design_effect(enough, clusters) == 1
    assert design_effect(np.zeros(250), ["one"] * 250) == 250
    assert design_effect(few, [str(index) for index in range(250)]) == 1
    assert design_effect(np.zeros(6), [*"aaabbc"]) == pytest.approx(14 / 6)


def run_pair(n: int, seed: int = 3) -> tuple[Floats, Floats]:
    random = np.random.default_rng(seed)
    base = random.beta(4, 2, n)
    return base, np.clip(base + random.normal(0.02, 0.18, n), 0, 1)


ALONE: Final = [str(index) for index in range(200)]
ONE: Final = ["all"] * 200


def test_the_bootstrap_of_single_cases_is_the_plain_one() -> None:
    base, cand = run_pair(200)
    ours = bootstrap_medians(base, cand, ALONE, ONE)
    picked = np.random.default_rng(9).integers(0, 200, (4000, 200))
    plain = np.median(cand[picked], axis=1) - np.median(base[picked], axis=1)

    assert ours.shape == (10_000,)
    assert ours.mean() == pytest.approx(plain.mean(), abs=0.002)
    assert ours.std() == pytest.approx(plain.std(), rel=0.05)
    assert percentile_interval(ours) == pytest.approx(percentile_interval(plain), abs=0.005)


def test_the_bootstrap_repeats_itself_turns_with_the_sign_and_draws_whole_clusters() -> None:
    base, cand = run_pair(200)
    twice = np.repeat(base, 2), np.repeat(cand, 2)
    pairs, strata = [str(index // 2) for index in range(400)], [str(index // 2 % 7) for index in range(400)]

    def draws(base: Floats, cand: Floats, clusters: list[str], strata: list[str]) -> Floats:
        return bootstrap_medians(base, cand, clusters, strata, draws=3000)

    once = draws(base, cand, ALONE, strata[::2])
    assert np.array_equal(once, draws(base, cand, ALONE, strata[::2]))
    assert np.allclose(draws(cand, base, ALONE, strata[::2]), -once)
    paired = draws(*twice, pairs, strata)
    assert paired.std() == pytest.approx(once.std(), rel=0.06)


def test_the_bootstrap_draws_within_strata_and_pools_those_that_stand_alone() -> None:
    cand = np.array([1.0, 1.0, 0.0, 0.0, 5.0, 9.0])
    draws = bootstrap_medians(np.zeros(6), cand, ALONE[:6], ["a", "a", "b", "b", "c", "d"], draws=500)

    # Two of 0, two of 1, and 5 or 9 twice: never three of one, which free draws would bring.
    assert {float(draw) for draw in draws} == {1.0}
    free = bootstrap_medians(np.zeros(6), cand, ALONE[:6], ["a"] * 6, draws=500)
    assert {float(draw) for draw in free} > {0.0, 1.0, 5.0}


@given(scores)
def test_the_interval_of_a_mean_is_students_when_each_case_stands_alone(
    cases: list[tuple[float, str]],
) -> None:
    change = np.array([value for value, _ in cases])
    found = mean_interval(change, [str(index) for index in range(len(change))])
    assert found is not None
    spread = float(change.std())
    if spread > 1e-9:
        plain = ttest_1samp(change, 0).confidence_interval(0.95)
        assert found == pytest.approx((float(plain.low), float(plain.high)), abs=1e-9)
    else:  # scipy takes no smaller one; of two cases the interval goes 12.71 of it to either side
        assert found == pytest.approx((change.mean(), change.mean()), abs=12.72 * spread + 1e-12)


def test_the_interval_of_a_mean_counts_clusters_and_knows_nothing_from_one() -> None:
    once = np.random.default_rng(1).normal(size=60)
    alone = mean_interval(once, [str(index) for index in range(60)])
    assert mean_interval(np.repeat(once, 2), [str(index // 2) for index in range(120)]) == pytest.approx(
        alone
    )
    assert mean_interval(once, ["one"] * 60) is None
    assert mean_interval(np.zeros(120), [str(index) for index in range(120)]) == Interval(0, 0)


def test_no_change_is_no_doubt_of_a_continuous_score_and_no_loss() -> None:
    base, _ = run_pair(120)
    draws = bootstrap_medians(base, base, ALONE[:120], ONE[:120], draws=200)

    assert percentile_interval(draws) == Interval(0, 0)
    assert bootstrap_p_worse(draws) == 1
    assert bootstrap_p_worse(draws - 1) == pytest.approx(1 / 201)


@pytest.mark.parametrize(
    ("n", "discordance", "smallest"),
    [(246, 0.1, 0.05), (493, 0.2, 0.05), (685, 0.1, 0.03), (1544, 0.1, 0.02)],
)
def test_the_smallest_difference_is_that_of_the_planned_sizes(
    n: int, discordance: float, smallest: float
) -> None:
    assert smallest_share_difference(n, discordance) == pytest.approx(smallest, abs=1e-4)


@given(st.integers(20, 3000), st.floats(0.01, 0.5))
def test_the_smallest_difference_solves_connors_equation(n: int, discordance: float) -> None:
    delta = smallest_share_difference(n, discordance)
    assume(delta < discordance)
    level, power = float(norm.ppf(0.95)), float(norm.ppf(0.8))
    needed = (level * math.sqrt(discordance) + power * math.sqrt(discordance - delta**2)) ** 2 / delta**2
    assert needed == pytest.approx(n, rel=1e-6)


def test_the_smallest_continuous_difference_is_that_of_the_planned_sizes() -> None:
    assert smallest_difference(0.18 / math.sqrt(223)) == pytest.approx(0.03, abs=1e-4)
    assert smallest_difference(0.18 / math.sqrt(501)) == pytest.approx(0.02, abs=1e-4)


def test_holm_is_the_librarys() -> None:
    p_values = [0.01, 0.04, 0.03, 0.9, 0.012, 0.03]
    named = {str(index): p for index, p in enumerate(p_values)}
    expected = multipletests(p_values, method="holm")[1]

    assert [holm(named)[name] for name in named] == pytest.approx(list(expected))


def test_wilson_is_scipys_and_knows_nothing_of_nothing() -> None:
    assert wilson(8, 10) == pytest.approx(tuple(binomtest(8, 10).proportion_ci(method="wilson")))
    assert wilson(0, 0) == Interval(0, 1)
