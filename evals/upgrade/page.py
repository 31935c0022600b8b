"""What a report's page shows: its figures as tables, and the cases that were lost as pictures."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from evals.models import Case, EvalRun, Report
from evals.upgrade import words
from evals.upgrade.figures import worst


class Table(NamedTuple):
    """Heads and rows of cells; the first cell of a row names it."""

    heads: Sequence[str]
    rows: list[list[str]]


def told(report: Report) -> dict[str, Any]:
    """Everything; of a report whose runs could not be compared, what there is."""
    figures = report.figures
    verdict = report.verdict
    before_run, after_run = (verdict.baseline_run, verdict.candidate_run) if verdict else (None, None)
    sides = [{"label": _("production")} | figures["before"], {"label": _("tried")} | figures["after"]]
    shown: dict[str, Any] = {"figures": figures, "sides": sides, "unsaid": words.unsaid(figures)}
    if "metrics" not in figures:
        return shown
    before, after, change = _("before"), _("after"), _("change")
    metric, cases = _("metric"), _("cases")
    interval, margin, flips = _("95 % interval"), _("margin"), _("lost / won")
    itself = _("before, against itself"), _("after, against itself")
    return shown | {
        "counted": words.how_many(figures),
        "metrics": table(
            (metric, cases, before, after, change, interval, margin, flips), words.metric_rows(figures)
        ),
        "noise": table((metric, _("between the two"), *itself), words.noise_rows(figures)),
        "noise_words": words.NOISE,
        "cost_words": words.cost_words(figures),
        "costs": table(
            (_("cost of"), before, after, change), words.estimate_rows(figures["costs"], words.money)
        ),
        "times": table(
            (_("time of"), before, after, change), words.estimate_rows(figures["times"], words.seconds)
        ),
        "lost": lost(before_run, after_run) if before_run and after_run else [],
    }


def table(heads: Sequence[str], rows: Iterable[list[str]]) -> Table:
    """A table whose rows were made."""
    return Table(heads, list(rows))


def lost(before: EvalRun, after: EvalRun) -> list[dict[str, Any]]:
    """The cases that were lost, with every word of theirs that is still there; of erased ones no picture."""
    found = worst(before, after)
    cases = Case.objects.filter(releases=before.release, key__in=[each["key"] for each in found])
    by_key = {case.key: case for case in cases}
    return [
        each | {"case": by_key[each["key"]], "has_picture": by_key[each["key"]].erased_at is None}
        for each in found
    ]
