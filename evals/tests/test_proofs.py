"""The proofs in short: that intervals cover, and that the gate decides as often as it claims."""

from typing import Any

import pytest

from evals.decision import Status
from evals.margins import margins_for
from evals.proofs.coverage import (
    LEAST_COVERAGE,
    Covered,
    clustered_coverage,
    mean_coverage,
    median_coverage,
    print_coverage,
    yes_no_coverage,
)
from evals.proofs.power import CANDIDATES, gate_shares, within_expectation
from evals.proofs.together import DATASET, LARGEST_SHARE_FAILED, Said, print_together, said


def test_tangos_interval_covers_at_every_size_and_discordance() -> None:
    rows = list(yes_no_coverage(runs=2000))

    assert len(rows) == 18
    assert min(row.least for row in rows) >= LEAST_COVERAGE


def test_tangos_interval_covers_where_cases_move_together() -> None:
    rows = list(clustered_coverage(500, sizes=(100,)))

    assert len(rows) == 18
    assert min(row.least for row in rows) >= LEAST_COVERAGE


def test_the_intervals_of_means_and_medians_cover_in_the_smallest_set() -> None:
    rows = [*mean_coverage(1000, sizes=(100,)), *median_coverage(60, draws=200, sizes=(100,))]

    assert len(rows) == 8 + 6
    assert min(row.least for row in rows) >= LEAST_COVERAGE


@pytest.mark.parametrize("short", ["both", "lower", "upper"])
@pytest.mark.parametrize("kind", ["yes_no", "clustered", "mean", "median"])
def test_one_line_that_does_not_cover_fails_the_proof(
    kind: str, short: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = Covered("mean", 100, 0.05, 0.95, 0.95, 0.95, 400)
    for each in ("yes_no", "clustered", "mean", "median"):
        monkeypatch.setattr(f"evals.proofs.coverage.{each}_coverage", lambda *_sizes: [row, row])
    assert print_coverage()

    under: dict[str, Any] = {short: 0.929}
    bad = [row, row._replace(**under), row]
    monkeypatch.setattr(f"evals.proofs.coverage.{kind}_coverage", lambda *_sizes: bad)
    assert not print_coverage()


@pytest.mark.parametrize("name", ["equal", "5 worse", "10 worse"])
def test_the_gate_decides_as_often_as_it_claims(name: str) -> None:
    assert within_expectation(name, gate_shares(250, CANDIDATES[name], 0.10, runs=2000))


def test_a_gate_that_passes_losers_would_be_seen() -> None:
    assert not within_expectation("5 worse", {Status.PASS: 0.19})
    assert not within_expectation("10 worse", {Status.PASS: 0.02})


def test_equal_versions_seldom_fail_when_all_metrics_are_judged_together() -> None:
    found = said(250, {}, runs=100, draws=100)

    assert found.shares[Status.FAIL] <= LARGEST_SHARE_FAILED
    assert found.shares[Status.BROKEN] == 0
    assert found.is_fair
    critical = margins_for(DATASET, 250).of
    assert "condition_right" not in critical
    assert set(found.open) == set(critical)
    assert said(250, {"no_advertising": -0.1}, runs=5, draws=100).shares[Status.FAIL] == 1


@pytest.mark.parametrize(
    ("fails", "passes", "held"), [(0.05, 0.2, True), (0.06, 0.2, False), (0.05, 0.19, False)]
)
def test_equal_versions_that_fail_too_often_or_pass_too_seldom_fail_the_proof(
    fails: float, passes: float, held: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    often = Said(dict.fromkeys(Status, 0.0) | {Status.FAIL: fails, Status.PASS: passes}, {})
    monkeypatch.setattr("evals.proofs.together.said", lambda *_asked: often)
    assert print_together() is held
