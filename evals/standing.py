"""What the page tells of a version on its way to production, and back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from aiprefill.public import PRODUCTION, LabelMove, PromptVersion, label_version
from evals.datasets import NoSuchRelease, newest_release
from evals.models import EvalRun, OverrideWish, Release, RunState, Verdict, VerdictStatus
from evals.promotion import in_vain, in_vain_of, last_word
from evals.trial import FRESH, Trial, is_old, lacking

SHOWN: Final = 10
"""Verdicts and moves on the page, the newest first."""


@dataclass(frozen=True, slots=True)
class Need:
    """A run that a verdict rests on. `run` is None while there is none; `under_way` may become it."""

    version: PromptVersion
    run: EvalRun | None
    is_old: bool
    under_way: EvalRun | None

    @property
    def is_met(self) -> bool:
        """Whether the gate can use it."""
        return self.run is not None and not self.is_old


def trial_of(version: PromptVersion, release_id: str) -> Trial | None:
    """What the gate is asked: over the release of that id, else over the one that decides.

    None while there is no release at all.
    """
    is_number = release_id.isdecimal() and len(release_id) < 10
    chosen = Release.objects.filter(pk=release_id).first() if is_number else None
    try:
        return Trial(version, chosen or newest_release())
    except NoSuchRelease:
        return None


def tell(version: PromptVersion, trial: Trial | None, now: datetime) -> dict[str, Any]:
    """All of the page."""
    production = label_version(PRODUCTION)
    verdicts = Verdict.objects.filter(candidate=version).select_related("release__dataset", "baseline_run")
    newest, deciding = verdicts.first(), last_word(version)
    held = PromptVersion.objects.filter(label_moves__label=PRODUCTION).exclude(pk=production.pk).distinct()
    moves = LabelMove.objects.filter(label=PRODUCTION).select_related("version", "who", "and_who")
    wishes = OverrideWish.objects.open().filter(version=version).select_related("asked_by")
    return {
        "version": version,
        "production": production,
        "is_production": version == production,
        "trial": trial,
        "in_vain": in_vain(version, trial.release, trial.split, trial.repeats) if trial else "",
        "needs": [*needs(trial, production, now)] if trial and version != production else [],
        "is_ready": trial is not None and not [*lacking(trial, now)],
        "releases": Release.objects.select_related("dataset")
        .order_by("dataset_id", "-number")
        .distinct("dataset_id"),
        "verdicts": verdicts[:SHOWN],
        "passed": deciding if deciding and is_fresh_pass(deciding, production, now) else None,
        "newest": newest,
        "wish": wishes.first(),
        "held": held.order_by("-number"),
        "moves": moves[:SHOWN],
    }


def needs(trial: Trial, production: PromptVersion, now: datetime) -> Iterator[Need]:
    """Both runs that the verdict rests on, production's first."""
    for version in (production, trial.candidate):
        run = trial.run(version)
        under_way = trial.runs(version).filter(state__in=[RunState.QUEUED, RunState.RUNNING])
        is_too_old = run is not None and version == production and is_old(run, now)
        yield Need(version, run, is_too_old, under_way.first())


def is_fresh_pass(verdict: Verdict, production: PromptVersion, now: datetime) -> bool:
    """Whether the database will most likely take it; only the database knows."""
    against = verdict.baseline_run
    is_fresh = verdict.status == VerdictStatus.PASS and verdict.judged_at > now - FRESH
    return (
        is_fresh and not in_vain_of(verdict) and against is not None and against.version_id == production.pk
    )
