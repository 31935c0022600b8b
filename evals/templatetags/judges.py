"""What judges found in a run, on its page."""

from typing import Any

from django import template

from evals.models import EvalRun, Split

register = template.Library()


@register.inclusion_tag("admin/evals/evalrun/_judges.html", takes_context=True)
def judges(context: template.Context, run: EvalRun) -> dict[str, Any]:
    """Every failure mode: the judge's rate where it may be shown, else what it lacks."""
    # What it stands on takes seconds to import, and most processes never show a run.
    from evals.judges.agreement import can_gate
    from evals.judges.evidence import judged
    from evals.judges.modes import modes

    found = [judged(mode, run) for mode in modes().values()]
    return {
        "run": run,
        "rows": [{"found": each, "can_gate": can_gate(each.calibration)} for each in found],
        "may_label": context["user"].has_perm("evals.add_judgelabel") and run.split != Split.HOLDOUT,
    }


@register.filter
def percent(share: float) -> str:
    """A share as per cent."""
    return f"{100 * share:.0f} %"


@register.filter
def span(interval: Any) -> str:
    """An interval of shares as per cent."""
    return f"{100 * interval.low:.0f} – {100 * interval.high:.0f} %"
