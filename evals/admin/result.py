"""What came of single cases, where one looks for one: results, calls, and what judges said.

What is about the sealed holdout is left out, until one has opened it.
"""

from typing import Any, ClassVar, TypeVar

from django.contrib import admin
from django.db.models import F, Model, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from aiprefill.public import VersionFilter
from evals.admin.label import pass_word
from evals.admin.run import MICROS
from evals.admin.sealing import without_sealed
from evals.models import CaseFile, CaseResult, JudgeVerdict, RunCall
from listings.admin import ReadOnly

M = TypeVar("M", bound=Model)


class OfCases(ReadOnly[M]):
    """Rows about cases; `way` leads from a row to its own."""

    way: ClassVar[str] = "case"
    ordering = ["-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        return without_sealed(request, super().get_queryset(request), self.way)


@admin.register(CaseFile)
class CaseFileAdmin(OfCases[CaseFile]):
    """In which cases a picture stands, by its digest."""

    list_display = ["short_digest", "case", "position", "width", "height", "size"]
    list_filter = ["case__dataset", "case__split"]
    list_select_related = ["case"]
    search_fields = ["sha256", "case__key"]

    @admin.display(description=_("SHA-256"), ordering="sha256")
    def short_digest(self, file: CaseFile) -> str:
        return str(file)


@admin.register(CaseResult)
class CaseResultAdmin(OfCases[CaseResult]):
    """Every settled answer, newest first."""

    list_display = ["id", "run", "case", "repeat", "error_class", "cost", "settled_at"]
    list_filter = [
        ("error_class", admin.EmptyFieldListFilter),
        "from_cache",
        "run__release__dataset",
        ("run__version", VersionFilter),
        "settled_at",
    ]
    list_select_related = ["run", "case"]
    search_fields = ["id__exact", "run__id__exact", "case__key", "error_class", "cache_key"]
    search_help_text = _("Number of the result or of its run, key of the case, error class or cache key")

    @admin.display(description=_("cost"), ordering="cost_micros")
    def cost(self, result: CaseResult) -> str:
        return "–" if result.cost_micros is None else f"${result.cost_micros / MICROS:.4f}"


@admin.register(RunCall)
class RunCallAdmin(OfCases[RunCall]):
    """Every call that a run paid for, also those whose answer never came."""

    list_display = ["id", "run", "case", "repeat", "output"]
    list_filter = ["output__status", "output__purpose", "run__release__dataset"]
    list_select_related = ["run", "case", "output"]
    search_fields = ["run__id__exact", "output__id__exact", "case__key"]
    search_help_text = _("Number of the run or of the model output, or key of the case")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RunCall]:
        return super().get_queryset(request).defer("output__request", "output__raw", "output__parsed")


@admin.register(JudgeVerdict)
class JudgeVerdictAdmin(OfCases[JudgeVerdict]):
    """What judges said. Not for annotators, who label the same answers without sight of it."""

    way = "output__run_call__case"
    list_display = ["id", "mode", "version", "about", "said", "reason", "judged_at"]
    list_filter = ["mode", "fails", ("version", VersionFilter), "judged_at"]
    list_select_related = ["version"]
    search_fields = ["id__exact", "answer_digest", "output__run_call__case__key", "reason"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[JudgeVerdict]:
        return super().get_queryset(request).annotate(key=F("output__run_call__case__key"))

    @admin.display(description=_("case"), ordering="key")
    def about(self, verdict: JudgeVerdict) -> str:
        key: Any = getattr(verdict, "key", None)
        return key or "–"

    @admin.display(description=_("said"), ordering="fails")
    def said(self, verdict: JudgeVerdict) -> SafeString:
        return pass_word(verdict)
