"""Cases that went over from one run to another: how many, and which were lost. No Django here."""

from collections.abc import Iterator

from evals.run_scores import RunScores
from evals.scoring import METRICS, Kind, Metric

_JUDGED = [metric for metric in METRICS.values() if metric.kind is Kind.YES_NO and not metric.beside]


def flipped(before: RunScores, after: RunScores) -> dict[str, int]:
    """By yes/no metric, the cases that are right in one run alone, without those that must pass.

    Between two runs of one version this is the noise floor: what flips though nothing changed.
    """
    counts = {}
    for metric in _JUDGED:
        pairs = [pair for _key, pair in _pairs(before, after, metric, must_pass=False)]
        if pairs:
            counts[metric.name] = sum(old != new for old, new in pairs)
    return counts


def lost(before: RunScores, after: RunScores) -> dict[str, list[str]]:
    """The cases that were right and are not, each with the metrics it lost; the worst first.

    Those that must pass come before the others, then those that lost most, then by key.
    """
    found: dict[str, list[str]] = {}
    for metric in _JUDGED:
        for must_pass in (True, False):
            for key, (old, new) in _pairs(before, after, metric, must_pass=must_pass):
                if old > new:
                    found.setdefault(key, []).append(metric.name)
    order = sorted(found, key=lambda key: (not after.cases[key].must_pass, -len(found[key]), key))
    return {key: found[key] for key in order}


def _pairs(
    before: RunScores, after: RunScores, metric: Metric, *, must_pass: bool
) -> Iterator[tuple[str, tuple[float, float]]]:
    """The cases that both runs scored under the metric, by key."""
    for key in sorted(before.cases.keys() & after.cases.keys()):
        old, new = before.cases[key].value(metric), after.cases[key].value(metric)
        if old is not None and new is not None and after.cases[key].must_pass == must_pass:
            yield key, (old, new)
