"""The gate: a candidate against production on one release, judged and written down.

It fails closed: whatever it needs and does not find makes the verdict broken, each lack with its own reason
(`evals.trial`).
"""

from datetime import datetime

from django.utils import timezone

from aiprefill.public import PRODUCTION, PromptVersion, label_version
from evals.decision import Decision, broken, judge
from evals.judges import gating
from evals.models import EvalRun, Release, Verdict
from evals.trial import Trial, faults


def gate(trial: Trial, now: datetime | None = None, by: int | None = None) -> tuple[Verdict, Decision]:
    """Judge, and keep the verdict; `by` is an account's id."""
    production = label_version(PRODUCTION)
    baseline, candidate = trial.run(production), trial.run(trial.candidate)
    wrong = [*faults(trial, production, now or timezone.now())]
    if wrong or baseline is None or candidate is None:
        decision = broken(*wrong)
    else:
        dataset = trial.release.dataset.name
        decision = judge(dataset, *gating.judged_scores(gating.named(dataset), baseline, candidate))
    return keep(trial.candidate, decision, trial.release, baseline, candidate, by), decision


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
