"""Reports of models that were tried: read, and signed by a person."""

from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from evals.models import Report, VerdictStatus
from listings.admin import ReadOnly

COLOURS: Final = {
    VerdictStatus.PASS: "done",
    VerdictStatus.FAIL: "failed",
    VerdictStatus.INCONCLUSIVE: "queued",
    VerdictStatus.BROKEN: "failed",
}
"""The class of a verdict's coloured word."""


class SignForm(forms.Form):
    """What a person says who signs."""

    words = forms.CharField(
        label=_("What do you sign, and why?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept with your name and the time. It cannot be changed or taken back."),
    )


class SignedFilter(admin.SimpleListFilter):
    """Whether a person has signed."""

    title = _("signature")
    parameter_name = "signed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("signed")), ("no", _("not signed yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> QuerySet[Report]:
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(signed_at__isnull=self.value() == "no")


@admin.register(Report)
class ReportAdmin(ReadOnly[Report]):
    """Every report, newest first. One is made by `manage.py try_model`."""

    list_display = ["what", "verdict_word", "measured_on", "made_at", "signed"]
    list_display_links = ["what"]
    list_filter = ["verdict__status", SignedFilter]
    search_fields = ["id__exact", "version__number__exact", "version__model", "signed_words"]
    search_help_text = _("Number of the report or of the version, the model's name, or a signer's word")
    change_form_template = "admin/evals/report/story.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        joined = ("version", "verdict__release__dataset", "signed_by", "made_by")
        return super().get_queryset(request).select_related(*joined)

    @admin.display(description=_("report"), ordering="id")
    def what(self, report: Report) -> str:
        return f"#{report.pk} · {report.version}"

    @admin.display(description=_("verdict"), ordering="verdict__status")
    def verdict_word(self, report: Report) -> SafeString | str:
        if report.verdict is None:
            return "–"
        status = VerdictStatus(report.verdict.status)
        return format_html('<span class="word word-{}">{}</span>', COLOURS[status], status.label)

    @admin.display(description=_("measured on"))
    def measured_on(self, report: Report) -> str:
        return str(report.verdict.release) if report.verdict and report.verdict.release else "–"

    @admin.display(description=_("signed"), ordering="signed_at")
    def signed(self, report: Report) -> str:
        if report.signed_by is None or report.signed_at is None:
            return str(_("not yet"))
        return f"{report.signed_by}, {report.signed_at:%Y-%m-%d}"

    def get_urls(self) -> list[URLPattern]:
        sign = self.admin_site.admin_view(require_POST(self.sign_view))
        return [path("<int:report_id>/sign/", sign, name="evals_sign_report"), *super().get_urls()]

    def story(self, request: HttpRequest, row: Report) -> dict[str, Any]:
        # What it stands on takes seconds to import, and most processes never show a report.
        from evals.upgrade import page

        return page.told(row) | {
            "title": _("Report %(number)s: %(version)s") % {"number": row.pk, "version": row.version},
            "word": self.verdict_word(row),
            "form": SignForm(),
            "may_sign": request.user.has_perm("evals.change_report"),
        }

    def sign_view(self, request: HttpRequest, report_id: int) -> HttpResponse:
        """Put the name of whoever is signed in, and their words, under a report."""
        from evals.upgrade.report import NotSigned, sign

        if not request.user.has_perm("evals.change_report") or request.user.pk is None:
            raise PermissionDenied
        report = get_object_or_404(Report, pk=report_id)
        form = SignForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Say in your own words what you sign, in at most 500 characters."))
        else:
            try:
                sign(report, request.user.pk, form.cleaned_data["words"])
            except NotSigned as error:
                messages.error(request, str(error))
            else:
                self.log_change(request, report, str(_("Signed.")))
                messages.success(request, _("Signed. It moves nothing: production moves by its own rules."))
        return HttpResponseRedirect(reverse("admin:evals_report_change", args=[report.pk]))
