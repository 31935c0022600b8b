"""A run's scores as plain values, and whether two runs can be compared; no Django."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from evals.scoring import METRICS, Judge, Kind, Metric, Scores, failures, in_majority

_BESIDE: Final = frozenset(name for name, metric in METRICS.items() if metric.beside)


class NotComparableError(ValueError):
    """Two runs cannot be compared case by case; the message says why."""


@dataclass(frozen=True, slots=True)
class CaseScores:
    """One case in one run. `scores` holds one entry a repeat, in their order.

    `stratum` is the expected category or ""; cases of one `cluster` are not independent. `must_pass` cases
    fail a version by themselves and stay out of the averages. `absurd` says in words what was absurd in any
    repeat (`field_scores.absurdities`). `cost` in micro-dollars and `latency` in seconds are means of the
    repeats, None if unknown.
    """

    scores: tuple[Scores, ...]
    cluster: str
    stratum: str = ""
    must_pass: bool = False
    absurd: tuple[str, ...] = ()
    cost: float | None = None
    latency: float | None = None

    def value(self, metric: Metric) -> float | None:
        """The case's score: of yes/no by majority of repeats, else their mean; None if none applies."""
        repeats = [scores[metric.name] for scores in self.scores if metric.name in scores]
        if not repeats:
            return None
        return in_majority(repeats) if metric.kind is Kind.YES_NO else sum(repeats) / len(repeats)

    @property
    def wrong(self) -> tuple[tuple[str, ...], ...]:
        """For each repeat the metrics that it fails as a must-pass case; see `scoring.failures`."""
        return tuple(tuple(failures(scores)) for scores in self.scores)

    @property
    def invalid(self) -> int:
        """How many of its answers broke the schema."""
        return sum(scores["valid"] == 0 for scores in self.scores)

    @property
    def applying(self) -> set[frozenset[str]]:
        """The metrics that apply and may gate, of each repeat: one set if the case is scored whole."""
        return {frozenset(scores) - _BESIDE for scores in self.scores}


@dataclass(frozen=True, slots=True)
class RunScores:
    """A whole run. `release` is the digest of what it was made on, `scoring` the version of the scores.

    `cases` are all cases of the split by their key; each must have `repeats` scored repeats. `judges` are
    those whose verdicts stand among the scores, by the name of the metric.
    """

    release: str
    split: str
    repeats: int
    scoring: int
    cases: Mapping[str, CaseScores]
    judges: Mapping[str, Judge] = field(default_factory=dict)


def check_comparable(baseline: RunScores, candidate: RunScores) -> None:
    """Raise `NotComparableError` unless both scored the same cases in the same way, whole."""
    for name, why in _SAME.items():
        before, after = getattr(baseline, name), getattr(candidate, name)
        if before != after:
            raise NotComparableError(f"The runs differ in their {why}: {before} and {after}.")
    if not baseline.cases:
        raise NotComparableError("The runs have no cases.")
    if alone := sorted(baseline.cases.keys() ^ candidate.cases.keys()):
        raise NotComparableError(f"Not in both runs: {_listed(alone)}.")
    if unscored := [key for key in baseline.cases if not _whole(key, baseline, candidate)]:
        raise NotComparableError(f"Not scored in every repeat of both runs: {_listed(unscored)}.")


_SAME: Final = {
    "release": "release",
    "split": "split",
    "repeats": "number of repeats",
    "scoring": "version of the scores",
}


def _whole(key: str, *runs: RunScores) -> bool:
    cases = [run.cases[key] for run in runs]
    applying = set().union(*(case.applying for case in cases))
    return (
        len(applying) == 1
        and "valid" in applying.pop()
        and all(len(case.scores) == run.repeats for case, run in zip(cases, runs, strict=True))
    )


def _listed(keys: list[str], most: int = 5) -> str:
    more = f" and {len(keys) - most} more" if len(keys) > most else ""
    return ", ".join(keys[:most]) + more
