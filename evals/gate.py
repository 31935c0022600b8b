"""The gate: a candidate against production on one release, judged and written down.

It fails closed: whatever it needs and does not find makes the verdict broken, each lack with its own reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from aiprefill.public import PRODUCTION, PromptVersion, label_version
from evals.datasets import NotTheRelease, verify
from evals.decision import Decision, Reason, broken, judge
from evals.loading import run_scores
from evals.models import EvalRun, EvalRunQuerySet, Release, RunState, Split, Verdict
from evals.runner.questions import count
from evals.scoring import VERSION

FRESH: Final = timedelta(days=7)
"""How old a baseline may be; `promotion` trusts a verdict as long."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What is judged: both runs must be over this split of this release, `repeats` times."""

    candidate: PromptVersion
    release: Release
    split: str = Split.GATE
    repeats: int = 3

    def runs(self, version: PromptVersion) -> EvalRunQuerySet:
        """The version's runs that fit, whatever their state, the newest first."""
        asked = {"release": self.release, "split": self.split, "repeats": self.repeats, "limit": None}
        return EvalRun.objects.filter(version=version, **asked).order_by("-ended_at", "-pk")

    def run(self, version: PromptVersion) -> EvalRun | None:
        """The version's newest complete run with the scores of today."""
        return self.runs(version).complete().filter(scoring=VERSION).first()

    def evaluate(self, version: str, *, fresh: bool = False) -> list[str]:
        """The words after `manage.py` that make such a run."""
        words = ["evaluate", f"--prompt={version}", f"--dataset={self.release}", f"--split={self.split}"]
        return [*words, f"--repeats={self.repeats}", *["--fresh"][: int(fresh)]]


def gate(trial: Trial, now: datetime | None = None, by: int | None = None) -> tuple[Verdict, Decision]:
    """Judge, and keep the verdict; `by` is an account's id."""
    production = label_version(PRODUCTION)
    baseline, candidate = trial.run(production), trial.run(trial.candidate)
    missing = [*faults(trial, production, now or timezone.now())]
    if missing or baseline is None or candidate is None:
        decision = broken(*missing)
    else:
        decision = judge(trial.release.dataset.name, run_scores(baseline), run_scores(candidate))
    return keep(trial.candidate, decision, trial.release, baseline, candidate, by), decision


def is_old(baseline: EvalRun, now: datetime) -> bool:
    """Whether the run says too little about production as it answers today."""
    return baseline.ended_at is None or baseline.ended_at < now - FRESH


def keep(
    version: PromptVersion,
    decision: Decision,
    release: Release | None = None,
    baseline: EvalRun | None = None,
    candidate: EvalRun | None = None,
    by: int | None = None,
) -> Verdict:
    """Write the verdict down."""
    return Verdict.objects.create(
        candidate=version,
        candidate_run=candidate,
        baseline_run=baseline,
        release=release,
        status=decision.status.value,
        reasons=[reason.text for reason in decision.reasons],
        evidence=decision.to_json(),
        asked_by_id=by,
    )


def faults(trial: Trial, production: PromptVersion, now: datetime) -> Iterator[Reason]:
    """Everything that keeps the trial from being judged."""
    if trial.candidate == production:
        yield Reason("is_production", f"{production} is production: there is nothing to judge it against.")
    try:
        verify(trial.release)
    except NotTheRelease as error:
        yield Reason("release_changed", str(error))
    for role, version, name in (
        ("baseline", production, PRODUCTION),
        ("candidate", trial.candidate, str(trial.candidate.pk)),
    ):
        run = trial.run(version)
        if run is None:
            yield from _lacking(trial, role, version, name)
        else:
            yield from _holes(trial, role, run)
    baseline = trial.run(production)
    if baseline and is_old(baseline, now):
        command = _command(trial.evaluate(PRODUCTION, fresh=True))
        text = f"Run {baseline.pk} of production is older than {FRESH.days} days. Make a new one: {command}"
        yield Reason("baseline_too_old", text)


def _lacking(trial: Trial, role: str, version: PromptVersion, name: str) -> Iterator[Reason]:
    """Why the version has no run that fits: what comes nearest, and the command that makes one."""
    make = f"Make it: {_command(trial.evaluate(name))}"
    fitting = trial.runs(version)
    near = EvalRun.objects.complete().filter(version=version)
    asked = {"release": trial.release, "split": trial.split, "repeats": trial.repeats}
    if run := fitting.filter(state=RunState.DONE).first():
        text = f"Run {run.pk} was scored by version {run.scoring} of the scores, today's is {VERSION}."
        yield Reason(f"{role}_scoring", f"{text} {make}")
        return
    if run := fitting.first():
        why = f": {run.reason}" if run.reason else ""
        yield Reason(f"{role}_{run.state}", f"Run {run.pk} of {version} is {run.state}{why}. {make}")
        return
    for part in asked:
        same = {name: value for name, value in asked.items() if name != part}
        if run := near.filter(**same).first():
            text = f"Run {run.pk} of {version} has another {part}: {getattr(run, part)}."
            yield Reason(f"{role}_other_{part}", f"{text} {make}")
            return
    yield Reason(f"no_{role}", f"There is no run of {version} on {trial.release}, {trial.split}. {make}")


def _holes(trial: Trial, role: str, run: EvalRun) -> Iterator[Reason]:
    """What a run that is done lacks all the same."""
    there, planned = run.results.count(), trial.repeats * count(trial.release, trial.split, None)
    if there < planned:
        yield Reason(f"{role}_incomplete", f"Run {run.pk} holds {there} of {planned} results.")
    unscored = run.results.filter(scores={})
    for check, what, results in (
        ("provider_errors", "ended with an error of the provider", unscored.exclude(error_class="")),
        ("unscored", "have no scores", unscored.filter(error_class="")),
    ):
        keys = sorted(set(results.values_list("case__key", flat=True)))
        if keys:
            shown = ", ".join(keys[:5]) + (" and more" if len(keys) > 5 else "")
            yield Reason(f"{role}_{check}", f"Run {run.pk}: cases that {what}: {shown}.")


def _command(words: list[str]) -> str:
    return " ".join(["manage.py", *words])
