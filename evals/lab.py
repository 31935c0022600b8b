"""The prompt lab: what a version makes of production's worst cases, or of one case, beside production's.

A try asks once about chosen cases: a look, not evidence. The run over the gate split, which the lab starts
for a saved version, is what a comparison and the gate read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Avg
from django.utils.translation import gettext as _

from aiprefill.public import (
    PRODUCTION,
    FieldBeside,
    ModelOutput,
    OutputStatus,
    PromptVersion,
    fields_beside,
    label_version,
    refuse_what_cannot_run,
)
from evals import summary
from evals.datasets import NoSuchRelease, newest_release
from evals.loading import run_scores
from evals.models import Case, CaseResult, EvalRun, Release, RunState, Split
from evals.run_story import Field, fields_of
from evals.runner import NotRun, Order, ask, ring
from evals.runner.questions import count
from evals.scoring import VERSION, failures

WORST: Final = 10
REPEATS: Final = 3
CAP: Final = 2_000_000
"""What a run from the lab may cost, in micro-dollars; on its own page it can be let go on."""
BY: Final = "prompt lab"
OF_FIELDS: Final = frozenset({"title_right", "category_accepted", "condition_right", "price_inside"})
"""The scores that `fields_of` tells by their field."""


@dataclass(frozen=True, slots=True)
class Worst:
    """Production's worst cases, the worst first, in its newest complete run."""

    run: EvalRun
    cases: list[Case]


@dataclass(frozen=True, slots=True)
class FieldOfCase:
    """One field of which a case expects something, and both answers; None: there is no answer (yet)."""

    name: str
    expected: str
    before: Field | None
    after: Field | None

    @property
    def change(self) -> int:
        """1: wrong before and right after; -1: the other way; 0: the same, or not known."""
        return self.before.failed - self.after.failed if self.before and self.after else 0

    @property
    def is_wrong(self) -> bool:
        """Whether either answer is."""
        return any(answer.failed for answer in (self.before, self.after) if answer)


@dataclass(frozen=True, slots=True)
class CaseBeside:
    """A case with production's answer and the try's. Of several the first that failed is production's."""

    case: Case
    before: CaseResult | None
    after: CaseResult | None
    fields: list[FieldOfCase]
    texts: list[FieldBeside]
    """All that both wrote."""
    failed_in: int
    """In how many of production's `repeats` something was wrong."""
    repeats: int

    @property
    def mended(self) -> int:
        """Fields that are wrong before and right after."""
        return sum(field.change > 0 for field in self.fields)

    @property
    def broken(self) -> int:
        """Fields that are right before and wrong after."""
        return sum(field.change < 0 for field in self.fields)

    @property
    def wrong(self) -> list[FieldOfCase]:
        """The fields to look at: those that either answer has wrong."""
        return [field for field in self.fields if field.is_wrong]

    @property
    def right(self) -> list[str]:
        """The names of the others, of which there is an answer."""
        return [field.name for field in self.fields if not field.is_wrong]


def worst_of_production() -> Worst | None:
    """Where production fails most; None without a complete run of it with the scores of today."""
    runs = EvalRun.objects.complete().filter(version=label_version(PRODUCTION), scoring=VERSION)
    open_runs = runs.exclude(split=Split.HOLDOUT).select_related("release__dataset")
    run = open_runs.order_by("-ended_at", "-pk").first()
    if run is None:
        return None
    keys = [each.key for each in summary.worst(run_scores(run).cases, WORST)]
    cases = {case.key: case for case in Case.objects.readable().filter(releases=run.release, key__in=keys)}
    return Worst(run, [cases[key] for key in keys if key in cases])


def dev_cases(most: int) -> list[Case]:
    """The first cases of the dev split of the newest release, by key."""
    try:
        release = newest_release()
    except NoSuchRelease:
        return []
    cases = Case.objects.readable().filter(releases=release, split=Split.DEV)
    return list(cases.order_by("key")[:most])


def try_worst(version: PromptVersion, by: int) -> EvalRun:
    """Ask the version once about production's worst cases. Raises NotRun, or NotRead."""
    worst = worst_of_production()
    if worst is None or not worst.cases:
        raise NotRun("Production has no worst cases yet: it needs a run over the gate split.")
    return _look(version, worst.run.release, worst.run.split, worst.cases, by)


def try_case(version: PromptVersion, case: Case, by: int) -> EvalRun:
    """Ask the version once about a case of the dev split, and production if it never was. Raises as above."""
    release = case.releases.order_by("-pk").first()
    if release is None or case.split != Split.DEV:
        raise NotRun(f"{case} is in no release, or not of the dev split.")
    production = label_version(PRODUCTION)
    if not _answers(production, [case]):
        _look(production, release, case.split, [case], by)
    return _look(version, release, case.split, [case], by)


