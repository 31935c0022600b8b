"""What sellers made of suggestions: seen, changed, judged, refused."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from aiprefill.models import Correction, Feedback, FieldTrace, Preference
from listings.admin import ReadOnly


class OfAJob:
    """A column that leads to the job's whole story."""

    @admin.display(description=_("job"))
    def of_job(self, row: Correction | Feedback | FieldTrace) -> SafeString:
        address = reverse("admin:aiprefill_prefilljob_change", args=[row.job_id])
        return format_html('<a href="{}">{}</a>', address, str(row.job_id)[:8])


@admin.register(Correction)
class CorrectionAdmin(OfAJob, ReadOnly[Correction]):
    """What sellers changed."""

    list_display = ["field", "kind_word", "suggested_short", "final_short", "kept", "of_job", "created_at"]
    list_filter = ["kind", "field", "created_at"]
    search_fields = ["suggested", "final", "job__id"]
    ordering = ["-id"]

    @admin.display(description=_("kind"), ordering="kind")
    def kind_word(self, correction: Correction) -> SafeString:
        return format_html(
            '<span class="word word-{}">{}</span>', correction.kind, correction.get_kind_display()
        )

    @admin.display(description=_("suggested"))
    def suggested_short(self, correction: Correction) -> str:
        return _short(correction, correction.suggested)

    @admin.display(description=_("posted"))
    def final_short(self, correction: Correction) -> str:
        return _short(correction, correction.final)

    @admin.display(description=_("share kept"), ordering="keep_rate")
    def kept(self, correction: Correction) -> str:
        return "–" if correction.keep_rate is None else f"{correction.keep_rate:.2f}"


@admin.register(Feedback)
class FeedbackAdmin(OfAJob, ReadOnly[Feedback]):
    """Thumbs and words."""

    list_display = ["what", "thumb", "word", "of_job", "created_at"]
    list_filter = ["up", "field", "created_at"]
    search_fields = ["word", "job__id"]
    ordering = ["-id"]

    @admin.display(description=_("field"), ordering="field")
    def what(self, feedback: Feedback) -> str:
        return feedback.field or str(_("the whole"))

    @admin.display(description=_("thumb"), ordering="up")
    def thumb(self, feedback: Feedback) -> SafeString:
        kind, words = ("up", _("up")) if feedback.up else ("down", _("down"))
        return format_html('<span class="word word-{}">{}</span>', kind, words)


@admin.register(FieldTrace)
class FieldTraceAdmin(OfAJob, ReadOnly[FieldTrace]):
    """What was put before sellers, and what they did."""

    list_display = ["field", "how", "of_job", "first_shown_at", "decided_at"]
    list_filter = ["how", "field"]
    search_fields = ["job__id"]
    ordering = ["-id"]


@admin.register(Preference)
class PreferenceAdmin(ReadOnly[Preference]):
    """Who writes without suggestions."""

    list_display = ["seller", "wants_suggestions"]
    list_filter = ["wants_suggestions"]
    search_fields = ["seller__first_name"]
    list_select_related = ["seller"]


def _short(correction: Correction, text: str | None) -> str:
    if correction.erased_at:
        return str(_("erased"))
    return Truncator(text or "–").chars(80)
