"""What the lists of the admin are narrowed by. No filter reads a large table to find its own choices."""

from typing import Any, Final

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from aiprefill.limits import MIDNIGHT
from aiprefill.models import (
    OPEN_STATES,
    Correction,
    CorrectionKind,
    Feedback,
    JobState,
    PrefillJob,
    PromptVersion,
)
from aiprefill.providers.base import ErrorClass
from listings.fields import AI_FIELDS

OF_JOBS: Final = ("budget", "deadline", "lost_workers", "superseded", "switched_off")
"""The error classes of jobs that no call explains."""
USED: Final = (CorrectionKind.KEPT, CorrectionKind.EDITED)

is_overdue: Final = Q(state__in=OPEN_STATES, deadline__lte=Now())
"""Past its deadline a job has given up, also where nobody is left to write that down."""


class SavedView(admin.SimpleListFilter):
    """The questions that annotators ask every day, by name. The list shows them as tabs."""

    title = _("saved view")
    parameter_name = "view"
    template = "admin/aiprefill/prefilljob/_no_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("failed", _("Failed today")),
            ("nothing-kept", _("Nothing kept")),
            ("thumbs-down", _("Thumbs down")),
            ("empty", _("Empty answers")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[PrefillJob]) -> QuerySet[PrefillJob]:
        match self.value():
            case "failed":
                ended = Q(state__in=[JobState.FAILED, JobState.GAVE_UP], ended_at__gte=MIDNIGHT)
                return queryset.filter(ended | is_overdue & Q(deadline__gte=MIDNIGHT))
            case "nothing-kept":
                kept = Correction.objects.filter(job=OuterRef("pk"), kind__in=USED)
                return queryset.filter(corrected_at__isnull=False).exclude(Exists(kept))
            case "thumbs-down":
                return queryset.filter(Exists(Feedback.objects.filter(job=OuterRef("pk"), up=False)))
            case "empty":
                untold = (_nothing_told(name) for name in AI_FIELDS)
                return queryset.filter(*untold, state=JobState.DONE, erased_at=None)
        return queryset


class ErrorClassFilter(admin.SimpleListFilter):
    """By how it failed."""

    title = _("error class")
    parameter_name = "error_class"
    template = "admin/aiprefill/_folded_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        names = [*ErrorClass, *(OF_JOBS if model_admin.model is PrefillJob else ())]
        return [(str(name), str(name).replace("_", " ")) for name in sorted(names)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(error_class=self.value()) if self.value() else queryset


class TrialFilter(admin.SimpleListFilter):
    """The versions that were saved; those that were only tried, where somebody asks for them."""

    title = _("saved or tried")
    parameter_name = "trials"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("only", _("trials of the lab"))]

    def choices(self, changelist: Any) -> Any:
        for choice in super().choices(changelist):
            yield choice | ({"display": _("saved")} if choice["display"] == _("All") else {})

    def queryset(self, request: HttpRequest, queryset: QuerySet[PromptVersion]) -> QuerySet[PromptVersion]:
        return queryset.filter(is_trial=self.value() == "only")


def _nothing_told(name: str) -> Q:
    """Jobs whose field holds no value: the key is missing, or its value is JSON's null."""
    return Q(**{f"fields__{name}__isnull": True}) | Q(**{f"fields__{name}__value": None})
