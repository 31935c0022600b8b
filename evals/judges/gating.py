"""Judges that decide about versions: which may, what keeps the others from it, and their verdicts as scores.

A judge that the margins name is one yes/no metric more, `judge:NAME`, of the version that its file has now.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from django.db.models import QuerySet

from evals.judges.agreement import Calibration, can_gate, keeps, why_not
from evals.judges.evidence import calibration, words
from evals.judges.modes import Mode, NoSuchMode, find_mode, modes
from evals.loading import run_scores
from evals.margins import BadMarginsError, judges_for
from evals.models import CaseResult, EvalRun, Tier
from evals.run_scores import RunScores
from evals.scoring import JUDGE, Judge


def unknown(dataset: str) -> str:
    """In words which judge that the margins of the dataset name there is not; "" if none."""
    for name in _names(dataset):
        try:
            find_mode(name)
        except NoSuchMode as error:
            return str(error)
    return ""


def not_calibrated(dataset: str) -> str:
    """In words which of them was not measured on people's labels, or agrees too little; "" if none."""
    for mode in named(dataset):
        if why := why_not(calibration(mode)):
            return f"The judge of {mode.name} cannot gate: {why}."
    return ""


def unjudged(dataset: str, run: EvalRun) -> str:
    """In words which of them has not judged the whole run, and the command for it; "" if none.

    Of one that cannot gate anyway no verdicts are wanted.
    """
    for mode in named(dataset):
        if can_gate(calibration(mode)) and (count := missing(mode, run)):
            text = f"Run {run.pk}: the judge of {mode.name} has given no verdict on {count} answers."
            return f"{text} Have them judged: manage.py judge {mode.name} --run {run.pk}"
    return ""


def to_judge(dataset: str, run: EvalRun) -> Iterator[Mode]:
    """The judges that the margins name and that a verdict waits for: to be asked about the run.

    Not those that agree too little or lack labels: what they say of the run would change nothing.
    """
    for mode in named(dataset):
        told = calibration(mode)
        waits = not told.is_known and not any(told.lacks)
        if waits or (can_gate(told) and missing(mode, run)):
            yield mode


def named(dataset: str) -> list[Mode]:
    """The failure modes whose judges the margins of the dataset name, as far as there are such."""
    return [modes()[name] for name in _names(dataset) if name in modes()]


def _names(dataset: str) -> list[str]:
    try:
        return sorted(judges_for(dataset))
    except BadMarginsError:  # which the verdict itself tells
        return []


def missing(mode: Mode, run: EvalRun) -> int:
    """How many answers of the run the judge has not judged; cases that must pass are not its matter."""
    return sum(word.passes is None for word in words(mode, _counted(run)).values())


def whole(*runs: EvalRun) -> list[Mode]:
    """The judges that may be shown and have judged all of these runs."""
    return [
        mode
        for mode in modes().values()
        if calibration(mode).is_known and not any(missing(mode, run) for run in runs)
    ]


def judged_scores(asked: Iterable[Mode], *runs: EvalRun) -> list[RunScores]:
    """The scores of the runs, with the verdicts of these judges as further yes/no scores.

    An answer passes unless the judge says that it fails. So does one with nothing to judge, as a refusal, an
    error of the model, neither title nor description: it claims nothing, and `not_refused`, `valid` and the
    primary metrics are what catches it. One without a verdict has no such score, and so the runs cannot be
    compared; neither has an erased one, which is erased in both.
    """
    asked = list(asked)
    measured = {mode: calibration(mode) for mode in asked}
    return [_judged(run, measured) for run in runs]


def _judged(run: EvalRun, measured: Mapping[Mode, Calibration]) -> RunScores:
    more: dict[int, dict[str, float]] = defaultdict(dict)
    for mode in measured:
        for result, word in words(mode, _counted(run)).items():
            if word.passes is not None:
                more[result][JUDGE + mode.name] = float(word.passes)
    judges = {JUDGE + mode.name: _judge(mode, told, run.repeats) for mode, told in measured.items()}
    return replace(run_scores(run, more), judges=judges)


def _judge(mode: Mode, told: Calibration, repeats: int) -> Judge:
    tpr, tnr = told.tpr, told.tnr
    return Judge(mode.question, tpr.value, tnr.value, tpr.of, tnr.of, keeps(told, repeats))


def _counted(run: EvalRun) -> QuerySet[CaseResult]:
    return run.results.exclude(case__tier=Tier.MUST_PASS)
