"""The prompt lab's page: change a prompt, try it beside production, save it, start its run, on one page.

What was typed is posted with every button, and comes back with every refusal.
"""

from collections.abc import Callable
from dataclasses import replace as changed
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from aiprefill.public import (
    PRODUCTION,
    NotRead,
    PrefillJob,
    PromptForm,
    PromptSpec,
    PromptVersion,
    SameVersion,
    create_version,
    diff_specs,
    fields_beside,
    find_read,
    label_version,
    read_upload,
    read_with,
    reading_told,
    reading_with,
    try_version,
)
from evals import lab
from evals.admin.lab_photos import to_choose
from evals.admin.lab_standing import Standing, as_uuid, is_number
from evals.datasets import NoSuchRelease
from evals.models import Case, EvalRun, RunState, Split
from evals.runner import NotRun

OPEN: Final = (RunState.QUEUED, RunState.RUNNING)
PERMISSIONS: Final = {
    "cases": "evals.add_evalrun",
    "baseline": "evals.add_evalrun",
    "run": "evals.add_evalrun",
    "photo": "aiprefill.add_prefilljob",
    "save": "aiprefill.add_promptversion",
    "look": "aiprefill.add_promptversion",
}
"""What each button takes besides the page's own permission."""


class SaveForm(forms.Form):
    """The word on what was changed, which makes a trial a version."""

    note = forms.CharField(label=gettext_lazy("What did you change, and why?"), max_length=500)


def lab_view(request: HttpRequest) -> HttpResponse:
    """Show the lab, or do what one of its buttons says."""
    if not request.user.has_perm("aiprefill.add_promptversion"):
        raise PermissionDenied
    here = Standing.of(request.GET)
    is_post = request.method == "POST"
    form = PromptForm(here.start, request.POST if is_post else None, shown=here.version)
    save = SaveForm(request.POST if is_post and request.POST.get("do") == "save" else None)
    if is_post and form.is_valid():
        try:
            moved = _done(request, here, form.spec, save)
        except (NotRun, NotRead, NoSuchRelease, SameVersion) as refused:
            form.add_error(None, str(refused))
        else:
            if moved:
                return HttpResponseRedirect(moved.address)
    spec = form.spec if is_post and form.is_valid() else (here.version or here.start).spec
    told = _told(request, here, spec) | {"form": form, "save": save}
    # The two columns need the room of the list of models.
    page = (
        admin.site.each_context(request) | {"title": _("Prompt lab"), "is_nav_sidebar_enabled": False} | told
    )
    return TemplateResponse(request, "admin/evals/lab/page.html", page)


def _done(request: HttpRequest, here: Standing, spec: PromptSpec, save: SaveForm) -> Standing | None:
    """Where the lab stands after the button that was pressed; None: where it stood. Raises what refuses."""
    name = request.POST.get("do", "")
    act = ACTS.get(name)
    if act is None:
        return None
    if not request.user.has_perm(PERMISSIONS[name]):
        raise PermissionDenied
    with transaction.atomic():  # what is refused leaves no trial behind
        return act(request, here, spec, save)


def _try_cases(request: HttpRequest, here: Standing, spec: PromptSpec, save: SaveForm) -> Standing:
    version = _tried(request, here, spec)
    return changed(here.with_version(version), cases=lab.try_worst(version, _by(request)))


def _try_photo(request: HttpRequest, here: Standing, spec: PromptSpec, save: SaveForm) -> Standing:
    """An uploaded photo first, else the one that was picked: `job:ID` of a reading, `case:ID`."""
    kind, _colon, key = request.POST.get("photo", "").partition(":")
    upload = request.FILES.get("upload")
    job = as_uuid(key) if kind == "job" else None
    read = find_read(job) if job else None
    dev = Case.objects.filter(split=Split.DEV)
    case = dev.filter(pk=int(key)).first() if kind == "case" and is_number(key) else None
    version = _tried(request, here, spec)
    tried = changed(here.with_version(version), job=None, case=None)
    production = label_version(PRODUCTION)
    if upload:
        user: Any = request.user
        file: Any = upload  # Django's wrapper reads like the file in it
        read = read_upload(file, upload.name or "", production, user, get_language() or "en")
    if read:
        read_with(read, production)
        return changed(tried, job=read_with(read, version))
    if case:
        return changed(tried, case=lab.try_case(version, case, _by(request)))
    raise NotRead(_("Choose one of the photos, or a file, and try again."))


