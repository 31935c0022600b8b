"""How far a judge agrees with people, and what that makes of it. Plain values, no Django.

Passing is the positive: the true positive rate (TPR) is the share of answers that pass by people's labels and
by the judge's verdict, the true negative rate (TNR) the same of those that fail.
[Husain, evals-skills, validate-evaluator]
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from scipy.stats import binom

from evals.statistics import Interval, design_effect, wilson

ENOUGH: Final = 20
"""Labels of the test part, of answers that pass and of such that fail, below which nothing is said."""
TARGET: Final = 0.90
FLOOR: Final = 0.80


class Part(StrEnum):
    """What a label may be used for: examples in the prompt, to mend the prompt, to measure the judge."""

    TRAIN = "train"
    DEV = "dev"
    TEST = "test"


def part(case_key: str) -> Part:
    """The part of all labels of this case, for good: 15, 45 and 40 cases of 100, by the key's digest."""
    drawn = int.from_bytes(hashlib.sha256(f"judge:{case_key}".encode()).digest()[:8]) / 2**64
    return Part.TRAIN if drawn < 0.15 else Part.DEV if drawn < 0.60 else Part.TEST


@dataclass(frozen=True, slots=True)
class Share:
    """The answers, of `of`, for which something holds.

    Answers of one case are not independent: `worth` is how many independent ones tell as much.
    """

    holds: int
    of: int
    worth: float

    @classmethod
    def over(cls, answers: Sequence[bool], cases: Sequence[str]) -> "Share":
        """Of answers, each with the case (or cluster) that it is about."""
        of = len(answers)
        return cls(sum(answers), of, of / design_effect(np.array(answers, float), cases))

    @property
    def value(self) -> float:
        """From 0 to 1; 0 of nothing."""
        return self.holds / self.of if self.of else 0.0

    @property
    def interval(self) -> Interval:
        """Wilson's, two-sided 95 per cent."""
        return wilson(self.value * self.worth, self.worth)

    @property
    def is_good(self) -> bool:
        """Whether it is above the target, and for certain not below the floor."""
        return self.value > TARGET and self.interval.low >= FLOOR


@dataclass(frozen=True, slots=True)
class Calibration:
    """One version of a judge, measured on people's labels of the test part.

    `passing` and `failing` count the labelled answers of the part, judged or not; `tpr` and `tnr` are over
    those that this version has judged. `versions` is how many versions were ever measured on the part: after
    many it is no longer untouched.
    """

    passing: int
    failing: int
    tpr: Share
    tnr: Share
    versions: int = 0

    @property
    def lacks(self) -> tuple[int, int]:
        """How many more labels the test part needs of answers that pass, and of such that fail."""
        return max(0, ENOUGH - self.passing), max(0, ENOUGH - self.failing)

    @property
    def unjudged(self) -> int:
        """Labelled answers of the test part that this version has not judged."""
        return self.passing + self.failing - self.tpr.of - self.tnr.of

    @property
    def is_known(self) -> bool:
        """Whether the rates may be shown: `ENOUGH` answers of both kinds are labelled and judged."""
        return min(self.tpr.of, self.tnr.of) >= ENOUGH


def can_gate(told: Calibration) -> bool:
    """Whether the judge may decide about versions: whether it is known, and TPR and TNR are both good.

    Good is a share above 90 per cent whose 95 per cent Wilson bound is not below 80 per cent. The source
    wants both above 90 per cent and never below 80 ("target" and "minimum"), on the untouched test part, and
    neither accuracy nor kappa; that the floor holds for the bound, so that luck with few labels does not
    count, is ours. 20 of 20 pass it, 19 of 20 do not, 45 of 48 do. [Husain, evals-skills, validate-evaluator]
    """
    return told.is_known and told.tpr.is_good and told.tnr.is_good


def keeps(told: Calibration, repeats: int) -> float:
    """The least share of a true difference, by majority of repeats, that the judge's verdicts show; 0 to 1.

    A judge that errs equally often in both versions shrinks a difference of single answers to
    J = TPR + TNR - 1 of it. [Youden 1950; Rogan & Gladen 1978, American Journal of Epidemiology 107:71]
    A case shrinks most that goes over by one of its answers: that one decides only if the others, which are
    evenly split, are judged to be so. A case that goes over by more shows more. Errors are taken to be
    independent from answer to answer (equal ones share a verdict, and show no less), and cases that change
    without going over to change both ways alike.

    TPR and TNR are both taken at the low ends of their intervals, and the share grows with either: few labels
    make it too small, not too large, so that a loss of a whole margin does not pass for want of labels.
    """
    tpr, tnr = told.tpr.interval.low, told.tnr.interval.low
    passing = repeats // 2  # of the others; with one more the case passes
    failing = repeats - 1 - passing
    passed = np.arange(passing + 1)
    split = binom.pmf(passed, passing, tpr) * binom.pmf(passing - passed, failing, 1 - tnr)
    return max(0.0, tpr + tnr - 1) * float(np.sum(split))


def why_not(told: Calibration) -> str:
    """In words why the judge cannot gate; "" if it can."""
    passing, failing = told.lacks
    if passing or failing:
        return f"the test part needs {passing} + {failing} more labels (pass + fail)"
    if not told.is_known:
        return f"{told.unjudged} labelled answers are not judged yet"
    shares = ", ".join(
        f"{name} {share.value:.3f} (not below {share.interval.low:.3f})"
        for name, share in (("TPR", told.tpr), ("TNR", told.tnr))
        if not share.is_good
    )
    return shares and f"it agrees too little with people: {shares}"
