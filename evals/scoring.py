"""The metrics, and a case's scores under all of them; no Django."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from evals import field_scores as by_field
from evals.answer import Answer
from evals.content import Expectation
from evals.field_scores import Score

VERSION: Final = 2
"""Raised with every change of a score's meaning: runs scored under two versions can't be compared."""

JUDGE: Final = "judge:"
"""Before the name of a failure mode whose judge is a metric, see `judge_metric`."""

Scores = Mapping[str, float]
"""One answer's scores by the metric's name: 0 to 1 (`price_bias` apart), only those that apply."""


class Kind(StrEnum):
    """How a metric is summed up and compared."""

    YES_NO = "yes_no"  # 0 or 1; the share of cases right in the majority of repeats
    MEDIAN = "median"  # the median over cases of the mean over repeats


@dataclass(frozen=True, slots=True)
class Metric:
    """One score. `beside`: told next to the others, never gates. `right_of`: what it is the coverage of."""

    name: str
    kind: Kind
    score: Callable[[Expectation, Answer], Score]
    beside: bool = False
    right_of: str = ""

    @property
    def meaning(self) -> str:
        """The first line of the score's docstring."""
        return (self.score.__doc__ or "").partition("\n")[0]


_YES_NO: Final = (
    by_field.category_accepted,
    by_field.category_exact,
    by_field.title_right,
    by_field.condition_right,
    by_field.price_inside,
    by_field.description_right,
    by_field.text_length,
    by_field.plain_words,
    by_field.no_advertising,
    by_field.no_forbidden_claim,
    by_field.right_language,
    by_field.no_contact,
    by_field.rightly_silent,
    by_field.valid,
    by_field.not_refused,
)
_COVERAGE: Final = {
    "category": "category_accepted",
    "title": "title_right",
    "condition": "condition_right",
    "price": "price_inside",
}

METRICS: Final[Mapping[str, Metric]] = {
    metric.name: metric
    for metric in (
        *(Metric(score.__name__, Kind.YES_NO, score) for score in _YES_NO),
        Metric("price_closeness", Kind.MEDIAN, by_field.price_closeness),
        *(
            Metric(f"{field}_answered", Kind.YES_NO, by_field.answered(field), beside=True, right_of=right)
            for field, right in _COVERAGE.items()
        ),
        Metric("price_covers", Kind.YES_NO, by_field.price_covers, beside=True),
        Metric("price_bias", Kind.MEDIAN, by_field.price_bias, beside=True),
        Metric("price_sharpness", Kind.MEDIAN, by_field.price_sharpness, beside=True),
    )
}
"""Every metric by its name, in the order in which pages show them."""


@dataclass(frozen=True, slots=True)
class Judge:
    """A judge among the metrics of a run: what it is asked, and how far it agrees with people.

    `tpr` and `tnr` were measured on so many labelled answers that pass (`passing`) and that fail (`failing`).
    Of a true difference its verdicts show at least the share `keeps` (`judges.agreement.keeps`).
    """

    question: str
    tpr: float
    tnr: float
    passing: int
    failing: int
    keeps: float

    @property
    def agreement(self) -> str:
        """In words, for whoever reads the metric."""
        passing = f"TPR {self.tpr:.3f} on {self.passing} labels"
        return f"{passing}, TNR {self.tnr:.3f} on {self.failing}"


def judge_metric(name: str) -> Metric:
    """The metric that a judge's verdicts make, `name` with `JUDGE` before it.

    It is not in `METRICS`, for no answer tells it by itself: verdicts are rows (`judges.gating`). So it is no
    matter of cases that must pass, nor of a run's `scoring`.
    """
    return Metric(name, Kind.YES_NO, _by_verdicts)


def _by_verdicts(_expected: Expectation, _answer: Answer) -> Score:
    """1: the judge finds that the answer passes. 0: that it fails."""
    return None


_NOT_FOR_PASSING: Final = frozenset({"category_exact", "text_length"})


def score(expected: Expectation, answer: Answer) -> Scores:
    """The answer's score under every metric of `METRICS` that applies."""
    scores = {name: metric.score(expected, answer) for name, metric in METRICS.items()}
    return {name: value for name, value in scores.items() if value is not None}


def failures(scores: Scores) -> list[str]:
    """The metrics by which one answer to a must-pass case is not right; [] if it passes.

    Every yes/no metric that applies and may gate has to be 1; an acceptable category and any length of text
    are enough.
    """
    return [
        name
        for name, metric in METRICS.items()
        if metric.kind is Kind.YES_NO and not metric.beside and name not in _NOT_FOR_PASSING
        if scores.get(name) == 0
    ]


def in_majority(repeats: Sequence[float]) -> float:
    """A yes/no score of a case: 1 if right in more than half of its repeats (at least one), else 0."""
    return float(2 * sum(repeats) > len(repeats))
