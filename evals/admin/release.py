"""Datasets, their releases, and who opened a holdout."""

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from evals.models import Dataset, HoldoutOpening, Release
from listings.admin import ReadOnly


def grid(query: str, text: object) -> SafeString:
    """A link to the grid of pictures, narrowed by the query."""
    return format_html('<a href="{}?{}">{}</a>', reverse("admin:evals_case_changelist"), query, text)


@admin.register(Dataset)
class DatasetAdmin(ReadOnly[Dataset]):
    """Every collection of cases. They grow by `manage.py dataset import`."""

    list_display = ["name", "description", "cases_now", "newest", "created_at"]
    list_filter = ["created_at"]
    search_fields = ["name", "description"]
    readonly_fields = ["cases_now", "newest"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dataset]:
        now = Count("cases", filter=Q(cases__valid_to=None))
        return super().get_queryset(request).annotate(now=now).prefetch_related("releases")

    @admin.display(description=_("cases now"), ordering="now")
    def cases_now(self, dataset: Dataset) -> SafeString:
        return grid(f"dataset__id__exact={dataset.pk}", getattr(dataset, "now", 0))

    @admin.display(description=_("newest release"))
    def newest(self, dataset: Dataset) -> SafeString | str:
        releases = list(dataset.releases.all())
        return grid(f"release={releases[0].pk}", f"{dataset.name}@{releases[0].number}") if releases else "–"


@admin.register(Release)
class ReleaseAdmin(ReadOnly[Release]):
    """What was frozen, and when. A release is made by `manage.py dataset release`."""

    list_display = ["__str__", "shown", "short_digest", "note", "released_by", "released_at"]
    list_filter = ["dataset"]
    search_fields = ["dataset__name", "note", "digest"]
    list_select_related = ["dataset", "released_by"]
    fields = ["dataset", "number", "shown", "digest", "note", "released_by", "released_at"]
    readonly_fields = ["shown"]

    @admin.display(description=_("cases"), ordering="case_count")
    def shown(self, release: Release) -> SafeString:
        return grid(f"release={release.pk}", release.case_count)

    @admin.display(description=_("digest"))
    def short_digest(self, release: Release) -> SafeString:
        return format_html("<code>{}</code>", release.digest[:12])


@admin.register(HoldoutOpening)
class HoldoutOpeningAdmin(ReadOnly[HoldoutOpening]):
    """Who read a sealed holdout, and why."""

    list_display = ["dataset", "release", "who", "how", "why", "opened_at"]
    list_filter = ["dataset"]
    search_fields = ["why"]
    list_select_related = ["dataset", "release__dataset", "who"]