def _save(request: HttpRequest, here: Standing, spec: PromptSpec, save: SaveForm) -> Standing | None:
    if not save.is_valid():
        return None
    user: Any = request.user
    version = create_version(spec, save.cleaned_data["note"], by=user, copied_from=here.start)
    said = _("Saved in the prompt lab, from version %s.") % here.start.pk
    admin.site.get_model_admin(PromptVersion).log_addition(request, version, said)
    messages.success(request, _("Version %s is saved. No label stands on it yet.") % version.pk)
    return here.with_version(version)


def _start_run(request: HttpRequest, here: Standing, spec: PromptSpec, save: SaveForm) -> Standing:
    version = here.version
    if version is None or version.is_trial or version.digest != spec.digest:
        raise NotRun(_("Save the prompt as a version first: a run measures what is saved."))
    lab.start_run(version, _by(request))
    return here


def _start_baseline(request: HttpRequest, here: Standing, spec: PromptSpec, save: SaveForm) -> None:
    """Production's own run; what was typed stays on the page."""
    lab.start_run(label_version(PRODUCTION), _by(request))


Act = Callable[[HttpRequest, Standing, PromptSpec, SaveForm], Standing | None]
ACTS: Final[dict[str, Act]] = {
    "cases": _try_cases,
    "photo": _try_photo,
    "save": _save,
    "run": _start_run,
    "baseline": _start_baseline,
}
"""What the buttons do; any other shows the page again, with what was typed and how it differs."""


def _told(request: HttpRequest, here: Standing, spec: PromptSpec) -> dict[str, Any]:
    """All that the page shows beside its forms."""
    production = label_version(PRODUCTION)
    parts = diff_specs(here.start.spec, spec)
    version = here.version
    run = lab.whole_run(version) if version and not version.is_trial else None
    worst, baseline, cases = lab.worst_of_production(), lab.whole_run(production), _look_told(here.cases)
    return {
        "here": here,
        "production": production,
        "versions": PromptVersion.objects.kept(),
        "parts": parts,
        "changed_lines": sum(part.changed for part in parts),
        "is_typed_on": version is not None and version.digest != spec.digest,
        "may": {name: request.user.has_perm(permission) for name, permission in PERMISSIONS.items()},
        "worst": worst,
        "baseline": baseline,
        "cases": cases,
        "is_worst_open": bool(
            (cases and cases["is_open"]) or (not worst and baseline and baseline.state in OPEN)
        ),
        "case": _look_told(here.case),
        "reading": _reading_told(here.job, production),
        "photos": to_choose(request),
        "picked": request.POST.get("photo", ""),
        "run": run,
        "compared": lab.compared_with(run) if run else None,
        "estimate": lab.estimate(version) if version else None,
        "repeats": lab.REPEATS,
    }


def _look_told(look: EvalRun | None) -> dict[str, Any] | None:
    """A try over cases: the run, whether more may come, and each case beside production's answer."""
    if look is None:
        return None
    cases = lab.beside(look)
    return {
        "run": look,
        "is_open": look.state in OPEN,
        "cases": cases,
        "mended": sum(case.mended for case in cases),
        "broken": sum(case.broken for case in cases),
    }


def _reading_told(job: PrefillJob | None, production: PromptVersion) -> dict[str, Any] | None:
    """A try on photos: both readings, and their fields beside each other."""
    if job is None:
        return None
    other = reading_with(job, production)
    before, after = (reading_told(other) if other else None), reading_told(job)
    return {
        "before": before,
        "after": after,
        "is_open": after.is_open or bool(before and before.is_open),
        "fields": fields_beside(other.fields if other else {}, job.fields),
        "photos": job.photo_ids,
    }


def _tried(request: HttpRequest, here: Standing, spec: PromptSpec) -> PromptVersion:
    """The version with what was typed, made as a trial if it is new. Raises NotRun for production's own."""
    if spec.digest == label_version(PRODUCTION).digest:
        raise NotRun(_("This is production's own prompt. Change something, then try it."))
    user: Any = request.user
    return try_version(spec, by=user, copied_from=here.start)


def _by(request: HttpRequest) -> int:
    return int(request.user.pk or 0)
