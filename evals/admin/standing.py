"""Where a version stands: judged, promoted, overridden, rolled back, each by one button and one POST.

Buttons are for those who may move labels (`aiprefill.add_labelmove`); the database decides all the same.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aiprefill.public import PRODUCTION, PromptVersion, label_version
from evals import promotion, runner
from evals.models import OverrideWish, Verdict
from evals.promotion import NotPromoted
from evals.runner import NotRun, Order
from listings.admin import ReadOnly
from listings.rules import plain_line

MAY_DECIDE: Final = "aiprefill.add_labelmove"
MAX_COST_MICROS: Final = 2_000_000
"""What a run that is queued here may cost; one that needs more is asked for on its own page."""
LONGEST_WHY: Final = 500

Act = Callable[[HttpRequest, PromptVersion], str]
"""Does what a button says and tells it. Raises NotPromoted or NotRun."""


class StandingPages(ReadOnly[Verdict]):
    """The page of a version on its way to production, and what its buttons do."""

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        acts: dict[str, Act] = {
            "queue_runs": self.queue_runs,
            "ask_gate": self.ask_gate,
            "promote": self.promote,
            "ask_override": self.ask_override,
            "confirm_override": self.confirm_override,
            "withdraw_override": self.withdraw_override,
            "roll_back": self.roll_back,
        }
        page = path("standing/<int:number>/", guarded(self.standing_view), name="evals_standing")
        buttons = [
            path(
                f"standing/<int:number>/{name.replace('_', '-')}/",
                guarded(self.button(act)),
                name=f"evals_{name}",
            )
            for name, act in acts.items()
        ]
        return [page, *buttons, *super().get_urls()]

    def standing_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """Where the version stands; everybody who sees verdicts sees it."""
        return require_safe(self._page)(request, number)

    def _page(self, request: HttpRequest, number: int) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        # What it stands on takes seconds to import, and most processes never judge.
        from evals import standing

        version = get_object_or_404(PromptVersion, pk=number)
        trial = standing.trial_of(version, request.GET.get("release", ""))
        context = self.admin_site.each_context(request) | {
            "title": _("Where %s stands") % version,
            "opts": self.opts,
            "may_decide": request.user.has_perm(MAY_DECIDE),
            "may_run": request.user.has_perm("evals.add_evalrun"),
        }
        told = standing.tell(version, trial, timezone.now())
        return TemplateResponse(request, "admin/evals/verdict/standing.html", context | told)

    def button(self, act: Act) -> Callable[..., HttpResponse]:
        """The view behind a button: what it did, or why not, stands on the version's page afterwards."""

        @require_POST
        def pressed(request: HttpRequest, number: int) -> HttpResponse:
            if not request.user.has_perm(MAY_DECIDE):
                raise PermissionDenied
            version = get_object_or_404(PromptVersion, pk=number)
            try:
                done = act(request, version)
            except (NotPromoted, NotRun) as error:
                messages.error(request, str(error))
            else:
                self.log_change(request, cast("Any", version), done)
                messages.success(request, done)
            return HttpResponseRedirect(reverse("admin:evals_standing", args=[number]) + _release(request))

        return pressed

    def queue_runs(self, request: HttpRequest, version: PromptVersion) -> str:
        """Queue every run that a verdict over the chosen release lacks."""
        from evals import standing
        from evals.trial import lacking

        if not request.user.has_perm("evals.add_evalrun"):
            raise PermissionDenied
        trial = standing.trial_of(version, request.POST.get("release", ""))
        missing = [*lacking(trial, timezone.now())] if trial else []
        if trial is None or not missing:
            raise NotRun(_("Nothing is missing."))
        queued = []
        with transaction.atomic():
            for each, is_fresh in missing:
                order = Order(each, trial.release, trial.split, trial.repeats, is_fresh=is_fresh)
                capped = replace(order, max_cost_micros=MAX_COST_MICROS)
                run, _is_new = runner.ask(capped, how="admin", by=request.user.pk)
                queued.append(f"{run.pk} ({each})")
            runner.ring()
        return _("Waiting for a worker: run %s.") % ", ".join(queued)

    def ask_gate(self, request: HttpRequest, version: PromptVersion) -> str:
        """Judge the version, if both runs are there: a verdict that only says so helps nobody."""
        from evals import gate, standing
        from evals.trial import lacking

        if version == label_version(PRODUCTION):
            raise NotPromoted(_("It is production: there is nothing to judge it against."))
        trial = standing.trial_of(version, request.POST.get("release", ""))
        if trial is None or [*lacking(trial, timezone.now())]:
            raise NotPromoted(_("Runs are missing: queue them first."))
        verdict, _decision = gate.gate(trial, by=request.user.pk)
        told = {"number": verdict.pk, "status": verdict.get_status_display()}
        return _("Verdict %(number)s: %(status)s.") % told

    def promote(self, request: HttpRequest, version: PromptVersion) -> str:
        """Let production stand on a version that passed."""
        promotion.promote(version, request.user.pk)
        return _("Production is now %s.") % version

    def ask_override(self, request: HttpRequest, version: PromptVersion) -> str:
        """Keep the wish, for a second person to confirm."""
        why = _why(request)
        if not why:
            raise NotPromoted(_("Say why it should stand in production without a pass."))
        promotion.ask_override(version, why, _who(request))
        return _("Asked to override the gate: “%s”. Somebody else has to confirm it within 7 days.") % why

    def confirm_override(self, request: HttpRequest, version: PromptVersion) -> str:
        """Be the second person."""
        promotion.confirm(_wish(request, version), _who(request))
        return _("Production is now %s, by two people.") % version

    def withdraw_override(self, request: HttpRequest, version: PromptVersion) -> str:
        """Let the wish go."""
        promotion.withdraw(_wish(request, version), _who(request))
        return _("The wish is withdrawn.")

    def roll_back(self, request: HttpRequest, version: PromptVersion) -> str:
        """Let production stand again on a version that it stood on before."""
        promotion.roll_back(version, _who(request), _why(request) or _("Rolled back."))
        return _("Production is again %s.") % version


def _who(request: HttpRequest) -> int:
    """The account that presses; the admin lets nobody in without one."""
    if request.user.pk is None:
        raise PermissionDenied
    return request.user.pk


def _why(request: HttpRequest) -> str:
    return plain_line(request.POST.get("why", ""))[:LONGEST_WHY]


def _wish(request: HttpRequest, version: PromptVersion) -> OverrideWish:
    """The wish that whoever pressed has seen, of this version."""
    number = request.POST.get("wish", "")
    is_number = number.isdecimal() and len(number) < 10
    wishes = OverrideWish.objects.select_related("version", "asked_by")
    return get_object_or_404(wishes, pk=number if is_number else 0, version=version)


def _release(request: HttpRequest) -> str:
    """The chosen release, as the query of the page."""
    chosen = request.POST.get("release", "")
    return f"?release={chosen}" if chosen.isdecimal() else ""
