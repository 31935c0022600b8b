"""Cases as pictures: what is expected of each, and what every run made of it."""

from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Func, Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from evals import datasets
from evals.admin.case_form import CaseForm
from evals.admin.sealing import is_sealed, unseal
from evals.datasets import files
from evals.models import Case, CaseFile, CaseResult, Release, Split
from listings.admin import ReadOnly
from listings.fields import AI_FIELDS
from listings.photos import model_picture
from listings.rules import plain_line

SIDES: Final = (320, 1280)
"""The longest sides, in pixels, in which pictures are shown."""
MOST_RESULTS: Final = 200
MOST_TAGS: Final = 40


class ReleaseFilter(admin.SimpleListFilter):
    """The cases as they are now, or as a release froze them."""

    title = _("release")
    parameter_name = "release"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        newest = Release.objects.select_related("dataset").order_by("dataset__name", "-number")
        return [(str(release.pk), str(release)) for release in newest[:30]]

    def choices(self, changelist: Any) -> Any:
        for choice in super().choices(changelist):
            yield choice | ({"display": _("as they are now")} if choice["display"] == _("All") else {})

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        number = self.value() or ""
        if number.isdecimal() and len(number) < 10:
            return queryset.filter(memberships__release=int(number))
        return queryset.filter(valid_to=None)


class TagFilter(admin.SimpleListFilter):
    """By tag: the commonest of the cases as they are now."""

    title = _("tag")
    parameter_name = "tag"
    template = "admin/aiprefill/_folded_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        tags = Case.objects.current().unsealed().annotate(tag=Func(F("tags"), function="unnest")).order_by()
        commonest = tags.values("tag").annotate(count=Count("pk")).order_by("-count", "tag")[:MOST_TAGS]
        return [(row["tag"], row["tag"]) for row in commonest]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        if not self.value():
            return queryset
        # What a sealed case is tagged with would tell of it.
        return queryset.filter(tags__contains=[self.value()]).exclude(split=Split.HOLDOUT)


