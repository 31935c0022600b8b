"""How often the gate says what of a candidate whose true difference is known."""

from collections import Counter
from functools import cache
from typing import Final

import numpy as np

from evals.comparison import compare
from evals.decision import Status, decide
from evals.margins import Margins
from evals.proofs.telling import say
from evals.run_scores import CaseScores, RunScores
from evals.statistics import SEED, Floats

SIZES: Final = (100, 250, 700)
LARGEST_MISS: Final = 0.03

METRIC: Final = "category_accepted"
MARGIN: Final = 0.05
CANDIDATES: Final = {"equal": 0.0, "2 better": 0.02, "5 better": 0.05, "5 worse": -0.05, "10 worse": -0.10}
"""Who is judged, and the true difference of their shares right."""

EXPECTED: Final = {
    ("equal", Status.PASS): 0.757,
    ("equal", Status.FAIL): 0.052,
    ("equal", Status.INCONCLUSIVE): 0.191,
    ("5 worse", Status.PASS): 0.045,
}
"""Shares at 250 cases, discordance .10 and 5 points, simulated elsewhere with Tango's bounds."""


def gate_shares(n: int, delta: float, discordance: float, runs: int, seed: int = SEED) -> dict[Status, float]:
    """How often the gate says what of a candidate that is truly `delta` better, 5 points of margin."""
    lost, won = _flips(n, discordance, delta, runs, np.random.default_rng(seed))
    said = Counter(verdict(n, *pair) for pair in zip(lost, won, strict=True))
    return {status: said[status] / runs for status in Status}


@cache
def verdict(n: int, lost: int, won: int) -> Status:
    """What the gate's own code says of runs over `n` cases with these flips, in whatever order."""
    margins = Margins("proof", {METRIC: MARGIN})
    before, after = (np.ones(n), np.ones(n))
    after[:lost] = 0
    before[lost : lost + won] = 0
    return decide(compare(_run(before), _run(after), margins.of), margins).status


def _run(right: Floats) -> RunScores:
    cases = {
        str(index): CaseScores(({METRIC: float(each), "valid": 1.0},), cluster=str(index))
        for index, each in enumerate(right)
    }
    return RunScores("proof", "gate", 1, 1, cases)


def _flips(
    n: int, discordance: float, delta: float, runs: int, random: np.random.Generator
) -> tuple[list[int], list[int]]:
    """Cases lost and won in each of `runs` pairs of runs; a true loss above the discordance only loses."""
    flipping = max(discordance, abs(delta))
    shares = [(flipping - delta) / 2, (flipping + delta) / 2, 1 - flipping]
    counts = random.multinomial(n, shares, size=runs)
    return counts[:, 0].tolist(), counts[:, 1].tolist()


def print_power(runs: int = 10_000) -> bool:
    """Print the table; whether the shares at 250 cases are within 3 points of those expected."""
    say(f"margin {100 * MARGIN:.0f} points, discordance .10, {runs} simulated pairs of runs a line")
    say(f"{'cases':>5}  {'candidate':<10}{'PASS':>8}{'FAIL':>8}{'INCONCLUSIVE':>14}")
    held = True
    for n in SIZES:
        for name, delta in CANDIDATES.items():
            shares = gate_shares(n, delta, 0.10, runs)
            told = shares[Status.PASS], shares[Status.FAIL], shares[Status.INCONCLUSIVE]
            say("{:>5}  {:<10}{:>8.3f}{:>8.3f}{:>14.3f}".format(n, name, *told))
            if n == 250:
                held &= within_expectation(name, shares)
    say("within 3 points of what is expected at 250 cases" if held else "MORE THAN 3 POINTS OFF at 250 cases")
    return held


def within_expectation(name: str, shares: dict[Status, float]) -> bool:
    """Whether the shares at 250 cases are what is expected; 10 points worse is blocked in 99 per cent."""
    if name == "10 worse" and shares[Status.PASS] > 0.01:
        return False
    return all(
        abs(shares[status] - share) <= LARGEST_MISS
        for (candidate, status), share in EXPECTED.items()
        if candidate == name
    )