def _look(version: PromptVersion, release: Release, split: str, cases: Iterable[Case], by: int) -> EvalRun:
    """The run over these cases alone: one that is done without an error, else one that is queued."""
    refuse_what_cannot_run(version)
    keys = frozenset(case.key for case in cases)
    order = Order(version, release, split, repeats=1, only=keys, max_cost_micros=CAP)
    done = EvalRun.objects.filter(**order.question, state=RunState.DONE, errors=0)
    return done.order_by("-pk").first() or _queued(order, by)


def _queued(order: Order, by: int) -> EvalRun:
    with transaction.atomic():
        run, _is_new = ask(order, how=BY, by=by)
        ring()
    return run


def beside(look: EvalRun) -> list[CaseBeside]:
    """Every case of a try over chosen cases, those first in which production fails most."""
    readable = Case.objects.readable().filter(releases=look.release, split=look.split)
    cases = list(readable.filter(key__in=look.only or []))
    before = _answers(label_version(PRODUCTION), cases)
    after = {result.case_id: result for result in look.results.select_related("case")}
    told = [_beside(case, before.get(case.pk, []), after.get(case.pk)) for case in cases]
    return sorted(told, key=lambda each: (-each.failed_in, each.case.key))


def _answers(version: PromptVersion, cases: Sequence[Case]) -> dict[int, list[CaseResult]]:
    """By case, the results of the newest run of the version that has any."""
    found: dict[int, list[CaseResult]] = {}
    results = CaseResult.objects.filter(run__version=version, case__in=cases, erased_at=None)
    for result in results.select_related("case").order_by("-run_id", "repeat"):
        mine = found.setdefault(result.case_id, [])
        if not mine or mine[0].run_id == result.run_id:
            mine.append(result)
    return found


def _beside(case: Case, before: list[CaseResult], after: CaseResult | None) -> CaseBeside:
    wrong = [result for result in before if any(field.failed for field in fields_of(result))]
    shown = next(iter(wrong or before), None)
    was, now = ({f.name: f for f in fields_of(r)} if r else {} for r in (shown, after))
    names = list(was or now)
    fields = [FieldOfCase(n, (was.get(n) or now[n]).expected, was.get(n), now.get(n)) for n in names]
    fields += _checks(shown, after)
    answers = ((result.answer if result else None) or {} for result in (shown, after))
    return CaseBeside(case, shown, after, fields, fields_beside(*answers), len(wrong), len(before))


def _checks(before: CaseResult | None, after: CaseResult | None) -> list[FieldOfCase]:
    """What no single field is asked for, such as no advertising, where either answer fails it."""
    old, new = (set(failures(each.scores)) - OF_FIELDS if each else None for each in (before, after))
    names = sorted((old or set()) | (new or set()))
    return [FieldOfCase(name, _("yes"), _check(name, old), _check(name, new)) for name in names]


def _check(name: str, failed: set[str] | None) -> Field | None:
    return (
        None
        if failed is None
        else Field(name, _("yes"), _("no") if name in failed else _("yes"), name in failed)
    )


def whole_run(version: PromptVersion) -> EvalRun | None:
    """The version's newest run over the gate split of the newest release."""
    try:
        release = newest_release()
    except NoSuchRelease:
        return None
    asked = {"release": release, "split": Split.GATE, "repeats": REPEATS, "limit": None, "only": None}
    return EvalRun.objects.filter(version=version, **asked).order_by("-pk").first()


def start_run(version: PromptVersion, by: int) -> EvalRun:
    """The version's run over the gate split of the newest release, queued unless it is there.

    Raises NotRun, NotRead or NoSuchRelease.
    """
    there = whole_run(version)
    if there and there.state not in {RunState.FAILED, RunState.STOPPED} and there.scoring == VERSION:
        return there
    refuse_what_cannot_run(version)
    return _queued(Order(version, newest_release(), Split.GATE, REPEATS, max_cost_micros=CAP), by)


def compared_with(run: EvalRun) -> EvalRun | None:
    """Production's newest complete run over the same cases."""
    runs = EvalRun.objects.complete().like(run).filter(version=label_version(PRODUCTION), scoring=run.scoring)
    return runs.exclude(pk=run.pk).order_by("-ended_at", "-pk").first()


def ahead_of(look: EvalRun) -> EvalRun | None:
    """The run that a waiting one waits for: workers perform one at a time, the oldest first."""
    running = EvalRun.objects.filter(state=RunState.RUNNING).exclude(pk=look.pk).first()
    earlier = EvalRun.objects.filter(state=RunState.QUEUED, asked_at__lt=look.asked_at)
    return running or earlier.order_by("asked_at").first()


def estimate(version: PromptVersion) -> int | None:
    """Micro-dollars that its run would cost at what its answers have cost; None before a priced one."""
    answered = ModelOutput.objects.filter(version=version, status=OutputStatus.OK)
    each = answered.aggregate(each=Avg("cost_micros"))["each"]
    try:
        return None if each is None else round(each * REPEATS * count(newest_release(), Split.GATE, None))
    except NoSuchRelease:
        return None
