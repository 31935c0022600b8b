"""The annotators' view of the AI: what was asked, answered, paid, kept. What is immutable has no form."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now, TruncDay
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from aiprefill import actions, lab, story
from aiprefill.models import (
    Correction,
    Feedback,
    FieldTrace,
    LabelMove,
    ModelOutput,
    Preference,
    PrefillJob,
    PromptVersion,
    SpendDay,
    Switch,
)
from aiprefill.prompts import labels_in_force
from aiprefill.templatetags.suggestions import dollars
from aiprefill.version_form import NewVersionForm
from listings.admin import ReadOnly, thumbnail
from listings.fields import AI_FIELDS
from listings.models import Seller


class SavedView(admin.SimpleListFilter):
    """The questions that annotators ask every day, by name."""

    title = _("saved view")
    parameter_name = "view"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("failed", _("failed today")),
            ("nothing-kept", _("nothing kept")),
            ("thumbs-down", _("thumbs down")),
            ("empty", _("empty answers")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[PrefillJob]) -> QuerySet[PrefillJob]:
        match self.value():
            case "failed":
                return queryset.filter(state__in=["failed", "gave_up"], created_at__gte=TruncDay(Now()))
            case "nothing-kept":
                kept = Correction.objects.filter(job=OuterRef("pk"), kind__in=["kept", "edited"])
                return queryset.filter(corrected_at__isnull=False).exclude(Exists(kept))
            case "thumbs-down":
                return queryset.filter(Exists(Feedback.objects.filter(job=OuterRef("pk"), up=False)))
            case "empty":
                return queryset.filter(*(nothing_told(name) for name in AI_FIELDS), state="done")
        return queryset


def staff(request: HttpRequest) -> Seller:
    """Who is signed in; the admin lets nobody else in."""
    if isinstance(request.user, AnonymousUser):
        raise PermissionDenied
    return request.user


def nothing_told(name: str) -> Q:
    """Jobs whose field `name` holds no value: the key is missing or its value is JSON's null."""
    return Q(**{f"fields__{name}__isnull": True}) | Q(**{f"fields__{name}__value": None})


