"""Prompt versions with what changed in each, and the labels that stood on them."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from aiprefill import story
from aiprefill.admin.filters import TrialFilter
from aiprefill.models import LabelMove, PrefillJob, PromptVersion
from aiprefill.version_form import NewVersionForm
from listings.admin import ReadOnly
from listings.models import Seller


def staff(request: HttpRequest) -> Seller:
    """Who is signed in; the admin lets nobody else in."""
    if isinstance(request.user, AnonymousUser):
        raise PermissionDenied
    return request.user


@admin.register(PromptVersion)
class PromptVersionAdmin(ReadOnly[PromptVersion]):
    """Versions; a new one is made by copying."""

    list_display = ["short", "labels", "note", "provider", "model", "jobs_run", "created_by", "created_at"]
    list_display_links = ["short", "note"]
    list_filter = [TrialFilter, "provider", "model"]
    search_fields = ["number__exact", "digest", "note", "spec_text"]
    search_help_text = _("Number, digest, what changed, or any word of the prompt")
    change_form_template = "admin/aiprefill/promptversion/story.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[PromptVersion]:
        newest = LabelMove.objects.order_by("label", "-id").distinct("label").values("pk")
        here = LabelMove.objects.filter(pk__in=newest, version=OuterRef("pk")).order_by("label")
        runs = PrefillJob.objects.filter(version=OuterRef("pk")).order_by().values("version")
        versions = super().get_queryset(request).select_related("created_by")
        return versions.annotate(
            standing=ArraySubquery(here.values("label")),
            jobs_count=Coalesce(Subquery(runs.annotate(count=Count("pk")).values("count")), 0),
        )

    @admin.display(description=_("version"), ordering="number")
    def short(self, version: PromptVersion) -> str:
        return f"v{version.number}"

    @admin.display(description=_("labels"))
    def labels(self, version: PromptVersion) -> SafeString | str:
        standing: list[str] = getattr(version, "standing", [])
        words = format_html_join(
            " ", '<span class="word word-label">{}</span>', ((name,) for name in standing)
        )
        return words or "–"

    @admin.display(description=_("jobs"), ordering="jobs_count")
    def jobs_run(self, version: PromptVersion) -> int:
        return int(getattr(version, "jobs_count", 0))

    def get_urls(self) -> list[URLPattern]:
        copy = self.admin_site.admin_view(self.copy_view)
        return [path("<int:number>/copy/", copy, name="aiprefill_copy_version"), *super().get_urls()]

    def story(self, request: HttpRequest, row: PromptVersion) -> dict[str, Any]:
        against = chosen(request.GET.get("against", "")) or story.previous(row)
        return {
            "against": against,
            "parts": story.spec_parts(row, against),
            "versions": PromptVersion.objects.kept().exclude(pk=row.pk),
            "moves": row.label_moves.select_related("who"),
            "labels": self.labels(row),
            "may_copy": request.user.has_perm("aiprefill.add_promptversion"),
            "title": str(row),
        }

    def copy_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """A form that starts as version `number` and makes a new one."""
        if not request.user.has_perm("aiprefill.add_promptversion"):
            raise PermissionDenied
        version = get_object_or_404(PromptVersion, pk=number)
        form = NewVersionForm(version, request.POST or None)
        if request.method == "POST" and form.is_valid():
            made = form.save(staff(request))
            self.log_addition(request, made, str(_("Copied from version %s.") % number))
            said = _("Version %(number)s is made. No label stands on it yet.")
            messages.success(request, said % {"number": made.pk})
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

    list_display = ["label_shown", "version_link", "kind", "who", "and_who", "why", "moved_at"]
    list_filter = ["label", "kind"]
    search_fields = ["label", "why"]
    list_select_related = ["version", "who", "and_who"]

    @admin.display(description=_("label"), ordering="label")
    def label_shown(self, move: LabelMove) -> SafeString:
        return format_html('<span class="word word-label">{}</span>', move.label)

    @admin.display(description=_("version"), ordering="version")
    def version_link(self, move: LabelMove) -> SafeString:
        address = reverse("admin:aiprefill_promptversion_change", args=[move.version_id])
        return format_html('<a href="{}">{}</a>', address, move.version)


def chosen(number: str) -> PromptVersion | None:
    """The version that a reader asked to compare with."""
    return (
        PromptVersion.objects.filter(pk=number).first() if number.isdecimal() and len(number) < 10 else None
    )
