"""What the prompt lab's page shows: how the prompt differs, and the answers beside production's."""

from typing import Any, Final

from django.http import HttpRequest

from aiprefill.public import (
    PRODUCTION,
    PrefillJob,
    PromptSpec,
    PromptVersion,
    diff_specs,
    fields_beside,
    label_version,
    reading_told,
    reading_with,
)
from evals import lab
from evals.admin.lab_bench import Bench
from evals.admin.lab_photos import to_choose
from evals.models import EvalRun, RunState

OPEN: Final = (RunState.QUEUED, RunState.RUNNING)


def told(request: HttpRequest, bench: Bench, spec: PromptSpec) -> dict[str, Any]:
    """All of it beside the forms; `spec` is what stands in the prompt."""
    production, version = label_version(PRODUCTION), bench.version
    parts = diff_specs(bench.start.spec, spec)
    return {
        "bench": bench,
        "production": production,
        "versions": PromptVersion.objects.kept(),
        "parts": parts,
        "changed_lines": sum(part.changed for part in parts),
        "is_typed_on": version is not None and version.digest != spec.digest,
        "case": _look(bench.case),
        "reading": _reading(bench.job, production),
        "photos": to_choose(request),
        "picked": request.POST.get("photo", ""),
        **_worst(bench, production),
        **_run(version),
    }


def _worst(bench: Bench, production: PromptVersion) -> dict[str, Any]:
    """Production's worst cases, or how far the run is that will tell them; and what the try made of them."""
    worst, look = lab.worst_of_production(), _look(bench.cases)
    baseline = None if worst else lab.whole_run(production)
    is_open = look["is_open"] if look else bool(baseline and baseline.state in OPEN)
    return {"worst": worst, "baseline": baseline, "look": look, "is_worst_open": is_open}


def _run(version: PromptVersion | None) -> dict[str, Any]:
    """The run of a saved version, what it is compared with, and what it would cost."""
    run = lab.whole_run(version) if version and not version.is_trial else None
    return {
        "run": run,
        "run_is_open": run is not None and run.state in OPEN,
        "compared": lab.compared_with(run) if run and run.state == RunState.DONE else None,
        "estimate": lab.estimate(version) if version else None,
        "repeats": lab.REPEATS,
    }


def _look(run: EvalRun | None) -> dict[str, Any] | None:
    """A try over cases: the run, whether more may come, and each case beside production's answer."""
    if run is None:
        return None
    cases = lab.beside(run)
    return {
        "run": run,
        "is_open": run.state in OPEN,
        "waits_for": lab.ahead_of(run) if run.state == RunState.QUEUED else None,
        "cases": cases,
        "mended": sum(case.mended for case in cases),
        "broken": sum(case.broken for case in cases),
    }


def _reading(job: PrefillJob | None, production: PromptVersion) -> dict[str, Any] | None:
    """A try on photos: both readings, and their fields beside each other."""
    if job is None:
        return None
    other = reading_with(job, production)
    before, after = (reading_told(other) if other else None), reading_told(job)
    return {
        "before": before,
        "after": after,
        "is_open": after.is_open or bool(before and before.is_open),
        "fields": fields_beside(other.fields if other else {}, job.fields),
        "photos": job.photo_ids,
    }