@admin.register(PromptVersion)
class PromptVersionAdmin(ReadOnly[PromptVersion]):
    """Versions with what changed in each; a new one is made by copying."""

    list_display = ["number", "provider", "model", "labels", "note", "jobs_run", "created_by", "created_at"]
    list_display_links = ["number", "note"]
    list_filter = ["provider", "model"]
    search_fields = ["number", "digest", "note", "spec_text"]
    change_form_template = "admin/aiprefill/promptversion/story.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[PromptVersion]:
        return super().get_queryset(request).annotate(jobs_count=Count("jobs")).select_related("created_by")

    @admin.display(description=_("labels"))
    def labels(self, version: PromptVersion) -> str:
        return ", ".join(
            sorted(label for label, number in labels_in_force().items() if number == version.number)
        )

    @admin.display(description=_("jobs"), ordering="jobs_count")
    def jobs_run(self, version: PromptVersion) -> int:
        return int(getattr(version, "jobs_count", 0))

    def get_urls(self) -> list[URLPattern]:
        copy = path(
            "<int:number>/copy/", self.admin_site.admin_view(self.copy_view), name="aiprefill_copy_version"
        )
        return [copy, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        version = PromptVersion.objects.filter(pk=object_id).first() if object_id.isdigit() else None
        context: dict[str, Any] = {}
        if version:
            chosen = request.GET.get("against", "")
            against = PromptVersion.objects.filter(pk=chosen).first() if chosen.isdigit() else None
            against = against or story.previous(version)
            context = {
                "against": against,
                "parts": story.spec_parts(version, against),
                "versions": PromptVersion.objects.exclude(pk=version.pk),
                "moves": version.label_moves.select_related("who"),
                "labels": self.labels(version),
                "may_copy": request.user.has_perm("aiprefill.add_promptversion"),
            }
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def copy_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """A form that starts as version `number` and makes a new one."""
        version = get_object_or_404(PromptVersion, pk=number)
        if not request.user.has_perm("aiprefill.add_promptversion"):
            raise PermissionDenied
        form = NewVersionForm(version, request.POST or None)
        if request.method == "POST" and form.is_valid():
            made = form.save(staff(request))
            messages.success(
                request, _("Version %(number)s is made. No label stands on it yet.") % {"number": made.pk}
            )
            return HttpResponseRedirect(reverse("admin:aiprefill_promptversion_change", args=[made.pk]))
        context = self.admin_site.each_context(request) | {
            "title": _("Copy version %(number)s to a new version") % {"number": version.pk},
            "opts": self.opts,
            "form": form,
            "version": version,
        }
        return TemplateResponse(request, "admin/aiprefill/promptversion/copy.html", context)


@admin.register(LabelMove)
class LabelMoveAdmin(ReadOnly[LabelMove]):
    """Which version each label stood on, when and why."""

    list_display = ["moved_at", "label", "version", "kind", "who", "why"]
    list_filter = ["label", "kind"]
    search_fields = ["label", "why"]
    list_select_related = ["version", "who"]


@admin.register(PrefillJob)
class PrefillJobAdmin(ReadOnly[PrefillJob]):
    """Every job, and on one screen its whole story."""

    list_display = [
        "cover",
        "short_id",
        "state_word",
        "told",
        "kept",
        "thumb",
        "version",
        "purpose",
        "cost",
        "created_at",
    ]
    list_display_links = ["cover", "short_id"]
    list_filter = [SavedView, "state", "purpose", "error_class", "version", "created_at"]
    search_fields = ["id", "listing__title", "error_class", "photo_set_digest"]
    search_help_text = _("Job id, title, error class or photo digest")
    date_hierarchy = "created_at"
    list_per_page = 50
    change_form_template = "admin/aiprefill/prefilljob/story.html"
    change_list_template = "admin/aiprefill/prefilljob/list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[PrefillJob]:
        jobs = super().get_queryset(request).select_related("version", "listing")
        return jobs.prefetch_related("listing__photos", "corrections", "feedback", "outputs")

    @admin.display(description="")
    def cover(self, job: PrefillJob) -> SafeString | str:
        return thumbnail(next(iter(job.listing.photos.all()), None) if job.listing else None)

    @admin.display(description=_("job"), ordering="id")
    def short_id(self, job: PrefillJob) -> str:
        return str(job.pk)[:8]

    @admin.display(description=_("state"), ordering="state")
    def state_word(self, job: PrefillJob) -> SafeString:
        words = (
            f"{job.get_state_display()} · {job.error_class}" if job.error_class else job.get_state_display()
        )
        return format_html('<span class="word word-{}">{}</span>', job.state, words)

    @admin.display(description=_("told"))
    def told(self, job: PrefillJob) -> str:
        return f"{sum(bool(f.get('value')) for f in job.fields.values())}/{len(AI_FIELDS)}"

    @admin.display(description=_("kept"))
    def kept(self, job: PrefillJob) -> str:
        corrections = job.corrections.all()
        offered = [c for c in corrections if c.kind not in {"added", "blank"}]
        return f"{sum(c.kind == 'kept' for c in offered)}/{len(offered)}" if offered else "–"

    @admin.display(description=_("thumb"))
    def thumb(self, job: PrefillJob) -> SafeString | str:
        given = {f.field: f for f in job.feedback.all()}
        whole = given.get("")
        if whole is None:
            return "–"
        return format_html(
            '<span class="word word-{}">{}</span>',
            "up" if whole.up else "down",
            _("up") if whole.up else _("down"),
        )

    @admin.display(description=_("cost"))
    def cost(self, job: PrefillJob) -> str:
        priced = [o.cost_micros for o in job.outputs.all() if o.cost_micros is not None]
        return dollars(sum(priced) if priced else None)

    def get_urls(self) -> list[URLPattern]:
        run = path(
            "<uuid:job_id>/run/", self.admin_site.admin_view(self.run_view), name="aiprefill_run_in_lab"
        )
        return [run, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        job = self.get_object(request, object_id)
        context = {} if job is None else story.tell(job) | neighbours(job)
        context["may_run"] = request.user.has_perm("aiprefill.add_prefilljob")
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def run_view(self, request: HttpRequest, job_id: Any) -> HttpResponse:
        """Queue this job's photos with the version chosen, purpose lab."""
        job = get_object_or_404(PrefillJob, pk=job_id)
        if request.method != "POST" or not request.user.has_perm("aiprefill.add_prefilljob"):
            raise PermissionDenied
        version = get_object_or_404(PromptVersion, pk=request.POST.get("version") or 0)
        try:
            made = lab.run_again(job, version)
        except lab.NothingToRead as error:
            messages.error(request, str(error))
            made = job
        else:
            messages.success(
                request, _("Queued with %(version)s. This page shows it.") % {"version": version}
            )
        return HttpResponseRedirect(reverse("admin:aiprefill_prefilljob_change", args=[made.pk]))


def neighbours(job: PrefillJob) -> dict[str, Any]:
    """The job made before and the one made after, for the keys J and K."""
    others = PrefillJob.objects.exclude(pk=job.pk)
    return {
        "older": others.filter(created_at__lte=job.created_at).order_by("-created_at", "-id").first(),
        "newer": others.filter(created_at__gte=job.created_at).order_by("created_at", "id").first(),
    }


@admin.register(ModelOutput)
class ModelOutputAdmin(ReadOnly[ModelOutput]):
    """Every provider call, whoever made it."""

    list_display = [
        "id",
        "started_at",
        "purpose",
        "status",
        "error_class",
        "version",
        "tokens",
        "cost",
        "latency_ms",
    ]
    list_filter = ["status", "purpose", "error_class", "version", "started_at"]
    search_fields = ["id", "request_id", "error_class", "raw"]
    list_select_related = ["version"]
    change_form_template = "admin/aiprefill/modeloutput/story.html"

    @admin.display(description=_("tokens in / out"))
    def tokens(self, output: ModelOutput) -> str:
        return "–" if output.input_tokens is None else f"{output.input_tokens} / {output.output_tokens}"

    @admin.display(description=_("cost"), ordering="cost_micros")
    def cost(self, output: ModelOutput) -> str:
        return dollars(output.cost_micros)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        output = self.get_object(request, object_id)
        context = {"call": story.laid_out(output)} if output else {}
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))


