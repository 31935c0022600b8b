"""The prompt lab: change a prompt, try it beside production, save it and start its run, all on one page.

What was typed is posted with every button, and comes back with every refusal.
"""

from collections.abc import Callable
from dataclasses import replace as changed
from typing import Any, Final, NamedTuple

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
    label_version,
    read_upload,
    read_with,
    refuse_what_cannot_run,
    try_version,
)
from evals import lab
from evals.admin import lab_page
from evals.admin.lab_bench import Bench
from evals.admin.lab_photos import picked
from evals.datasets import NoSuchRelease
from evals.runner import NotRun

MAY_MAKE: Final = "aiprefill.add_promptversion"
MAY_READ: Final = "aiprefill.add_prefilljob"
MAY_RUN: Final = "evals.add_evalrun"


class SaveForm(forms.Form):
    """The word on what was changed, which makes a trial a version."""

    note = forms.CharField(label=gettext_lazy("What did you change, and why?"), max_length=500)


def lab_view(request: HttpRequest) -> HttpResponse:
    """Show the lab, or do what one of its buttons says."""
    if not request.user.has_perm(MAY_MAKE):
        raise PermissionDenied
    bench = Bench.of(request.GET)
    is_post, button = request.method == "POST", request.POST.get("do", "")
    form = PromptForm(bench.start, request.POST if is_post else None, shown=bench.version)
    save = SaveForm(request.POST if button == "save" else None)
    spec = form.spec if is_post and form.is_valid() else None
    if spec and button in ACTS:
        try:
            moved = _done(request, button, bench, spec, save)
        except (NotRun, NotRead, NoSuchRelease, SameVersion) as refused:
            form.add_error(None, str(refused))
        else:
            if moved:
                return HttpResponseRedirect(f"{moved.address}#lab-{ACTS[button].section}")
    told = lab_page.told(request, bench, spec or (bench.version or bench.start).spec)
    may = {name: request.user.has_perm(act.permission) for name, act in ACTS.items()}
    # The two columns need the room of the list of models.
    frame = {
        "title": _("Prompt lab"),
        "is_nav_sidebar_enabled": False,
        "form": form,
        "save": save,
        "may": may,
    }
    context = admin.site.each_context(request) | frame | told
    return TemplateResponse(request, "admin/evals/lab/page.html", context)


def _done(request: HttpRequest, button: str, bench: Bench, spec: PromptSpec, save: SaveForm) -> Bench | None:
    """What stands on the bench after the button was pressed; None: nothing was done. Raises what refuses."""
    act = ACTS[button]
    if not request.user.has_perm(act.permission):
        raise PermissionDenied
    with transaction.atomic():  # what is refused leaves no trial behind
        return act.do(request, bench, spec, save)


def _try_worst(request: HttpRequest, bench: Bench, spec: PromptSpec, save: SaveForm) -> Bench:
    version = _tried(request, bench, spec)
    return changed(bench.with_version(version), cases=lab.try_worst(version, _by(request)))


def _try_photo(request: HttpRequest, bench: Bench, spec: PromptSpec, save: SaveForm) -> Bench:
    """On an uploaded photo, else on the one that was picked: of a reading or of a case."""
    version = _tried(request, bench, spec)
    tried = changed(bench.with_version(version), job=None, case=None)
    upload, on = request.FILES.get("upload"), picked(request)
    if upload is None and on is None:
        raise NotRead(_("Choose one of the photos, or a file, and try again."))
    if upload is None and not isinstance(on, PrefillJob | None):
        if not request.user.has_perm(MAY_RUN):
            raise PermissionDenied
        return changed(tried, case=lab.try_case(version, on, _by(request)))
    production = label_version(PRODUCTION)
    refuse_what_cannot_run(version)
    if upload is not None:
        user: Any = request.user
        file: Any = upload  # Django's wrapper reads like the file in it
        on = read_upload(file, upload.name or "", production, user, get_language() or "en")
    assert isinstance(on, PrefillJob)  # noqa: S101  says it to the type checker
    read_with(on, production)
    return changed(tried, job=read_with(on, version))


def _save(request: HttpRequest, bench: Bench, spec: PromptSpec, save: SaveForm) -> Bench | None:
    if not save.is_valid():
        return None
    user: Any = request.user
    version = create_version(spec, save.cleaned_data["note"], by=user, copied_from=bench.start)
    said = _("Saved in the prompt lab, from version %s.") % bench.start.pk
    admin.site.get_model_admin(PromptVersion).log_addition(request, version, said)
    messages.success(request, _("Version %s is saved. No label stands on it yet.") % version.pk)
    return bench.with_version(version)


def _start_run(request: HttpRequest, bench: Bench, spec: PromptSpec, save: SaveForm) -> Bench:
    version = bench.version
    if version is None or version.is_trial or version.digest != spec.digest:
        raise NotRun(_("Save the prompt as a version first: a run measures what is saved."))
    lab.start_run(version, _by(request))
    return bench


def _start_baseline(request: HttpRequest, bench: Bench, spec: PromptSpec, save: SaveForm) -> None:
    """Production's own run; the page stays as it is, with what was typed."""
    lab.start_run(label_version(PRODUCTION), _by(request))


class Act(NamedTuple):
    """What a button takes and does, and the section of the page that shows what came of it."""

    permission: str
    do: Callable[[HttpRequest, Bench, PromptSpec, SaveForm], Bench | None]
    section: str


ACTS: Final = {
    "worst": Act(MAY_RUN, _try_worst, "worst"),
    "photo": Act(MAY_READ, _try_photo, "photo"),
    "save": Act(MAY_MAKE, _save, "save"),
    "run": Act(MAY_RUN, _start_run, "save"),
    "baseline": Act(MAY_RUN, _start_baseline, "worst"),
}
"""By the button's value. Any other shows the page again: what was typed, and how it differs."""


def _tried(request: HttpRequest, bench: Bench, spec: PromptSpec) -> PromptVersion:
    """The version with what was typed, made as a trial if it is new. Raises NotRun for production's own."""
    if spec.digest == label_version(PRODUCTION).digest:
        raise NotRun(_("This is production's own prompt. Change something, then try it."))
    user: Any = request.user
    return try_version(spec, by=user, copied_from=bench.start)


def _by(request: HttpRequest) -> int:
    return int(request.user.pk or 0)
