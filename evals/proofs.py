"""That the intervals cover and the gate decides as they claim, by simulation with fixed seeds.

`python -m evals.proofs coverage|power`, `make coverage`, `make gate-power`. No Django; the gate's verdicts
come out of `comparison` and `decision` themselves. Exits with 1 when a bound is missed.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

import numpy as np

from evals.comparison import compare
from evals.decision import Status, decide
from evals.margins import Margins
from evals.run_scores import CaseScores, RunScores
from evals.statistics import (
    SEED,
    Floats,
    Statistic,
    bootstrap_differences,
    percentile_interval,
    tango_interval,
    tango_lower,
)

SIZES: Final = (100, 250, 700)
DISCORDANCES: Final = (0.05, 0.10, 0.20)
LEAST_COVERAGE: Final = 0.93
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


class Covered(NamedTuple):
    """How often an interval of nominal 95 per cent held the truth, of `runs` simulated pairs of runs.

    `bound`: whether it must in 93 per cent. Not of one-sided bounds (nominal 95 by themselves) and of means,
    by which no metric gates: they tell cost and latency, and fall short where few cases change.
    """

    what: str
    n: int
    spread: float
    share: float
    runs: int
    bound: bool = True


def yes_no_coverage(runs: int, seed: int = SEED) -> Iterator[Covered]:
    """Of Tango's interval and its one-sided bound, at no difference and one of half the discordance."""
    random = np.random.default_rng(seed)
    for n in SIZES:
        for discordance in DISCORDANCES:
            for delta in (0.0, -discordance / 2):
                lost, won = _flips(n, discordance, delta, runs, random)
                pairs = list(zip(lost, won, strict=True))
                intervals = [tango_interval(*pair, n) for pair in pairs]
                held = np.mean([low <= delta <= high for low, high in intervals])
                yield Covered(f"Tango {delta:+.3f}", n, discordance, float(held), runs)
                below = np.mean([tango_lower(*pair, n, 0.05) <= delta for pair in pairs])
                yield Covered(
                    f"Tango {delta:+.3f} one-sided", n, discordance, float(below), runs, bound=False
                )


def continuous_coverage(runs: int, draws: int, seed: int = SEED) -> Iterator[Covered]:
    """Of the bootstrap's interval: means and medians, cases alone and in pairs that move together.

    Scores from 0 to 1 in eight categories; `spread` is the share of cases whose answer changes, by a normal
    step of .3. The truth is 0: either run may be either.
    """
    random = np.random.default_rng(seed)
    for n in SIZES:
        for changed in DISCORDANCES:
            for size in (1, 2):
                clusters = [str(index // size) for index in range(n)]
                strata = [str(index // size % 8) for index in range(n)]
                for statistic in Statistic:
                    held = 0
                    for _ in range(runs):
                        base, cand = _continuous_pair(n, changed, size, random)
                        found = bootstrap_differences(base, cand, clusters, strata, statistic, draws=draws)
                        low, high = percentile_interval(found)
                        held += low <= 0 <= high
                    what = f"bootstrap {statistic}, clusters of {size}"
                    gates = statistic is Statistic.MEDIAN
                    yield Covered(what, n, changed, held / runs, runs, bound=gates)


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


def _continuous_pair(n: int, changed: float, size: int, random: np.random.Generator) -> tuple[Floats, Floats]:
    clusters = -(-n // size)
    base = random.beta(5, 3, clusters)
    steps = np.where(random.random(clusters) < changed, random.normal(0, 0.3, clusters), 0)
    cand = np.clip(base + steps, 0, 1)
    turned = random.random(clusters) < 0.5
    base, cand = np.where(turned, cand, base), np.where(turned, base, cand)
    return np.repeat(base, size)[:n], np.repeat(cand, size)[:n]


def print_coverage(runs: int = 4000, continuous_runs: int = 400, draws: int = 1000) -> bool:
    """Print the table; whether every interval that has to covers in at least 93 per cent."""
    say(f"{'interval':<36}{'cases':>6}{'flips':>7}{'covered':>9}{'runs':>7}")
    held = True
    for rows in (yes_no_coverage(runs), continuous_coverage(continuous_runs, draws)):
        for row in rows:
            enough = row.share >= LEAST_COVERAGE
            held &= enough or not row.bound
            mark = "" if enough else "  under 93 per cent" + ("" if row.bound else ", gates nothing")
            say(f"{row.what:<36}{row.n:>6}{row.spread:>7.2f}{row.share:>9.3f}{row.runs:>7}{mark}")
    return held


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


def say(text: str) -> None:
    """A line on standard output, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> int:
    """Print one of the two tables; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m evals.proofs", description=__doc__)
    parser.add_argument("which", choices=("coverage", "power"))
    held = print_coverage() if parser.parse_args().which == "coverage" else print_power()
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
