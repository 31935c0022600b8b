"""Two runs over the same cases, case by case: what differs, how surely, and what this size could see.

No Django. A difference is candidate minus baseline; of every metric that may gate, higher is better.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
from scipy.stats import wilcoxon

from evals import statistics
from evals.run_scores import RunScores, check_comparable
from evals.scoring import METRICS, Judge, Kind, Metric, in_majority, judge_metric
from evals.statistics import DRAWS, SEED, Floats, Interval

ENOUGH: Final = 100
"""Fewer cases are too few: a continuous score then gets no interval, no p and no verdict."""

DECLARED: Final = ("category_accepted", "title_right", "condition_right", "price_inside", "price_closeness")
"""The metrics that a change is meant to move, named before looking; the others are descriptive."""

_ALPHA: Final = 0.05


@dataclass(frozen=True, slots=True)
class MetricComparison:
    """One metric in both runs, over the `cases` to which it applies (without those that must pass).

    `baseline`, `candidate` and `difference` are shares, or statistics of the continuous score. `interval` is
    the two-sided 95 per cent one, `lower` and `upper` are one-sided 95 per cent bounds, `p_worse` the
    one-sided p that belongs to `upper`; `p` is two-sided (mid-p McNemar, or Wilcoxon's signed ranks of the
    clusters' means) and `p_holm` the same adjusted over the declared metrics, None for others. All None for a
    continuous score with fewer than `ENOUGH` cases, or than `FEW` clusters of them. `smallest` is the
    difference that this size finds in four of five tries (one-sided 5 per cent). `regressed` and `improved`
    are the keys of the cases that flipped. `judge` is whose verdicts these are, if they are a judge's: all of
    this is about what it says.
    """

    metric: str
    kind: Kind
    cases: int
    baseline: float
    candidate: float
    difference: float
    interval: Interval | None = None
    lower: float | None = None
    upper: float | None = None
    p: float | None = None
    p_worse: float | None = None
    p_holm: float | None = None
    smallest: float | None = None
    design_effect: float = 1.0
    regressed: tuple[str, ...] = ()
    improved: tuple[str, ...] = ()
    judge: Judge | None = None

    @property
    def keeps(self) -> float:
        """The share of a true difference that is surely seen here: all of it, but for a judge."""
        return 1.0 if self.judge is None else self.judge.keeps

    @property
    def too_few(self) -> bool:
        """Whether the set says little; a continuous score then has no bounds at all."""
        return self.cases < ENOUGH


@dataclass(frozen=True, slots=True)
class Paired:
    """Cost in micro-dollars or latency in seconds of one answer: means over cases, and their difference.

    `interval` (two-sided 95 per cent) is None with fewer than `ENOUGH` cases, or with one cluster of them.
    """

    cases: int
    baseline: float
    candidate: float
    difference: float
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class MustPass:
    """A must-pass case of the candidate. `wrong` holds, for each repeat, the metrics that it failed."""

    case: str
    wrong: tuple[tuple[str, ...], ...]
    invalid: int

    @property
    def breaks(self) -> bool:
        """Whether it is not right in the majority of repeats: wrong in two of three."""
        return not in_majority([float(not wrong) for wrong in self.wrong])


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that is to be said of two runs; `cases` counts those that do not have to pass.

    `absurd` are (case, words) of the candidate. `invalid` counts answers that broke the schema, of all cases:
    (baseline, candidate); `invalid_p_worse` is the one-sided mid-p of "not more of them".
    """

    cases: int
    repeats: int
    metrics: Mapping[str, MetricComparison]
    must_pass: tuple[MustPass, ...]
    absurd: tuple[tuple[str, str], ...]
    invalid: tuple[int, int]
    invalid_p_worse: float
    cost: Paired | None
    latency: Paired | None

    @property
    def too_few(self) -> bool:
        """Whether the whole set says little."""
        return self.cases < ENOUGH

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, enough to read the comparison later without the runs."""
        return asdict(self)


def compare(
    baseline: RunScores,
    candidate: RunScores,
    declared: Collection[str] = DECLARED,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Comparison:
    """The candidate against the baseline, case by case; Holm over those of `declared` that have a p.

    Judges are metrics like the others; cases that must pass stay out of theirs too. Equal input gives equal
    output. Raises `NotComparableError`.
    """
    check_comparable(baseline, candidate)
    pairs = _Pairs(baseline, candidate, draws, seed)
    metrics = [*METRICS.values(), *map(judge_metric, candidate.judges)]
    found = [each for metric in metrics if (each := pairs.compared(metric)) is not None]
    adjusted = statistics.holm(
        {each.metric: each.p for each in found if each.p is not None and each.metric in declared}
    )
    return Comparison(
        cases=len(pairs.keys),
        repeats=candidate.repeats,
        metrics={
            each.metric: replace(
                each, p_holm=adjusted.get(each.metric), judge=candidate.judges.get(each.metric)
            )
            for each in found
        },
        must_pass=tuple(
            MustPass(key, case.wrong, case.invalid) for key, case in candidate.cases.items() if case.must_pass
        ),
        absurd=tuple((key, words) for key, case in candidate.cases.items() for words in case.absurd),
        invalid=(_invalid(baseline), _invalid(candidate)),
        invalid_p_worse=pairs.invalid_p_worse(),
        cost=pairs.paired("cost"),
        latency=pairs.paired("latency"),
    )


class _Pairs:
    """Both runs side by side, without the must-pass cases."""

    def __init__(self, baseline: RunScores, candidate: RunScores, draws: int, seed: int) -> None:
        self.before, self.after = baseline.cases, candidate.cases
        self.keys = sorted(key for key, case in self.after.items() if not case.must_pass)
        self.draws, self.seed = draws, seed

    def compared(self, metric: Metric) -> MetricComparison | None:
        """None if the metric applies to no case."""
        values = {key: (self.before[key].value(metric), self.after[key].value(metric)) for key in self.keys}
        keys, base, cand = _both(values)
        if not keys:
            return None
        compared = _yes_no if metric.kind is Kind.YES_NO else self._continuous
        return compared(metric, keys, base, cand, [self.after[key].cluster for key in keys])

    def paired(self, name: str) -> Paired | None:
        """Cost or latency over the cases that have it in both runs."""
        values = {key: (getattr(self.before[key], name), getattr(self.after[key], name)) for key in self.keys}
        keys, base, cand = _both(values)
        if not keys:
            return None
        interval = None
        if len(keys) >= ENOUGH:
            interval = statistics.mean_interval(cand - base, [self.after[key].cluster for key in keys])
        before, after = float(base.mean()), float(cand.mean())
        return Paired(len(keys), before, after, after - before, interval)

    def invalid_p_worse(self) -> float:
        """Answers of a cluster of cases count together, must-pass cases too."""
        nets: dict[str, int] = {}
        for key, case in self.after.items():
            nets[case.cluster] = nets.get(case.cluster, 0) + self.before[key].invalid - case.invalid
        return statistics.midp_worse(_flips(nets.values()))

    def _continuous(
        self, metric: Metric, keys: list[str], base: Floats, cand: Floats, clusters: list[str]
    ) -> MetricComparison:
        before, after = float(np.median(base)), float(np.median(cand))
        plain = MetricComparison(metric.name, metric.kind, len(keys), before, after, after - before)
        if plain.too_few or len(set(clusters)) < statistics.FEW:
            return plain
        strata = [self.after[key].stratum for key in keys]
        draws = statistics.bootstrap_medians(base, cand, clusters, strata, draws=self.draws, seed=self.seed)
        low, high = statistics.percentile_interval(draws, 1 - 2 * _ALPHA)
        return replace(
            plain,
            interval=statistics.percentile_interval(draws),
            lower=low,
            upper=high,
            p=_wilcoxon(cand - base, clusters),
            p_worse=statistics.bootstrap_p_worse(draws),
            smallest=statistics.smallest_difference(float(draws.std())),
            design_effect=statistics.design_effect(cand - base, clusters),
        )


def _yes_no(
    metric: Metric, keys: list[str], base: Floats, cand: Floats, clusters: list[str]
) -> MetricComparison:
    change = cand - base
    regressed = tuple(key for key, each in zip(keys, change, strict=True) if each < 0)
    improved = tuple(key for key, each in zip(keys, change, strict=True) if each > 0)
    effect = statistics.design_effect(change, clusters)
    lost, won, n = (count / effect for count in (len(regressed), len(improved), len(keys)))
    nets: dict[str, int] = {}
    for cluster, each in zip(clusters, change, strict=True):
        nets[cluster] = nets.get(cluster, 0) + int(each)
    return MetricComparison(
        metric=metric.name,
        kind=metric.kind,
        cases=len(keys),
        baseline=float(base.mean()),
        candidate=float(cand.mean()),
        difference=(len(improved) - len(regressed)) / len(keys),
        interval=statistics.tango_interval(lost, won, n),
        lower=statistics.tango_lower(lost, won, n, _ALPHA),
        upper=statistics.tango_upper(lost, won, n, _ALPHA),
        p=statistics.midp(_flips(nets.values())),
        p_worse=statistics.tango_p_worse(lost, won, n),
        smallest=statistics.smallest_share_difference(n, max(lost + won, 1) / n),
        design_effect=effect,
        regressed=regressed,
        improved=improved,
    )


def _both(values: Mapping[str, tuple[float | None, float | None]]) -> tuple[list[str], Floats, Floats]:
    """The keys that have both values, and the values."""
    whole = {key: pair for key, pair in values.items() if pair[0] is not None and pair[1] is not None}
    pairs = np.array(list(whole.values()), float).reshape(-1, 2)
    return list(whole), pairs[:, 0], pairs[:, 1]


def _flips(nets: Collection[int]) -> tuple[int, ...]:
    return tuple(sorted(net for net in nets if net))


def _wilcoxon(change: Floats, clusters: list[str]) -> float:
    """Two-sided p of Wilcoxon's signed ranks over the clusters' mean changes; 1 if nothing changed."""
    codes = np.unique(clusters, return_inverse=True)[1]
    means = np.bincount(codes, change) / np.bincount(codes)
    return float(wilcoxon(means).pvalue) if means.any() else 1.0


def _invalid(run: RunScores) -> int:
    return sum(case.invalid for case in run.cases.values())
