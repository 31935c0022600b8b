"""What a version's answers cost and how long they take, and what that comes to at the site's traffic.

No Django here. Money is in micro-dollars, time in seconds. Intervals are two-sided, 95 per cent: of what was
measured on the cases, not of how much will be asked.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, NamedTuple

import numpy as np
from scipy.stats import t

from evals.statistics import SEED, Floats, clustered_se

CONFIDENCE: Final = 0.95
DRAWS: Final = 2_000
MONTH: Final = 30
"""Days."""


class Spent(NamedTuple):
    """One result of a run, all its tries together. `micros` None: unpriced; `seconds` None: unknown."""

    case: str
    repeat: int
    cluster: str
    micros: int | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value between `low` and `high`; both None where one cluster of cases tells of no spread."""

    value: float
    low: float | None
    high: float | None

    def times(self, factor: float) -> "Estimate":
        """The same, of so many."""
        low, high = (None if bound is None else bound * factor for bound in (self.low, self.high))
        return Estimate(self.value * factor, low, high)

    def of_an_amount(self) -> "Estimate":
        """The same, of what cannot be below zero."""
        return replace(self, low=None if self.low is None else max(self.low, 0.0))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a forecast, of what `unit` says. None: not known; `change` is paired, case by case."""

    unit: str
    before: Estimate | None
    after: Estimate | None
    change: Estimate | None = None

    def times(self, factor: float, unit: str) -> "Row":
        """The same, of so many."""
        before, after, change = (
            part and part.times(factor) for part in (self.before, self.after, self.change)
        )
        return Row(unit, before, after, change)


def mean(values: Sequence[float], clusters: Sequence[str]) -> Estimate:
    """The mean, give or take t (C - 1 degrees of freedom) times its clustered standard error."""
    array = np.array(values, float)
    middle, se = float(array.mean()), clustered_se(array, clusters)
    if math.isnan(se):
        return Estimate(middle, None, None)
    half = float(t.ppf((1 + CONFIDENCE) / 2, len(set(clusters)) - 1)) * se
    return Estimate(middle, middle - half, middle + half)


def percentile(values: Sequence[float], clusters: Sequence[str], share: float) -> Estimate:
    """The value that `share` of the values do not pass; the interval from drawing whole clusters anew."""
    names, codes = np.unique(np.asarray(clusters), return_inverse=True)
    order = np.argsort(values, kind="stable")
    ranked = np.asarray(values, float)[order]
    weights = np.ones((1, len(ranked)))
    middle = float(_weighted(ranked, weights, share)[0])
    if len(names) < 2:
        return Estimate(middle, None, None)
    random = np.random.default_rng(SEED)
    times = random.multinomial(len(names), np.full(len(names), 1 / len(names)), size=DRAWS)
    found = _weighted(ranked, times[:, codes[order]].astype(float), share)
    low, high = np.quantile(found, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Estimate(middle, min(float(low), middle), max(float(high), middle))


def _weighted(ranked: Floats, weights: Floats, share: float) -> Floats:
    """For each row of weights, the first value up to which at least `share` of the weight lies."""
    reached = weights.cumsum(axis=1)
    found: Floats = ranked[(reached >= share * reached[:, -1:] - 1e-9).argmax(axis=1)]
    return found


def costs(
    before: Sequence[Spent], after: Sequence[Spent], calls_per_listing: float | None, calls_a_day: float
) -> list[Row]:
    """What an answer, a thousand of them, a posted listing and a month cost; no row that has no traffic.

    A version with an unpriced answer has no cost.
    """
    change = _change([each.micros for each in before], [each.micros for each in after], before, after)
    answer = Row("answer", _mean_cost(before), _mean_cost(after), change)
    rows = [answer, answer.times(1000, "thousand answers")]
    if calls_per_listing is not None:
        rows.append(answer.times(calls_per_listing, "posted listing"))
    return [*rows, answer.times(MONTH * calls_a_day, "month")] if calls_a_day else rows


def times(before: Sequence[Spent], after: Sequence[Spent], calls_per_listing: float | None) -> list[Row]:
    """How long an answer takes, on average and for most, and the answers of a posted listing together."""
    old, new = ([each for each in side if each.seconds is not None] for side in (before, after))
    change = _change([each.seconds for each in old], [each.seconds for each in new], old, new)
    average = Row("mean", _of_seconds(old, mean), _of_seconds(new, mean), change)
    rows = [average]
    for share in (0.5, 0.9):
        within = partial(percentile, share=share)
        rows.append(Row(f"p{100 * share:.0f}", _of_seconds(old, within), _of_seconds(new, within)))
    if calls_per_listing is not None:
        rows.append(average.times(calls_per_listing, "posted listing"))
    return rows


def _mean_cost(side: Sequence[Spent]) -> Estimate | None:
    known = [float(each.micros) for each in side if each.micros is not None]
    if not known or len(known) < len(side):
        return None
    return mean(known, [each.cluster for each in side]).of_an_amount()


def _of_seconds(
    side: Sequence[Spent], summed: Callable[[Sequence[float], Sequence[str]], Estimate]
) -> Estimate | None:
    seconds = [float(each.seconds or 0) for each in side]
    return summed(seconds, [each.cluster for each in side]).of_an_amount() if seconds else None


def _change(
    old: Sequence[float | None], new: Sequence[float | None], before: Sequence[Spent], after: Sequence[Spent]
) -> Estimate | None:
    """The mean difference over the answers that both sides have; None if one of them is not known."""
    known = {(each.case, each.repeat): value for each, value in zip(before, old, strict=True)}
    pairs = [
        (known[each.case, each.repeat], value, each.cluster)
        for each, value in zip(after, new, strict=True)
        if (each.case, each.repeat) in known
    ]
    told = [
        (late - early, cluster) for early, late, cluster in pairs if early is not None and late is not None
    ]
    if not told or len(told) < len(pairs):
        return None
    return mean([value for value, _ in told], [cluster for _, cluster in told])
