"""Rows that are looked at, searched and paged, and changed by nobody here: what admin pages stand on."""

from typing import Any, Final, Generic, TypeVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.text import capfirst

M = TypeVar("M", bound=Model)


class BoundedPaginator(Paginator[Any]):
    """Pages of a table of any size: it counts so far and no further. Narrowing finds what lies behind."""

    MOST: Final = 10_000

    @cached_property
    def count(self) -> int:
        queryset: QuerySet[Any] = self.object_list  # type: ignore[assignment]  # the admin pages querysets alone
        return queryset.order_by()[: self.MOST].count()

    @property
    def is_cut(self) -> bool:
        """Whether there may be more rows than were counted."""
        return self.count == self.MOST


class ReadOnly(admin.ModelAdmin[M], Generic[M]):
    """An admin that shows rows and changes none, and counts no table without need."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = {"title": capfirst(str(self.opts.verbose_name_plural))}
        return super().changelist_view(request, title | (extra_context or {}))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id) if self.has_view_permission(request) else None
        told = {} if row is None else self.story(request, row)
        if "title" in told:
            told["subtitle"] = None  # it would say the row's name again
        return super().change_view(request, object_id, form_url, told | (extra_context or {}))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """A key, and what a filter of the page offers: all else would tell of what the page does not show."""
        offered = ["pk", self.date_hierarchy or "", *map(_parameter, self.get_list_filter(request))]
        asked = any(lookup == name or lookup.startswith(f"{name}__") for name in filter(None, offered))
        return asked and "\0" not in value and super().lookup_allowed(lookup, value, request)

    def story(self, request: HttpRequest, row: M) -> dict[str, Any]:
        """What the page of one row shows besides its columns, for the page's template."""
        return {}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False


def _parameter(offered: Any) -> str:
    """What a filter is called in the address, or how it begins there."""
    if isinstance(offered, type):
        return str(getattr(offered, "parameter_name", ""))
    return str(offered if isinstance(offered, str) else offered[0])
