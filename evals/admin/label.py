"""Answers being labelled, one after the other, blind to the judge and to the version that answered."""

from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from evals.judges.labelling import AlreadyLabelled, label, newest_label, to_label
from evals.judges.modes import Mode, NoSuchMode, find_mode
from evals.judges.subjects import Subject, subjects
from evals.models import EvalRun, JudgeLabel, JudgeVerdict, Split
from listings.admin import ReadOnly

FAILS: Final = {"pass": False, "fail": True}


class LabelForm(forms.Form):
    """What a person says of the answer of one result; `corrects` is the label that it takes the place of."""

    result = forms.IntegerField()
    verdict = forms.ChoiceField(choices=[(word, word) for word in (*FAILS, "skip")])
    why = forms.CharField(max_length=300, required=False)
    corrects = forms.IntegerField(required=False)


@admin.register(JudgeLabel)
class JudgeLabelAdmin(ReadOnly[JudgeLabel]):
    """Every label, newest first. Annotators don't see what others said."""

    list_display = ["mode", "case", "person", "said", "why", "is_in_force", "labelled_at"]
    list_filter = ["mode", "fails", "labelled_at"]
    search_fields = ["result__case__key", "why"]
    list_select_related = ["result__case", "person", "corrected_by"]

    @admin.display(description=_("case"))
    def case(self, row: JudgeLabel) -> str:
        return row.result.case.key

    @admin.display(description=_("said"), ordering="fails")
    def said(self, row: JudgeLabel) -> SafeString:
        return pass_word(row)

    @admin.display(description=_("in force"), boolean=True)
    def is_in_force(self, row: JudgeLabel) -> bool:
        return not hasattr(row, "corrected_by")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.label_view)
        return [path("of-run/<int:run_id>/<slug:mode>/", view, name="evals_label"), *super().get_urls()]

    def label_view(self, request: HttpRequest, run_id: int, mode: str) -> HttpResponse:
        """The next answer of a run that the person has not labelled, and two buttons."""
        if not request.user.has_perm("evals.add_judgelabel"):
            raise PermissionDenied
        run = get_object_or_404(EvalRun.objects.exclude(split=Split.HOLDOUT), pk=run_id)
        try:
            asked = find_mode(mode)
        except NoSuchMode as error:
            raise Http404 from error
        here = reverse("admin:evals_label", args=[run_id, mode])
        if request.method == "POST":
            return HttpResponseRedirect(here + self._taken(request, run, asked))
        return self._page(request, run, asked)

    def _taken(self, request: HttpRequest, run: EvalRun, mode: Mode) -> str:
        """Write down what was said; the query of the page to go on with."""
        form = LabelForm(request.POST)
        found = subjects(run.results.filter(pk=form["result"].data)) if form.is_valid() else []
        if not found:
            messages.error(request, _("Nothing was kept: the answer is gone, or nothing was chosen."))
            return ""
        told, subject, person = form.cleaned_data, found[0], request.user.pk or 0
        after = f"?after={subject.digest}"
        if told["verdict"] == "skip":
            return after
        fails = FAILS[told["verdict"]]
        corrects = _own(person, told["corrects"])
        try:
            label(subject, mode, person, fails=fails, why=told["why"].strip(), corrects=corrects)
        except AlreadyLabelled:
            messages.info(request, _("You have labelled this answer already. It stays as it was."))
        return after

    def _page(self, request: HttpRequest, run: EvalRun, mode: Mode) -> HttpResponse:
        person = request.user.pk or 0
        waiting, of = to_label(run, mode, person)
        last = newest_label(run, mode, person)
        correcting = _own(person, request.GET.get("correct"))
        if correcting:
            shown = next(iter(subjects(run.results.filter(pk=correcting.result_id))), None)
        else:
            shown = _next(waiting, request.GET.get("after", ""))
        context: dict[str, Any] = self.admin_site.each_context(request) | {
            "title": _("Label answers"),
            "opts": self.opts,
            "run": run,
            "mode": mode,
            "subject": shown,
            "correcting": correcting,
            "last": last,
            "done": of - len(waiting),
            "of": of,
        }
        return TemplateResponse(request, "admin/evals/judgelabel/label.html", context)


def pass_word(row: JudgeLabel | JudgeVerdict) -> SafeString:
    """Whether the answer fails, as a coloured word."""
    word, text = ("failed", _("fails")) if row.fails else ("done", _("passes"))
    return format_html('<span class="word word-{}">{}</span>', word, text)


def _own(person: int, number: Any) -> JudgeLabel | None:
    """The label of that number, if it is the person's own, in force and not erased."""
    if not str(number or "").isdecimal() or len(str(number)) > 18:
        return None
    own = JudgeLabel.objects.in_force().filter(person=person, erased_at=None, pk=int(number))
    return own.select_related("result__case").first()


def _next(waiting: list[Subject], after: str) -> Subject | None:
    """The first one behind that digest, or the first of all: who skips comes back to it at the end."""
    behind = (subject for subject in waiting if subject.digest > after)
    return next(behind, waiting[0] if waiting else None)
