"""The two proofs in short: that intervals cover, and that the gate decides as often as it claims."""

import numpy as np
import pytest

from evals.decision import Status
from evals.proofs import CANDIDATES, LEAST_COVERAGE, gate_shares, within_expectation, yes_no_coverage
from evals.proofs import _continuous_pair as continuous_pair
from evals.statistics import Statistic, bootstrap_differences, percentile_interval


def test_tangos_interval_covers_at_every_size_and_discordance() -> None:
    rows = [row for row in yes_no_coverage(runs=1000) if row.bound]

    assert len(rows) == 18
    assert min(row.share for row in rows) >= LEAST_COVERAGE


@pytest.mark.parametrize(("statistic", "least"), [(Statistic.MEDIAN, LEAST_COVERAGE), (Statistic.MEAN, 0.89)])
def test_the_bootstrap_covers_best_for_the_statistic_that_gates(statistic: Statistic, least: float) -> None:
    random = np.random.default_rng(4)
    clusters, strata = (
        [str(index // 2) for index in range(100)],
        [str(index // 2 % 8) for index in range(100)],
    )
    held = 0
    for _ in range(200):
        base, cand = continuous_pair(100, 0.2, 2, random)
        low, high = percentile_interval(
            bootstrap_differences(base, cand, clusters, strata, statistic, draws=400)
        )
        held += low <= 0 <= high
    assert held / 200 >= least


@pytest.mark.parametrize("name", ["equal", "5 worse", "10 worse"])
def test_the_gate_decides_as_often_as_it_claims(name: str) -> None:
    assert within_expectation(name, gate_shares(250, CANDIDATES[name], 0.10, runs=2000))


def test_a_gate_that_passes_losers_would_be_seen() -> None:
    assert not within_expectation("5 worse", {Status.PASS: 0.19})
    assert not within_expectation("10 worse", {Status.PASS: 0.02})
