"""Runs: asked for, followed while they last, and read."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from aiprefill.public import PRODUCTION, PromptVersion, VersionFilter, labels_in_force
from evals import runner
from evals.admin import comparing
from evals.models import EvalRun, Release, RunState, Split
from evals.runner import NotRun, Order
from listings.admin import ReadOnly

MICROS = 1_000_000


class NewRunForm(forms.Form):
    """A run as the admin asks for it."""

    version = forms.ModelChoiceField(PromptVersion.objects.kept().suggesting(), label=_("Prompt version"))
    release = forms.ModelChoiceField(
        Release.objects.select_related("dataset").order_by("dataset__name", "-number"), label=_("Dataset")
    )
    split = forms.ChoiceField(label=_("Split"), choices=Split.choices, initial=Split.GATE)
    why = forms.CharField(
        label=_("Why the holdout is opened"),
        max_length=300,
        required=False,
        help_text=_("For the sealed holdout alone. It is kept, with your name."),
    )
    repeats = forms.IntegerField(label=_("Repeats"), min_value=1, max_value=20, initial=3)
    is_aa = forms.BooleanField(
        label=_("The same once more (A/A)"),
        required=False,
        help_text=_("Asks for the repeats after these, so that no answer comes from an earlier run."),
    )
    limit = forms.IntegerField(
        label=_("Only so many cases"), min_value=1, required=False, help_text=_("Empty: all of them.")
    )
    is_fresh = forms.BooleanField(
        label=_("Ask again what is in the cache"),
        required=False,
        help_text=_("Costs as much as the first time."),
    )
    concurrency = forms.IntegerField(label=_("Calls at once"), min_value=1, max_value=64, initial=16)
    max_cost = forms.DecimalField(
        label=_("It may cost, US dollars"),
        min_value=0,
        max_value=10_000,
        decimal_places=2,
        initial=2,
        help_text=_("It stops before it would cost more, and can go on later."),
    )

    def order(self) -> Order:
        """What the valid form asks for."""
        told = self.cleaned_data
        return Order(
            version=told["version"],
            release=told["release"],
            split=told["split"],
            repeats=told["repeats"],
            repeat_from=told["repeats"] + 1 if told["is_aa"] else 1,
            limit=told["limit"],
            is_fresh=told["is_fresh"],
            concurrency=told["concurrency"],
            max_cost_micros=int(told["max_cost"] * MICROS),
        )


class GoOnForm(forms.Form):
    """What a run that ended early may cost in all, once it goes on."""

    max_cost = forms.DecimalField(
        label=_("It may cost in all, US dollars"), min_value=0, max_value=10_000, decimal_places=2
    )


@admin.register(EvalRun)
class EvalRunAdmin(ReadOnly[EvalRun]):
    """Every run, newest first."""

    list_display = ["what", "state_word", "measured_on", "progress", "cost", "asked"]
    list_display_links = ["what"]
    list_filter = ["state", "split", "release__dataset", ("version", VersionFilter), "asked_at"]
    search_fields = ["id__exact", "version__number__exact", "release__dataset__name"]
    search_help_text = _("Number of the run or of the version, or the dataset's name")
    change_form_template = "admin/evals/evalrun/story.html"
    actions = ["compare_two"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[EvalRun]:
        runs = super().get_queryset(request)
        return runs.select_related("version", "release__dataset", "asked_by")

    @admin.display(description=_("run"), ordering="id")
    def what(self, run: EvalRun) -> str:
        return f"#{run.pk} · {run.version}"

    @admin.display(description=_("state"), ordering="state")
    def state_word(self, run: EvalRun) -> SafeString:
        return format_html('<span class="word word-{}">{}</span>', run.state, run.get_state_display())

    @admin.display(description=_("measured on"), ordering="release")
    def measured_on(self, run: EvalRun) -> str:
        return f"{run.release} · {run.get_split_display()}"

    @admin.display(description=_("results"))
    def progress(self, run: EvalRun) -> str:
        return f"{run.finished}/{run.planned}"

    @admin.display(description=_("cost"), ordering="cost_micros")
    def cost(self, run: EvalRun) -> str:
        return f"${run.cost_micros / MICROS:.4f}"

    @admin.display(description=_("asked"), ordering="asked_at")
    def asked(self, run: EvalRun) -> SafeString:
        return dated(run.asked_at, run.asked_by)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("evals.add_evalrun")

    def get_urls(self) -> list[URLPattern]:
        stop, go_on = (require_POST(view) for view in (self.stop_view, self.go_on_view))
        return [
            path("<int:run_id>/stop/", self.admin_site.admin_view(stop), name="evals_stop_run"),
            path("<int:run_id>/go-on/", self.admin_site.admin_view(go_on), name="evals_go_on_with_run"),
            path("compare/", self.admin_site.admin_view(comparing.compare_view), name="evals_compare"),
            *super().get_urls(),
        ]

    def story(self, request: HttpRequest, row: EvalRun) -> dict[str, Any]:
        told = progress(row)
        if not told["is_open"]:
            # What it stands on takes seconds to import, and most processes never show a run.
            from evals import run_story

            told |= run_story.tell(row, request.GET.get("metric", ""))
            told |= comparing.choices(row)
        cap = row.max_cost_micros
        return told | {
            "title": _("Run %(number)s: %(version)s") % {"number": row.pk, "version": row.version},
            "may_run": self.has_add_permission(request),
            "go_on": GoOnForm(initial={"max_cost": 2 if cap is None else cap / MICROS}),
        }

    @admin.action(description=_("Compare the two that are ticked"), permissions=["view"])
    def compare_two(self, request: HttpRequest, queryset: QuerySet[EvalRun]) -> HttpResponse | None:
        """Lead to the comparison of exactly two runs."""
        ticked = list(queryset[:3])
        if len(ticked) == 2:
            return HttpResponseRedirect(comparing.address(*comparing.in_order(*ticked)))
        messages.warning(request, _("Tick two runs, no more and no fewer."))
        return None

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        usual = {
            "version": labels_in_force().get(PRODUCTION),
            "release": Release.objects.order_by("-pk").first(),
        }
        given = usual | request.GET.dict()
        form = NewRunForm(request.POST or None, initial=given)
        if request.method == "POST" and form.is_valid():
            try:
                return self.queued(request, form)
            except NotRun as error:
                form.add_error(None, str(error))
        context = self.admin_site.each_context(request) | {
            "title": _("New run"),
            "opts": self.opts,
            "form": form,
        }
        return TemplateResponse(request, "admin/evals/evalrun/new.html", context | (extra_context or {}))

    def queued(self, request: HttpRequest, form: NewRunForm) -> HttpResponse:
        """Queue the run that the form asks for, and lead to its page. Raises NotRun."""
        with transaction.atomic():
            run, is_new = runner.ask(
                form.order(), how="admin", why=form.cleaned_data["why"], by=request.user.pk
            )
            runner.ring()
        if is_new:
            self.log_addition(request, run, str(_("Asked for.")))
            messages.success(request, _("Run %(number)s waits for a worker.") % {"number": run.pk})
        else:
            said = _("Run %(number)s asks the same and is not done yet: it goes on.")
            messages.info(request, said % {"number": run.pk})
        return HttpResponseRedirect(reverse("admin:evals_evalrun_change", args=[run.pk]))

    def stop_view(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """Ask the worker to stop; a run that waits is stopped at once."""
        run = self.asked_about(request, run_id)
        runner.ask_to_stop(run)
        self.log_change(request, run, str(_("Stopped.")))
        messages.success(request, _("The run stops when the calls under way have ended."))
        return HttpResponseRedirect(reverse("admin:evals_evalrun_change", args=[run.pk]))

    def go_on_view(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """Queue a run that ended early once more."""
        run = self.asked_about(request, run_id)
        form = GoOnForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Say what it may cost in all, in dollars."))
        elif runner.go_on(run, int(form.cleaned_data["max_cost"] * MICROS)):
            self.log_change(request, run, str(_("Taken up again.")))
            messages.success(request, _("Run %(number)s waits for a worker.") % {"number": run.pk})
        else:
            messages.info(request, _("Nothing was changed: the run is done, or goes on already."))
        return HttpResponseRedirect(reverse("admin:evals_evalrun_change", args=[run.pk]))

    def asked_about(self, request: HttpRequest, run_id: int) -> EvalRun:
        """The run that a button is about, for somebody who may press it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return get_object_or_404(EvalRun, pk=run_id)


def dated(moment: datetime, who: object) -> SafeString:
    """When, and by whom if that is known."""
    when = date_format(timezone.localtime(moment), "j M, H:i")
    return format_html('{} <span class="quiet">{}</span>', when, who or "")


def progress(run: EvalRun) -> dict[str, Any]:
    """How far a run is that has not ended: share of results, seconds left at this pace."""
    asked = run.finished - run.from_cache
    since = (timezone.now() - run.started_at).total_seconds() if run.started_at else 0.0
    pace = asked / since if since > 0 else 0.0
    return {
        "is_open": run.state in {RunState.QUEUED, RunState.RUNNING},
        "seconds_left": round((run.planned - run.finished) / pace) if pace else None,
    }