@admin.register(Case)
class CaseAdmin(ReadOnly[Case]):
    """A grid of pictures; a case's page tells its story through all versions and runs."""

    list_display = ["key"]
    list_filter = ["dataset", ReleaseFilter, "split", "tier", TagFilter]
    search_fields = ["key"]
    search_help_text = _("The key of a case")
    list_per_page = 48
    ordering = ["dataset__name", "key", "-number"]
    change_list_template = "admin/evals/case/grid.html"
    change_form_template = "admin/evals/case/story.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        rows = super().get_queryset(request).select_related("dataset", "made_by")
        return rows.prefetch_related(Prefetch("files", CaseFile.objects.order_by("position")))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data and "cl" in response.context_data:
            for case in response.context_data["cl"].result_list:
                case.sealed = is_sealed(request, case)
        return response

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        return [
            path(
                "<int:case_id>/picture/<int:position>/<int:side>/",
                guarded(self.file_view),
                name="evals_case_file",
            ),
            path("<int:case_id>/edit/", guarded(self.edit_view), name="evals_edit_case"),
            path("<int:case_id>/erase/", guarded(self.erase_view), name="evals_erase_case"),
            path("<int:case_id>/open/", guarded(self.open_view), name="evals_open_holdout"),
            *super().get_urls(),
        ]

    def story(self, request: HttpRequest, row: Case) -> dict[str, Any]:
        told: dict[str, Any] = {
            "title": str(row),
            "sealed": is_sealed(request, row),
            "may_open": request.user.has_perm("evals.change_case"),
        }
        if told["sealed"]:
            return told
        versions = Case.objects.filter(dataset=row.dataset_id, key=row.key)
        results = CaseResult.objects.filter(case__in=versions).select_related("run__version", "case")
        return told | {
            "expected": row.expectation,
            "versions": versions.select_related("made_by").prefetch_related("releases__dataset"),
            "results": [_told(result) for result in results.order_by("-run_id", "repeat")[:MOST_RESULTS]],
            "fields": AI_FIELDS,
            "may_edit": _may_edit(request, row),
            "may_erase": request.user.has_perm("evals.delete_case") and row.erased_at is None,
        }

    def file_view(self, request: HttpRequest, case_id: int, position: int, side: int) -> HttpResponse:
        """One picture of a case, for staff who may see it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        case = get_object_or_404(Case, pk=case_id, erased_at=None)
        if is_sealed(request, case) or side not in SIDES:
            raise Http404
        file = get_object_or_404(CaseFile, case=case, position=position)
        try:
            return HttpResponse(model_picture(files.read(file.sha256), side), content_type="image/jpeg")
        except OSError as error:
            raise Http404 from error

    def edit_view(self, request: HttpRequest, case_id: int) -> HttpResponse:
        """A form that starts as this version and makes the next."""
        case = self._of(request, case_id, "evals.change_case")
        if not _may_edit(request, case):
            raise Http404
        form = CaseForm(case, request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                made = form.save(by=request.user.pk)
            except (datasets.OutOfDate, datasets.SpansSplits) as error:
                form.add_error(None, str(error))
            else:
                self.log_change(request, made, str(_("Version %s made.") % made.number))
                messages.success(request, _("%s is made. It comes into the next release.") % made)
                return HttpResponseRedirect(reverse("admin:evals_case_change", args=[made.pk]))
        title = _("Edit %s") % case
        return self._page(request, "form", case, {"title": title, "form": form, "do": _("Make the version")})

    def erase_view(self, request: HttpRequest, case_id: int) -> HttpResponse:
        """Erase what a case says and shows, for good; asks first."""
        case = self._of(request, case_id, "evals.delete_case")
        if request.method == "POST":
            datasets.erase(case)
            self.log_change(request, case, str(_("Content erased.")))
            messages.warning(request, _("%s is erased: pictures, texts and every answer.") % case.key)
            return HttpResponseRedirect(reverse("admin:evals_case_change", args=[case.pk]))
        return self._page(request, "erase", case, {"title": _("Erase %s") % case.key})

    def open_view(self, request: HttpRequest, case_id: int) -> HttpResponse:
        """Open the sealed holdout of the case's dataset, with a reason that is kept."""
        case = self._of(request, case_id, "evals.change_case")
        why = plain_line(request.POST.get("why", ""))[:300]
        if request.method == "POST" and why:
            unseal(request, case.dataset, why)
            return HttpResponseRedirect(reverse("admin:evals_case_change", args=[case.pk]))
        opened = case.dataset.openings.select_related("who")
        told = {"title": _("Open the holdout of %s") % case.dataset, "openings": opened[:20]}
        return self._page(request, "open", case, told | {"is_missing": request.method == "POST"})

    def _of(self, request: HttpRequest, case_id: int, permission: str) -> Case:
        if not request.user.has_perm(permission):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request), pk=case_id)

    def _page(self, request: HttpRequest, name: str, case: Case, told: dict[str, Any]) -> HttpResponse:
        context = self.admin_site.each_context(request) | {"opts": self.opts, "case": case} | told
        return TemplateResponse(request, f"admin/evals/case/{name}.html", context)


def _may_edit(request: HttpRequest, case: Case) -> bool:
    is_newest = case.valid_to is None and case.erased_at is None
    return is_newest and request.user.has_perm("evals.change_case") and not is_sealed(request, case)


def _told(result: CaseResult) -> dict[str, Any]:
    """A result as its row on the page: what was answered, field by field, and what was not right."""
    answer: dict[str, Any] = result.answer or {}
    values = [(answer.get(name) or {}).get("value") for name in AI_FIELDS]
    shown = [f"{value['low']} – {value['high']} €" if isinstance(value, dict) else value for value in values]
    wrong = [name.replace("_", " ") for name, score in result.scores.items() if score == 0]
    return {"result": result, "values": shown, "wrong": wrong}
