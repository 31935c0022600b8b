"""Every reading of photos, and on one screen its whole story."""

from copy import copy
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import Case, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from aiprefill import lab, story
from aiprefill.admin.filters import ErrorClassFilter, SavedView, is_overdue
from aiprefill.models import CorrectionKind, ModelOutput, PrefillJob, PromptVersion, Purpose
from aiprefill.templatetags.suggestions import dollars
from aiprefill.version_filter import VersionFilter
from listings.admin import ReadOnly, thumbnail
from listings.fields import AI_FIELDS
from listings.models import Photo

NOT_OFFERED = (CorrectionKind.ADDED, CorrectionKind.BLANK)


@admin.register(PrefillJob)
class PrefillJobAdmin(ReadOnly[PrefillJob]):
    """Every job, newest first. Its page carries the filters of the list it was opened from."""

    list_display = [
        "cover",
        "what",
        "state_word",
        "told",
        "kept",
        "thumb",
        "version_number",
        "cost",
    ]
    list_display_links = ["what"]
    list_filter = [SavedView, "state", "purpose", ErrorClassFilter, ("version", VersionFilter), "created_at"]
    search_fields = ["id", "listing__title", "error_class", "photo_set_digest"]
    search_help_text = _("Job id, listing's title, error class or photo digest")
    change_form_template = "admin/aiprefill/prefilljob/story.html"
    change_list_template = "admin/aiprefill/prefilljob/list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[PrefillJob]:
        costs = ModelOutput.objects.filter(job=OuterRef("pk")).order_by().values("job")
        jobs = super().get_queryset(request).select_related("version", "listing__category")
        jobs = jobs.annotate(
            cost_micros=Subquery(costs.annotate(cost=Sum("cost_micros")).values("cost")),
            is_overdue=Case(When(is_overdue, then=Value(True)), default=Value(False)),
        )
        covers = Prefetch("listing__photos", Photo.objects.filter(position=0), to_attr="covers")
        return jobs.prefetch_related(covers, "corrections", "feedback")

    @admin.display(description=_("photo"))
    def cover(self, job: PrefillJob) -> SafeString | str:
        return thumbnail(job.listing.cover if job.listing else None)

    @admin.display(description=_("listing, job and time"), ordering="created_at")
    def what(self, job: PrefillJob) -> SafeString:
        title = str(job.listing) if job.listing else _("Deleted listing")
        asked = date_format(localtime(job.created_at), "j M, H:i")
        return format_html('{} <span class="quiet">{} · {}</span>', title, str(job.pk)[:8], asked)

    @admin.display(description=_("state"), ordering="state")
    def state_word(self, job: PrefillJob) -> SafeString:
        kind, words = story.state_word(job)
        return format_html('<span class="word word-{}">{}</span>', kind, words)

    @admin.display(description=_("told"))
    def told(self, job: PrefillJob) -> str:
        return f"{sum(bool(field.get('value')) for field in job.fields.values())}/{len(AI_FIELDS)}"

    @admin.display(description=_("kept"))
    def kept(self, job: PrefillJob) -> str:
        offered = [c for c in job.corrections.all() if c.kind not in NOT_OFFERED]
        return f"{sum(c.kind == CorrectionKind.KEPT for c in offered)}/{len(offered)}" if offered else "–"

    @admin.display(description=_("thumbs"))
    def thumb(self, job: PrefillJob) -> SafeString | str:
        given = [f.up for f in job.feedback.all()]
        if not given:
            return "–"
        kind, words = ("up", _("up")) if all(given) else ("down", _("down"))
        return format_html('<span class="word word-{}">{}</span>', kind, words)

    @admin.display(description=_("version"), ordering="version")
    def version_number(self, job: PrefillJob) -> SafeString:
        purpose = "" if job.purpose == Purpose.SELLER else job.get_purpose_display()
        return format_html('v{} <span class="quiet">{}</span>', job.version_id, purpose)

    @admin.display(description=_("cost"), ordering="cost_micros")
    def cost(self, job: PrefillJob) -> str:
        return dollars(getattr(job, "cost_micros", None))

    def get_urls(self) -> list[URLPattern]:
        run = self.admin_site.admin_view(require_POST(self.run_view))
        return [path("<uuid:job_id>/run/", run, name="aiprefill_run_in_lab"), *super().get_urls()]

    def story(self, request: HttpRequest, row: PrefillJob) -> dict[str, Any]:
        told = story.tell(row) | neighbours(row, self.listed(request))
        return told | {
            "may_run": request.user.has_perm("aiprefill.add_prefilljob"),
            "filters": request.GET.get("_changelist_filters", ""),
            "title": str(row.listing) if row.listing else _("Deleted listing"),
        }

    def listed(self, request: HttpRequest) -> QuerySet[PrefillJob]:
        """The jobs of the list that the reader came from; all of them if its filters make no sense."""
        came_from = copy(request)
        came_from.GET = QueryDict(request.GET.get("_changelist_filters", ""))
        try:
            jobs: QuerySet[PrefillJob] = self.get_changelist_instance(came_from).queryset
        except IncorrectLookupParameters:
            return self.get_queryset(request)
        return jobs

    def run_view(self, request: HttpRequest, job_id: UUID) -> HttpResponse:
        """Queue this job's photos with the version chosen, purpose lab."""
        if not request.user.has_perm("aiprefill.add_prefilljob"):
            raise PermissionDenied
        job = get_object_or_404(PrefillJob, pk=job_id)
        chosen = request.POST.get("version", "")
        version = get_object_or_404(PromptVersion, pk=int(chosen) if chosen.isdecimal() else 0)
        try:
            shown = lab.run_again(job, version)
        except lab.NotRun as error:
            messages.error(request, str(error))
            shown = job
        else:
            messages.success(request, _("Queued with %(version)s.") % {"version": version})
        return HttpResponseRedirect(reverse("admin:aiprefill_prefilljob_change", args=[shown.pk]))


def neighbours(job: PrefillJob, listed: QuerySet[PrefillJob]) -> dict[str, Any]:
    """The jobs made just before and just after, among those listed, for the keys J and K."""
    bare = listed.order_by().prefetch_related(None)
    same = Q(created_at=job.created_at)
    older = bare.filter(Q(created_at__lt=job.created_at) | same & Q(pk__lt=job.pk))
    newer = bare.filter(Q(created_at__gt=job.created_at) | same & Q(pk__gt=job.pk))
    return {
        "older": older.order_by("-created_at", "-pk").values_list("pk", flat=True).first(),
        "newer": newer.order_by("created_at", "pk").values_list("pk", flat=True).first(),
    }
