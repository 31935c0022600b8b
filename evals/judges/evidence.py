"""What the rows say of a judge: how far it agrees with people, and what it found in a run."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import QuerySet

from evals.judges.agreement import Calibration, Part, Share, part
from evals.judges.modes import Mode, verdicts
from evals.judges.subjects import subjects
from evals.models import CaseResult, EvalRun, JudgeLabel, JudgeVerdict, ReleaseCase, Tier
from evals.statistics import Interval, corrected_share


@dataclass(frozen=True, slots=True)
class Rate:
    """The share of a run's answers that pass: as the judge says, and corrected by what it is known to miss.

    `corrected` is None for a judge that is no better than chance.
    """

    raw: float
    corrected: float | None
    interval: Interval | None


class Mistake(NamedTuple):
    """The judge's word, and its reason, on an answer of which people say the opposite."""

    case: str
    fails: bool
    reason: str


class Word(NamedTuple):
    """What a judge says of one result; `passes` is None while it has not judged it."""

    passes: bool | None
    reason: str = ""


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
    truth, case_of = _labels(mode, Part.TEST)
    said = dict(verdicts(mode).filter(answer_digest__in=truth).values_list("answer_digest", "fails"))
    rates = {
        fails: Share.over([said[each] == fails for each in found], [case_of[each] for each in found])
        for fails in (False, True)
        for found in [[digest for digest, label in truth.items() if label == fails and digest in said]]
    }
    counts = Counter(truth.values())
    measured = JudgeVerdict.objects.filter(mode=mode.name, answer_digest__in=truth)
    versions = measured.order_by().values("version").distinct().count()
    return Calibration(counts[False], counts[True], rates[False], rates[True], versions)


def judged(mode: Mode, run: EvalRun) -> Judged:
    """What the judge found in a run that has ended; cases that must pass stay out of the rate."""
    told = calibration(mode)
    found = subjects(run.results.exclude(case__tier=Tier.MUST_PASS))
    said = _said(mode, {subject.digest for subject in found})
    clusters = dict(ReleaseCase.objects.filter(release=run.release_id).values_list("case", "cluster"))
    judged_ones = [subject for subject in found if subject.digest in said]
    passes = Share.over(
        [bool(said[subject.digest].passes) for subject in judged_ones],
        [clusters[subject.result.case_id] for subject in judged_ones],
    )
    return Judged(mode, told, len(found), passes.of, _rate(told, passes))


def words(mode: Mode, results: QuerySet[CaseResult]) -> dict[int, Word]:
    """What the judge, as its file has it now, says of each result that is not erased, by the result's id.

    What is no subject (`judges.subjects`) passes without a word: there is nothing in it to fail.
    """
    digests = {subject.result.pk: subject.digest for subject in subjects(results)}
    said = _said(mode, set(digests.values()))
    there = results.filter(erased_at=None, case__erased_at=None).values_list("pk", flat=True)
    return {pk: said.get(digests[pk], Word(None)) if pk in digests else Word(True) for pk in there}


def _said(mode: Mode, digests: Collection[str]) -> dict[str, Word]:
    """What it has said of these answers, by digest."""
    found = verdicts(mode).filter(answer_digest__in=digests).values_list("answer_digest", "fails", "reason")
    return {digest: Word(not fails, reason) for digest, fails, reason in found}


def _rate(told: Calibration, passes: Share) -> Rate | None:
    if not told.is_known or not passes.of:
        return None
    tpr, tnr = told.tpr, told.tnr
    found = corrected_share(passes.value, passes.worth, tnr.value, tnr.worth, tpr.value, tpr.worth)
    return Rate(passes.value, *(found or (None, None)))


def mistakes(mode: Mode) -> list[Mistake]:
    """Where the judge, as its file has it now, differs from people on the dev part, by case: to mend it by.

    The test part is not told, or it would be mended to fit that.
    """
    truth, case_of = _labels(mode, Part.DEV)
    found = verdicts(mode).filter(answer_digest__in=truth).values_list("answer_digest", "fails", "reason")
    wrong = [Mistake(case_of[each], fails, reason) for each, fails, reason in found if fails != truth[each]]
    return sorted(wrong)


def _labels(mode: Mode, wanted: Part) -> tuple[dict[str, bool], dict[str, str]]:
    """What people say of each answer of the part that they agree on, and its case's key."""
    votes: dict[str, Counter[bool]] = defaultdict(Counter)
    case_of: dict[str, str] = {}
    labels = JudgeLabel.objects.in_force().filter(mode=mode.name)
    for digest, fails, key in labels.values_list("answer_digest", "fails", "result__case__key"):
        if part(key) is wanted:
            votes[digest][fails] += 1
            case_of[digest] = key
    agreed = {digest: cast for digest, cast in votes.items() if cast[True] != cast[False]}
    return {digest: cast[True] > cast[False] for digest, cast in agreed.items()}, case_of
