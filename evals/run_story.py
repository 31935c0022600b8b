"""What the page of one run shows."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Sum

from aiprefill.public import PriceRange, SuggestedField
from evals import plots, summary
from evals.comparison import DECLARED, MustPass
from evals.loading import run_scores
from evals.models import Case, CaseResult, EvalRun, Split
from evals.run_scores import CaseScores
from evals.scoring import METRICS, Metric

WORST: Final = 12
"""Cases that the page shows as pictures."""
SLICES: Final = 24
"""Rows of a table of slices; the largest come first."""
ASKED: Final = ("title", "category", "condition", "price")
"""Fields that a case can expect something of."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a case: what was expected and what was answered, as text; `failed`: it counts as wrong."""

    name: str
    expected: str
    answered: str
    failed: bool


@dataclass(frozen=True, slots=True)
class WorstCase:
    """A case that went wrong; an erased one has no picture."""

    case: Case
    has_picture: bool
    error: str
    repeats: int
    failed: Mapping[str, int]
    fields: list[Field]


def tell(run: EvalRun, metric_name: str) -> dict[str, Any]:
    """The figures of a run that has ended; `metric_name` chooses what the slices show."""
    is_sealed = run.split == Split.HOLDOUT
    cases = run_scores(run).cases
    every = summary.figures(cases)
    metric = METRICS.get(metric_name) or METRICS[DECLARED[0]]
    return {
        "headline": [figure for figure in every if figure.metric.name in DECLARED],
        "others": [figure for figure in every if figure.metric.name not in DECLARED],
        "coverages": summary.coverages(cases),
        "constant": constant(run, cases),
        "metric": metric,
        "metrics": [METRICS[name] for name in DECLARED],
        "is_sealed": is_sealed,
        "slices": [] if is_sealed else sliced(run, metric, cases),
        "worst": [] if is_sealed else list(worst_cases(run, cases)),
        "errors": errors(run),
        "must_pass": must_pass(cases),
        **costs(run),
    }


def constant(run: EvalRun, cases: Mapping[str, CaseScores]) -> summary.Constant | None:
    """What naming the commonest category every time would get right; see `summary`."""
    asked = Case.objects.filter(pk__in=run.results.values("case"))
    return summary.always_the_commonest(cases, {case.key: case.expectation for case in asked})


def must_pass(cases: Mapping[str, CaseScores]) -> dict[str, int] | None:
    """How many must-pass cases there are, and how many are not right in most repeats; None without any."""
    judged = [MustPass(key, case.wrong, case.invalid) for key, case in cases.items() if case.must_pass]
    return {"cases": len(judged), "failed": sum(case.breaks for case in judged)} if judged else None


def sliced(run: EvalRun, metric: Metric, cases: Mapping[str, CaseScores]) -> list[dict[str, Any]]:
    """The tables by category and by tag."""
    by_category, by_tag = defaultdict(list), defaultdict(list)
    for case in Case.objects.filter(pk__in=run.results.values("case")):
        by_category[case.expectation.category or "–"].append(case.key)
        for name in case.slices:
            by_tag[name].append(case.key)
    tables = (("category", by_category), ("tag", by_tag))
    return [{"by": by, "rows": summary.slices(metric, cases, groups)[:SLICES]} for by, groups in tables]


def worst_cases(run: EvalRun, cases: Mapping[str, CaseScores]) -> Iterator[WorstCase]:
    """The cases that failed most, each with the first of its answers that did."""
    found = {each.key: each for each in summary.worst(cases, WORST)}
    results = run.results.filter(case__key__in=found).select_related("case")
    of_case: dict[str, list[CaseResult]] = defaultdict(list)
    for result in results.order_by("repeat"):
        of_case[result.case.key].append(result)
    for key, worst in found.items():
        shown = next(r for r in of_case[key] if any(r.scores.get(name) == 0 for name in worst.failed))
        yield WorstCase(
            case=shown.case,
            has_picture=shown.case.erased_at is None,
            error=shown.error_class,
            repeats=len(of_case[key]),
            failed=worst.failed,
            fields=list(fields_of(shown)),
        )


def fields_of(result: CaseResult) -> Iterator[Field]:
    """The fields of which the case expects something, with what the result answers."""
    expected = expected_words(result.case)
    for name in ASKED:
        if expected[name]:
            metric = {"title": "title_right", "price": "price_inside"}.get(name, f"{name}_right")
            metric = "category_accepted" if name == "category" else metric
            failed = result.scores.get(metric) == 0
            yield Field(name, expected[name], answered_words(name, result.answer or {}), failed)


def expected_words(case: Case) -> dict[str, str]:
    """What a right answer holds, field by field, as text; "" where nothing is expected."""
    expected = case.expectation
    return {
        "title": "; ".join(" / ".join(words) for words in expected.title),
        "category": " / ".join(filter(None, (expected.category, *expected.also))),
        "condition": " / ".join(expected.conditions),
        "price": "{:.0f} – {:.0f} €".format(*expected.price) if expected.price else "",
    }


def answered_words(name: str, answer: Mapping[str, Any]) -> str:
    """What was answered to a field, as text; "" if nothing was told."""
    value = SuggestedField.from_json(name, answer[name]).value if name in answer else None
    if isinstance(value, PriceRange):
        return f"{value.likely:.0f} € ({value.low:.0f} – {value.high:.0f})"
    return str(value or "")


def errors(run: EvalRun) -> list[tuple[str, int]]:
    """Error classes with the number of results that ended so, the commonest first."""
    failed = run.results.exclude(error_class="").order_by()
    counted = failed.values_list("error_class").annotate(count=Count("pk")).order_by("-count", "error_class")
    return list(counted)


def costs(run: EvalRun) -> dict[str, Any]:
    """What an answer costs in time and money, cached ones as when they were made."""
    told = run.results.aggregate(cost=Sum("cost_micros"), priced=Count("cost_micros"), all=Count("pk"))
    seconds = [ms / 1000 for ms in run.results.values_list("latency_ms", flat=True) if ms is not None]
    return {
        "cost_each": told["cost"] / told["priced"] if told["priced"] else None,
        "unpriced": told["all"] - told["priced"],
        "latency": {f"p{share}": summary.percentile(seconds, share / 100) for share in (50, 90, 99)},
        "histogram": plots.histogram(seconds),
    }