@admin.register(Correction)
class CorrectionAdmin(ReadOnly[Correction]):
    """What sellers changed."""

    list_display = ["created_at", "field", "kind", "suggested_short", "final_short", "keep_rate", "job"]
    list_filter = ["kind", "field", "created_at"]
    search_fields = ["suggested", "final", "job__id"]

    @admin.display(description=_("suggested"))
    def suggested_short(self, correction: Correction) -> str:
        return Truncator(correction.suggested or "–").chars(80)

    @admin.display(description=_("posted"))
    def final_short(self, correction: Correction) -> str:
        return Truncator(correction.final or "–").chars(80)


@admin.register(Feedback)
class FeedbackAdmin(ReadOnly[Feedback]):
    """Thumbs and words."""

    list_display = ["created_at", "field", "up", "word", "job"]
    list_filter = ["up", "field", "created_at"]
    search_fields = ["word", "job__id"]


@admin.register(FieldTrace)
class FieldTraceAdmin(ReadOnly[FieldTrace]):
    """What was put before sellers, and what they did."""

    list_display = ["job", "field", "how", "first_shown_at", "decided_at"]
    list_filter = ["how", "field"]
    search_fields = ["job__id"]


@admin.register(SpendDay)
class SpendDayAdmin(ReadOnly[SpendDay]):
    """What the models cost, day by day."""

    list_display = ["day", "spent", "reserved"]
    search_fields = ["day"]
    list_filter = ["day"]

    @admin.display(description=_("spent"), ordering="spent_micros")
    def spent(self, day: SpendDay) -> str:
        return dollars(day.spent_micros)

    @admin.display(description=_("reserved"), ordering="reserved_micros")
    def reserved(self, day: SpendDay) -> str:
        return dollars(day.reserved_micros)


@admin.register(Preference)
class PreferenceAdmin(ReadOnly[Preference]):
    """Who writes without suggestions."""

    list_display = ["seller", "wants_suggestions"]
    list_filter = ["wants_suggestions"]
    search_fields = ["seller__first_name"]


@admin.register(Switch)
class SwitchAdmin(ReadOnly[Switch]):
    """The off switch: one row, thrown by a button on every page of the admin."""

    list_display = ["__str__", "why", "who", "changed_at"]
    list_filter = ["is_off"]
    search_fields = ["why"]

    def get_urls(self) -> list[URLPattern]:
        throw = path("throw/", self.admin_site.admin_view(self.throw_view), name="aiprefill_throw_switch")
        return [throw, *super().get_urls()]

    def throw_view(self, request: HttpRequest) -> HttpResponse:
        """Turn suggestions off or on, with the reason; asks for it first."""
        if not request.user.has_perm("aiprefill.change_switch"):
            raise PermissionDenied
        is_off = actions.is_off()
        if request.method == "POST":
            if is_off:
                actions.turn_on(who=staff(request))
            else:
                actions.turn_off(why=request.POST.get("why", "")[:200], who=staff(request))
            return HttpResponseRedirect(reverse("admin:index"))
        title = _("Turn suggestions on") if is_off else _("Turn suggestions off")
        context = self.admin_site.each_context(request) | {
            "title": title,
            "is_off": is_off,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/aiprefill/switch/throw.html", context)
