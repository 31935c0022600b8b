"""What the gate said, and what people wished for against it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from evals import evidence
from evals.admin import comparing
from evals.admin.run import dated
from evals.admin.standing import StandingPages
from evals.models import OverrideWish, Verdict
from evals.templatetags.comparisons import status_colour
from listings.admin import ReadOnly


@admin.register(Verdict)
class VerdictAdmin(StandingPages):
    """Every verdict, newest first; the page of one reads its evidence alone."""

    list_display = ["what", "status_word", "first_reason", "release", "judged"]
    list_display_links = ["what"]
    list_filter = ["status", "release__dataset", "candidate", "judged_at"]
    search_fields = ["id__exact", "candidate__number__exact"]
    search_help_text = _("Number of the verdict or of the version")
    change_form_template = "admin/evals/verdict/story.html"

    class Media:
        css = {"all": ["css/compare.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Verdict]:
        verdicts = super().get_queryset(request)
        runs = ("candidate_run__version", "baseline_run__version")
        return verdicts.select_related("candidate", "release__dataset", "asked_by", *runs)

    @admin.display(description=_("verdict"), ordering="id")
    def what(self, verdict: Verdict) -> str:
        return f"#{verdict.pk} · {verdict.candidate}"

    @admin.display(description=_("status"), ordering="status")
    def status_word(self, verdict: Verdict) -> SafeString:
        colour, label = status_colour(verdict.status), verdict.get_status_display()
        return format_html('<span class="word word-{}">{}</span>', colour, label)

    @admin.display(description=_("why"))
    def first_reason(self, verdict: Verdict) -> str:
        return verdict.reasons[0] if verdict.reasons else "–"

    @admin.display(description=_("judged"), ordering="judged_at")
    def judged(self, verdict: Verdict) -> SafeString:
        return dated(verdict.judged_at, verdict.asked_by)

    def story(self, request: HttpRequest, row: Verdict) -> dict[str, Any]:
        before, after = row.baseline_run, row.candidate_run
        return {
            "title": _("Verdict %(number)s: %(version)s") % {"number": row.pk, "version": row.candidate},
            "evidence": evidence.read(row.evidence),
            "warnings": [warning["text"] for warning in row.evidence.get("warnings", ())],
            "compare": comparing.address(before, after) if before and after else "",
        }


@admin.register(OverrideWish)
class OverrideWishAdmin(ReadOnly[OverrideWish]):
    """Every wish to override the gate, and what came of it."""

    list_display = ["version_link", "why", "asked_by", "asked_at", "how_it_ended", "ended_by", "ended_at"]
    list_display_links = None
    list_filter = ["outcome", "version"]
    search_fields = ["why", "version__number__exact"]
    list_select_related = ["version", "asked_by", "ended_by"]

    @admin.display(description=_("version"), ordering="version")
    def version_link(self, wish: OverrideWish) -> SafeString:
        place = reverse("admin:evals_standing", args=[wish.version_id])
        return format_html('<a href="{}">{}</a>', place, wish.version)

    @admin.display(description=_("outcome"), ordering="outcome")
    def how_it_ended(self, wish: OverrideWish) -> str:
        return wish.get_outcome_display() or "–"
