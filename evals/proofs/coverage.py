"""How often the intervals hold the truth, by simulation: of shares, of means, of medians."""

from collections.abc import Iterator, Sequence
from itertools import chain, product
from typing import Final, NamedTuple

import numpy as np

from evals.proofs.telling import say
from evals.statistics import (
    SEED,
    Floats,
    Interval,
    bootstrap_medians,
    design_effect,
    mean_interval,
    percentile_interval,
    tango_interval,
)

SIZES: Final = (100, 250, 700)
DISCORDANCES: Final = (0.05, 0.10, 0.20)
LEAST_COVERAGE: Final = 0.93
FLIPS: Final = tuple((share, delta) for share in DISCORDANCES for delta in (0.0, -share / 2))
"""Discordance, and the true difference."""
CLUSTERS: Final = (1, 2)
FLIPPING: Final = (2, 5, 10)
"""Cases of a cluster; in every second one all flip alike, which is the hardest to tell."""
STRATA: Final = 8

Names = list[str]
Pairs = tuple[Floats, Floats]
Intervals = tuple[Interval, Interval]
"""The two-sided one of 95 per cent, and that of 90, whose ends are the one-sided bounds."""


class Covered(NamedTuple):
    """How often an interval of nominal 95 per cent held the truth, of `runs` simulated pairs of runs.

    `lower` and `upper` are the one-sided bounds, nominal 95 per cent each. `changed` is the share of cases
    that differ.
    """

    what: str
    n: int
    changed: float
    both: float
    lower: float
    upper: float
    runs: int

    @property
    def least(self) -> float:
        """The smallest of the three shares: what has to reach `LEAST_COVERAGE`."""
        return min(self.both, self.lower, self.upper)


def yes_no_coverage(runs: int, seed: int = SEED) -> Iterator[Covered]:
    """Of Tango's interval, at no difference and at one of half the discordance."""
    random = np.random.default_rng(seed)
    for n, (discordance, delta) in product(SIZES, FLIPS):
        counts = random.multinomial(n, _shares(discordance, delta), size=runs)[:, :2].tolist()
        found = [_of_share(lost, won, n) for lost, won in counts]
        yield _covered(f"share, Tango, {100 * delta:+.1f} points", n, discordance, found, delta)


def clustered_coverage(runs: int, sizes: Sequence[int] = SIZES, seed: int = SEED) -> Iterator[Covered]:
    """Of Tango's interval with the counts divided by the design effect, where cases move together."""
    random = np.random.default_rng(seed)
    for n, size, (discordance, delta) in product(sizes, FLIPPING, FLIPS):
        clusters, _ = _names(n, size)
        found = []
        for _ in range(runs):
            change = flips(n, _shares(discordance, delta), size, random)
            effect = design_effect(change, clusters)
            found.append(
                _of_share(*(count / effect for count in (np.sum(change < 0), np.sum(change > 0), n)))
            )
        yield _covered(f"share, clusters of {size}, {100 * delta:+.1f} points", n, discordance, found, delta)


def mean_coverage(runs: int, sizes: Sequence[int] = SIZES, seed: int = SEED) -> Iterator[Covered]:
    """Of the interval of a mean: over scores of which a share changes, and over costs, which all change.

    Costs are skewed to the right, and a tenth higher in truth.
    """
    random = np.random.default_rng(seed)
    for n, size in product(sizes, CLUSTERS):
        clusters, _ = _names(n, size)
        for changed in DISCORDANCES:
            scores = (score_pair(n, changed, size, random) for _ in range(runs))
            found = [_of_mean(*pair, clusters) for pair in scores]
            yield _covered(f"mean, t, clusters of {size}", n, changed, found, 0)
        costs = (cost_pair(n, size, random) for _ in range(runs))
        found = [_of_mean(*pair, clusters) for pair in costs]
        yield _covered(f"mean cost, t, clusters of {size}", n, 1, found, COST_RISE)


def median_coverage(
    runs: int, draws: int, sizes: Sequence[int] = SIZES, seed: int = SEED
) -> Iterator[Covered]:
    """Of the bootstrap's interval of a median over the same scores."""
    random = np.random.default_rng(seed)
    for n, size, changed in product(sizes, CLUSTERS, DISCORDANCES):
        names = _names(n, size)
        pairs = (score_pair(n, changed, size, random) for _ in range(runs))
        drawn = [bootstrap_medians(*pair, *names, draws=draws) for pair in pairs]
        found = [(percentile_interval(each), percentile_interval(each, 0.90)) for each in drawn]
        yield _covered(f"median, bootstrap, clusters of {size}", n, changed, found, 0)


