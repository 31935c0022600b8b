"""One run summed up: every metric with its interval, coverage, slices, the worst cases. No Django here.

Must-pass cases stay out of the averages: they are judged one by one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from evals.comparison import DECLARED, ENOUGH
from evals.content import Expectation
from evals.run_scores import CaseScores
from evals.scoring import METRICS, Kind, Metric
from evals.statistics import FEW, Interval, bootstrap_medians, design_effect, percentile_interval, wilson

Cases = Mapping[str, CaseScores]


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric over the `cases` it applies to, a share or a median.

    `interval` is the two-sided 95 per cent one: Wilson's for a share, with as many cases as the clusters are
    worth; a cluster bootstrap for a median, None with fewer than `ENOUGH` cases, or than `FEW` clusters.
    """

    metric: Metric
    cases: int
    value: float
    interval: Interval | None

    @property
    def is_share(self) -> bool:
        """Whether it goes from 0 to 1 and reads as per cent."""
        return self.metric.kind is Kind.YES_NO


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of one field: how often it was told, and how often it was right where it was. None: never told."""

    field: str
    told: Figure
    right: Figure | None


@dataclass(frozen=True, slots=True)
class Worst:
    """A case and the declared metrics that it failed, each with the number of repeats in which it did."""

    key: str
    failed: Mapping[str, int]


def figure(metric: Metric, cases: Iterable[CaseScores]) -> Figure | None:
    """The metric over these cases; None if it applies to none."""
    told = [(value, case.cluster) for case in cases if (value := case.value(metric)) is not None]
    if not told:
        return None
    if metric.kind is Kind.YES_NO:
        return share(metric, told)
    values, clusters = np.array([value for value, _ in told]), [cluster for _, cluster in told]
    value = float(np.median(values))
    if len(values) < ENOUGH or len(set(clusters)) < FEW:
        return Figure(metric, len(values), value, None)
    draws = bootstrap_medians(np.zeros(len(values)), values, clusters, [""] * len(told))
    return Figure(metric, len(values), value, percentile_interval(draws))


def share(metric: Metric, told: Sequence[tuple[float, str]]) -> Figure:
    """A yes/no metric over cases, each with its cluster."""
    values, clusters = np.array([value for value, _ in told]), [cluster for _, cluster in told]
    worth = design_effect(values, clusters)
    interval = wilson(float(values.sum()) / worth, len(values) / worth)
    return Figure(metric, len(values), float(values.mean()), interval)


def averaged(cases: Cases) -> list[CaseScores]:
    """The cases that count in the averages."""
    return [case for case in cases.values() if not case.must_pass]


def figures(cases: Cases) -> list[Figure]:
    """Every metric that applies anywhere, those that decide first."""
    names = [*DECLARED, *(name for name in METRICS if name not in DECLARED)]
    every = (figure(METRICS[name], averaged(cases)) for name in names)
    return [found for found in every if found]


def coverages(cases: Cases) -> list[Coverage]:
    """For every field with a coverage: how often it was told, and right where it was."""
    found = []
    for told in (metric for metric in METRICS.values() if metric.right_of):
        right = METRICS[told.right_of]
        answered = [case for case in averaged(cases) if case.value(told)]
        if coverage := figure(told, averaged(cases)):
            found.append(Coverage(told.name.removesuffix("_answered"), coverage, figure(right, answered)))
    return found


@dataclass(frozen=True, slots=True)
class Constant:
    """What naming `category` every time gets right of the same cases: acceptable, and the best one."""

    category: str
    accepted: Figure
    exact: Figure


def always_the_commonest(cases: Cases, expected: Mapping[str, Expectation]) -> Constant | None:
    """The category that most of these cases expect, as the one answer to all; None if none expects any.

    It needs no pictures, so a version that looks at them has to do better. `expected` is by the case's key.
    """
    asked = [
        (expected[key], case.cluster)
        for key, case in cases.items()
        if not case.must_pass and expected[key].category
    ]
    if not asked:
        return None
    counts = Counter(str(each.category) for each, _cluster in asked)
    slug = min(counts, key=lambda category: (-counts[category], category))
    fair = [(float(slug in {each.category, *each.also}), cluster) for each, cluster in asked]
    best = [(float(slug == each.category), cluster) for each, cluster in asked]
    accepted, exact = METRICS["category_accepted"], METRICS["category_exact"]
    return Constant(slug, share(accepted, fair), share(exact, best))


def slices(metric: Metric, cases: Cases, groups: Mapping[str, Iterable[str]]) -> list[tuple[str, Figure]]:
    """The metric over each group of keys, the largest first; groups that it never applies to are left out."""
    found = []
    for name, keys in groups.items():
        members = [cases[key] for key in keys if key in cases and not cases[key].must_pass]
        if of_group := figure(metric, members):
            found.append((name, of_group))
    return sorted(found, key=lambda pair: (-pair[1].cases, pair[0]))


_COUNTED: Final = tuple(name for name in DECLARED if METRICS[name].kind is Kind.YES_NO)


def worst(cases: Cases, most: int) -> list[Worst]:
    """The cases that failed most: must-pass cases first, then by failures; none that failed nothing."""
    found = []
    for key, case in cases.items():
        failed = {
            name: count
            for name in _COUNTED
            if (count := sum(scores.get(name) == 0 for scores in case.scores))
        }
        if failed:
            found.append((not case.must_pass, -sum(failed.values()), key, failed))
    return [Worst(key, failed) for *_order, key, failed in sorted(found, key=lambda each: each[:3])[:most]]


def percentile(values: Sequence[float], share: float) -> float | None:
    """The value that this share of the values does not pass; None for no values."""
    return float(np.quantile(values, share, method="higher")) if values else None
