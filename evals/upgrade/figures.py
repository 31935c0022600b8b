"""What a trial found, as plain JSON: all that its report says, from rows that never change.

Texts of cases and answers stay out, for they can be erased and a report cannot: of a case that was lost it
keeps the key and, of choices and prices, what was expected and answered.
"""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from django.db.models import Count

from aiprefill.public import ErrorClass, PromptVersion, Traffic, diff
from evals.comparison import DECLARED, Comparison
from evals.decision import Decision
from evals.flips import FIELDS, flips
from evals.loading import run_scores
from evals.margins import Margins
from evals.models import EvalRun, ReleaseCase, Verdict
from evals.run_story import errors
from evals.trial import Trial
from evals.upgrade.forecast import Spent, costs, times
from evals.upgrade.noise import flipped, lost

WORST: Final = 12
"""Cases that were lost and are told one by one."""
SAID: Final = 300
"""Characters of a provider's refusal that are kept."""
NO_TEXT: Final = frozenset({"category", "condition", "price"})
"""Fields whose values are choices and numbers."""


def figures(
    trial: Trial, production: PromptVersion, verdict: Verdict, decision: Decision, traffic: Traffic
) -> dict[str, Any]:
    """Equal rows and equal traffic give equal figures."""
    runs = {
        "before": verdict.baseline_run,
        "after": verdict.candidate_run or trial.runs(trial.candidate).first(),
    }
    told: dict[str, Any] = {
        "status": decision.status.value,
        "verdict": verdict.pk,
        "release": str(trial.release),
        "split": str(trial.split),
        "repeats": trial.repeats,
        "reasons": [reason.text for reason in decision.reasons],
        "warnings": [warning.text for warning in decision.warnings],
        "mark": decision.margins.mark if decision.margins else "",
        "changed": [
            {"part": each.part, "lines": [{"change": line.change, "text": line.text} for line in each.lines]}
            for each in diff(production, trial.candidate)
        ],
        "traffic": asdict(traffic) | {"calls_per_listing": traffic.calls_per_listing},
    }
    for name, version in (("before", production), ("after", trial.candidate)):
        told[name] = _side(version, runs[name], trial.run(version, aa=True))
    if decision.comparison and runs["before"] and runs["after"]:
        told |= _compared(decision, decision.comparison)
        told["noise"] = list(_noise(trial, runs["before"], runs["after"]))
        told["worst"] = worst(runs["before"], runs["after"], NO_TEXT)
        told |= _forecast(runs["before"], runs["after"], traffic)
    return told


def run_numbers(trial: Trial, production: PromptVersion) -> dict[str, int | None]:
    """The runs that a report of this trial would stand on today, as they stand in its figures."""
    found = {}
    for name, version in (("before", production), ("after", trial.candidate)):
        for suffix, aa in (("", False), ("_aa", True)):
            run = trial.run(version, aa=aa)
            found[name + suffix] = run.pk if run else None
    return found


def _side(version: PromptVersion, run: EvalRun | None, aa: EvalRun | None) -> dict[str, Any]:
    return {
        "version": version.pk,
        "name": str(version),
        "model": version.model,
        "run": run.pk if run else None,
        "aa": aa.pk if aa else None,
        "errors": list(_errors(run)) if run else [],
        "results": run.results.aggregate(count=Count("pk"))["count"] if run else 0,
    }


def _errors(run: EvalRun) -> Iterator[dict[str, Any]]:
    """The error classes; of a request that was refused what the provider said, which is about no case."""
    for name, count in errors(run):
        refused = run.results.filter(error_class=name).order_by("case__key", "repeat")
        raw = refused.values_list("output__raw", flat=True).first() if name == ErrorClass.BAD_REQUEST else ""
        yield {"error": name, "count": count, "said": (raw or "")[:SAID]}


def _compared(decision: Decision, comparison: Comparison) -> dict[str, Any]:
    margins = decision.margins or Margins("", {})
    names = [*margins.metrics, *(name for name in DECLARED if name not in margins.metrics)]
    found = [comparison.metrics[name] for name in names if name in comparison.metrics]
    return {
        "cases": comparison.cases,
        "must_pass": len(comparison.must_pass),
        "broken_must_pass": [each.case for each in comparison.must_pass if each.breaks],
        "metrics": [
            {
                "name": each.metric,
                "judge": f"({each.judge.agreement})" if each.judge else "",
                "is_share": each.kind == "yes_no",
                "cases": each.cases,
                "before": each.baseline,
                "after": each.candidate,
                "change": each.difference,
                "interval": list(each.interval) if each.interval else None,
                "margin": margins.of.get(each.metric),
                "watched": each.metric in margins.watched,
                "smallest": each.smallest and each.smallest / each.keeps,
                "regressed": len(each.regressed),
                "improved": len(each.improved),
            }
            for each in found
        ],
    }


def _noise(trial: Trial, before: EvalRun, after: EvalRun) -> Iterator[dict[str, Any]]:
    """Flips between the two, beside those of each version against itself; None without its A/A run."""
    scores = {run.pk: run_scores(run) for run in (before, after)}
    floors: dict[str, dict[str, int] | None] = {}
    for name, run in (("before", before), ("after", after)):
        aa = trial.run(run.version, aa=True)
        floors[name] = flipped(scores[run.pk], run_scores(aa)) if aa else None
    for metric, count in flipped(scores[before.pk], scores[after.pk]).items():
        itself = {name: floor and floor.get(metric, 0) for name, floor in floors.items()}
        if count or any(itself.values()):
            yield {"metric": metric, "flips": count} | itself


def worst(before: EvalRun, after: EvalRun, fields: frozenset[str] | None = None) -> list[dict[str, Any]]:
    """The cases that were lost, the worst first; what was expected and answered of these `fields`, or all."""
    cases = list(lost(run_scores(before), run_scores(after)).items())[:WORST]
    words: dict[str, list[dict[str, str]]] = {key: [] for key, _metrics in cases}
    for metric, field in FIELDS.items():
        if fields is not None and field not in fields:
            continue
        keys = [key for key, metrics in cases if metric in metrics]
        for flip in flips(before, after, metric, keys):
            told = {"field": field, "expected": flip.expected, "before": flip.before, "after": flip.after}
            if told not in words[flip.key]:
                words[flip.key].append(told)
    return [{"key": key, "metrics": metrics, "fields": words[key]} for key, metrics in cases]


def _forecast(before: EvalRun, after: EvalRun, traffic: Traffic) -> dict[str, Any]:
    old, new = _spent(before), _spent(after)
    a_day = traffic.calls / traffic.days
    return {
        "costs": [asdict(row) for row in costs(old, new, traffic.calls_per_listing, a_day)],
        "times": [asdict(row) for row in times(old, new, traffic.calls_per_listing)],
    }


def _spent(run: EvalRun) -> list[Spent]:
    clusters = dict(ReleaseCase.objects.filter(release=run.release_id).values_list("case", "cluster"))
    rows = run.results.order_by("case__key", "repeat")
    return [
        Spent(key, repeat, clusters[case], micros, None if ms is None else ms / 1000)
        for case, key, repeat, micros, ms in rows.values_list(
            "case", "case__key", "repeat", "cost_micros", "latency_ms"
        )
    ]