def _covered(
    what: str, n: int, changed: float, found: list[tuple[Interval, Interval]], truth: float
) -> Covered:
    both = np.mean([wide.low <= truth <= wide.high for wide, _ in found])
    lower = np.mean([narrow.low <= truth for _, narrow in found])
    upper = np.mean([truth <= narrow.high for _, narrow in found])
    return Covered(what, n, changed, float(both), float(lower), float(upper), len(found))


def _shares(discordance: float, delta: float) -> list[float]:
    """Of cases that are lost, won and the same."""
    return [(discordance - delta) / 2, (discordance + delta) / 2, 1 - discordance]


def _of_share(lost: float, won: float, n: float) -> Intervals:
    return tango_interval(lost, won, n), tango_interval(lost, won, n, 0.90)


def flips(n: int, shares: Sequence[float], size: int, random: np.random.Generator) -> Floats:
    """The change of `n` cases in clusters of `size`: -1, 1 and 0 in these shares of all draws."""
    clusters = np.arange(n) // size
    of_cluster = random.random(clusters[-1] + 1)[clusters]
    as_one = (random.random(clusters[-1] + 1) < 0.5)[clusters]
    drawn = np.where(as_one, of_cluster, random.random(n))
    return np.where(drawn < shares[0], -1.0, np.where(drawn < shares[0] + shares[1], 1.0, 0.0))


def _of_mean(base: Floats, cand: Floats, clusters: Names) -> Intervals:
    wide, narrow = (mean_interval(cand - base, clusters, confidence) for confidence in (0.95, 0.90))
    if wide is None or narrow is None:
        raise ValueError("a single cluster has no interval to be covered")
    return wide, narrow


def _names(n: int, size: int) -> tuple[Names, Names]:
    """Of clusters of `size` cases each, and of their strata, by case."""
    return [str(index // size) for index in range(n)], [str(index // size % STRATA) for index in range(n)]


def score_pair(n: int, changed: float, size: int, random: np.random.Generator) -> Pairs:
    """Scores from 0 to 1 of two runs, by case; clusters of `size` move together.

    A share of them changes, by a normal step of .3. The true difference is 0: either run may be either.
    """
    clusters = -(-n // size)
    base = random.beta(5, 3, clusters)
    steps = np.where(random.random(clusters) < changed, random.normal(0, 0.3, clusters), 0)
    cand = np.clip(base + steps, 0, 1)
    turned = random.random(clusters) < 0.5
    base, cand = np.where(turned, cand, base), np.where(turned, base, cand)
    return np.repeat(base, size)[:n], np.repeat(cand, size)[:n]


COST: Final = 800.0
COST_RISE: Final = COST / 10
_SKEW: Final = 0.4  # of the logarithm: a tenth of the answers cost 1.7 times the usual


def cost_pair(n: int, size: int, random: np.random.Generator) -> Pairs:
    """Micro-dollars of two runs by case, of which the candidate's cost a tenth more in the mean."""
    clusters = -(-n // size)
    base, cand = (
        mean * random.lognormal(-(_SKEW**2) / 2, _SKEW, clusters) for mean in (COST, COST + COST_RISE)
    )
    return np.repeat(base, size)[:n], np.repeat(cand, size)[:n]


def print_coverage(
    runs: int = 4000, clustered_runs: int = 2000, median_runs: int = 400, draws: int = 1000
) -> bool:
    """Print the table; whether every line, one-sided bounds too, covers in at least 93 per cent."""
    say(f"{'interval':<40}{'cases':>6}{'change':>8}{'covers':>9}{'lower':>8}{'upper':>8}{'runs':>7}")
    held = True
    tables = (
        yes_no_coverage(runs),
        clustered_coverage(clustered_runs),
        mean_coverage(runs),
        median_coverage(median_runs, draws),
    )
    for row in chain(*tables):
        enough = row.least >= LEAST_COVERAGE
        held &= enough
        figures = f"{row.changed:>8.2f}{row.both:>9.3f}{row.lower:>8.3f}{row.upper:>8.3f}{row.runs:>7}"
        say(f"{row.what:<40}{row.n:>6}{figures}{'' if enough else '  UNDER 93 PER CENT'}")
    say("every line covers in at least 93 per cent" if held else "NOT EVERY LINE covers in 93 per cent")
    return held
