"""Two runs side by side, for everybody who may see runs."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from aiprefill.public import PRODUCTION, labels_in_force
from evals.models import EvalRun


def address(before: EvalRun, after: EvalRun) -> str:
    """The page of these two runs."""
    return f"{reverse('admin:evals_compare')}?a={before.pk}&b={after.pk}"


def in_order(one: EvalRun, other: EvalRun) -> tuple[EvalRun, EvalRun]:
    """Which of them stands before: production's, else the older."""
    production = labels_in_force().get(PRODUCTION)
    first, second = sorted((one, other), key=lambda run: (run.version_id != production, run.pk))
    return first, second


def choices(run: EvalRun) -> dict[str, Any]:
    """The runs that `run` can be compared with; production's newest is chosen, else the newest."""
    others = EvalRun.objects.complete().like(run).exclude(pk=run.pk).select_related("version")
    found = list(others.order_by("-ended_at", "-pk")[:100])
    production = labels_in_force().get(PRODUCTION)
    first = next((each for each in found if each.version_id == production), None)
    return {"comparable": found, "against": first or next(iter(found), None)}


@require_safe
def compare_view(request: HttpRequest) -> HttpResponse:
    """The comparison of run `a`, before, with run `b`, after; or why there is none."""
    if not request.user.has_perm("evals.view_evalrun"):
        raise PermissionDenied
    before, after = (_asked(request, name) for name in "ab")
    # What it stands on takes seconds to import, and most processes never compare.
    from evals import compare_story
    from evals.pairing import NotPaired

    title = _("Run %(before)s and run %(after)s") % {"before": before.pk, "after": after.pk}
    context = admin.site.each_context(request) | {
        "title": title,
        "opts": EvalRun._meta,
        "before": before,
        "after": after,
    }
    try:
        told = compare_story.tell(
            before,
            after,
            request.GET.get("metric", ""),
            request.GET.get("page", ""),
            may_see_judges=request.user.has_perm("evals.view_judgeverdict"),
        )
    except NotPaired as error:
        may_run = request.user.has_perm("evals.add_evalrun")
        context |= {"why": str(error), "trial": error.instead, "there": error.there, "may_run": may_run}
        return TemplateResponse(request, "admin/evals/compare/refused.html", context)
    return TemplateResponse(request, "admin/evals/compare/page.html", context | told)


def _asked(request: HttpRequest, name: str) -> EvalRun:
    number = request.GET.get(name, "")
    runs = EvalRun.objects.select_related("version", "release__dataset")
    run = runs.filter(pk=number).first() if number.isdecimal() and len(number) < 10 else None
    if run is None:
        raise Http404(_("Say which two runs: ?a=1&b=2"))
    return run
