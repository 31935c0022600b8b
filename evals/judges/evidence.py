"""What the rows say of a judge: how far it agrees with people, and what it found in a run."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from evals.judges.agreement import Agreement, Calibration, Part, part
from evals.judges.modes import Mode, known_version
from evals.judges.subjects import subjects
from evals.models import EvalRun, JudgeLabel, JudgeVerdict, ReleaseCase, Tier
from evals.statistics import Interval, corrected_share, design_effect


@dataclass(frozen=True, slots=True)
class Rate:
    """The share of a run's answers that pass: as the judge says, and corrected by what it is known to miss.

    `corrected` is None for a judge that is no better than chance.
    """

    raw: float
    corrected: float | None
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A judge on a run: of `answers`, how many have its verdict. `rate` is None unless it may be shown."""

    mode: Mode
    calibration: Calibration
    answers: int
    verdicts: int
    rate: Rate | None


def calibration(mode: Mode) -> Calibration:
    """The judge, as its file has it now, measured on the labels of the test part.

    What people say of an answer is what most of them say; one on which they are evenly split counts for
    neither kind.
    """
    truth, case_of = _labels(mode)
    verdicts = JudgeVerdict.objects.filter(mode=mode.name, answer_digest__in=truth)
    said = dict(verdicts.filter(version=known_version(mode)).values_list("answer_digest", "fails"))
    agreements = {
        fails: Agreement.over([said[each] == fails for each in found], [case_of[each] for each in found])
        for fails in (False, True)
        for found in [[digest for digest, label in truth.items() if label == fails and digest in said]]
    }
    counts = Counter(truth.values())
    versions = verdicts.order_by().values("version").distinct().count()
    return Calibration(counts[False], counts[True], agreements[False], agreements[True], versions)


def judged(mode: Mode, run: EvalRun) -> Judged:
    """What the judge found in a run that has ended; cases that must pass stay out of the rate."""
    told = calibration(mode)
    found = subjects(run.results.exclude(case__tier=Tier.MUST_PASS))
    verdicts = JudgeVerdict.objects.filter(version=known_version(mode))
    verdicts = verdicts.filter(answer_digest__in={subject.digest for subject in found})
    said = dict(verdicts.values_list("answer_digest", "fails"))
    clusters = dict(ReleaseCase.objects.filter(release=run.release_id).values_list("case", "cluster"))
    passes = [
        (not said[subject.digest], clusters[subject.result.case_id])
        for subject in found
        if subject.digest in said
    ]
    rate = _rate(told, passes) if passes and told.is_known else None
    return Judged(mode, told, len(found), len(passes), rate)


def _rate(told: Calibration, passes: Iterable[tuple[bool, str]]) -> Rate:
    """Answers of a cluster are not independent: they count for as many as they are worth."""
    values = np.array([passed for passed, _ in passes], float)
    effect = design_effect(values, [cluster for _, cluster in passes])
    raw, tpr, tnr = float(values.mean()), told.tpr, told.tnr
    found = corrected_share(raw, len(values) / effect, tnr.share, tnr.worth, tpr.share, tpr.worth)
    return Rate(raw, *(found or (None, None)))


def _labels(mode: Mode) -> tuple[dict[str, bool], dict[str, str]]:
    """What people say of each answer of the test part that they agree on, and its case's key."""
    votes: dict[str, Counter[bool]] = defaultdict(Counter)
    case_of: dict[str, str] = {}
    labels = JudgeLabel.objects.in_force().filter(mode=mode.name)
    for digest, fails, key in labels.values_list("answer_digest", "fails", "result__case__key"):
        if part(key) is Part.TEST:
            votes[digest][fails] += 1
            case_of[digest] = key
    agreed = {digest: cast for digest, cast in votes.items() if cast[True] != cast[False]}
    return {digest: cast[True] > cast[False] for digest, cast in agreed.items()}, case_of
