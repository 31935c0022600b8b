"""The sell page of a draft: the ordinary form, with suggestions that stand in it or beside it."""

import uuid
from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from aiprefill import actions
from aiprefill.actions import NotAsked
from aiprefill.forms import (
    TAKEN,
    Slot,
    keep_traces,
    listing_form,
    pressed,
    slots,
    thumb,
    without_stale_fills,
)
from aiprefill.models import PrefillJob
from aiprefill.progress import NOT_ASKED, progress
from aiprefill.progress_views import jobs_of, progress_url
from aiprefill.start_views import ask, reader
from listings.addresses import address_of
from listings.form_page import FormPage, wants_json, writer_page
from listings.form_post import receive
from listings.forms import ListingForm
from listings.models import Listing

FORM: Final = FormPage("aiprefill/sell.html", "aiprefill/review.html")
MAX_WORD: Final = 500


@writer_page
def draft(request: HttpRequest, listing: Listing) -> HttpResponse:
    """A draft with its suggestions. What the button says beyond the ordinary form is in PRESSES."""
    if request.method == "POST":
        return _receive(request, listing)
    form = listing_form(listing)
    return FORM.show(request, listing, form=form, **_context(request, listing, form))


def _receive(request: HttpRequest, listing: Listing) -> HttpResponse:
    job = jobs_of(listing.pk).filter(pk=_posted_job(request)).prefetch_related("traces").first()
    if job and "revision" in request.POST:
        post = pressed(without_stale_fills(request.POST, listing, job), job)
        request.POST = post  # type: ignore[assignment]  # nothing writes to it after this
        keep_traces(job, request.POST)
    verb, _colon, name = request.POST.get("do", "").partition(":")
    if verb in FEEDBACK:
        if job and name in {"", *job.fields}:
            _give_feedback(request, job, verb, name)
        if "revision" not in request.POST:
            return HttpResponse(status=204)
    answer = receive(request, listing)
    if verb in PRESSES and listing.is_draft:
        PRESSES[verb](request, listing, job)
    if wants_json(request) or answer.status < 400:
        return FORM.reply(request, answer)
    answer.form = answer.form or listing_form(listing)
    return FORM.reply(request, answer, **_context(request, listing, answer.form))


def _context(request: HttpRequest, listing: Listing, form: ListingForm) -> dict[str, Any]:
    """What the page shows of the newest reading; suggestions for untouched fields are put into the form."""
    if not listing.is_draft:
        return {}
    readings = PrefillJob.objects.on_page(listing).annotate(now=Now())
    jobs: list[Any] = list(readings.prefetch_related("traces", "feedback")[:9])
    job = jobs[0] if jobs else None
    changed = job is not None and not job.is_of_its_photos
    context: dict[str, Any] = {"job": job, "changed": changed, "progress": progress(None, timezone.now())}
    if job:
        whole = next((each for each in job.feedback.all() if not each.field), None)
        context |= {
            "progress": progress(job, job.now),
            "age": (job.now - job.armed_at).total_seconds(),
            "left": (job.deadline - job.now).total_seconds(),
            "progress_url": progress_url(request, job),
            "whole": {"name": "", **thumb(whole)},
        }
    else:
        context |= reader(request, listing.pk)
    found = slots(form, job)
    context |= {f"beside_{name}": slot for name, slot in found.items()}
    return context | {"assisted": _is_assisted(found, jobs)}


def _is_assisted(found: dict[str, Slot], jobs: list[PrefillJob]) -> bool:
    """Whether a suggestion stands in the listing, be it of photos that were read before."""
    hows = [trace.how for job in jobs for trace in job.traces.all()]
    return any(slot.shown == "filled" for slot in found.values()) or any(how in TAKEN for how in hows)


def _posted_job(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("job", ""))
    except ValueError:
        return None


def _stop(_request: HttpRequest, _listing: Listing, job: PrefillJob | None) -> None:
    if job:
        actions.stop(job)


def _again(request: HttpRequest, _listing: Listing, job: PrefillJob | None) -> None:
    seller = request.user if request.user.is_authenticated else None
    asked = actions.try_again(job, seller, address_of(request)) if job else None
    if isinstance(asked, NotAsked):
        messages.info(request, NOT_ASKED[asked.reason])


def _read(request: HttpRequest, listing: Listing, _job: PrefillJob | None) -> None:
    ask(request, listing)


PRESSES: Final[dict[str, Callable[[HttpRequest, Listing, PrefillJob | None], None]]] = {
    "stop": _stop,
    "again": _again,
    "read": _read,
}
FEEDBACK: Final = ("up", "down", "word")


def _give_feedback(request: HttpRequest, job: PrefillJob, verb: str, name: str) -> None:
    """Keep a thumb, or the word that goes with one."""
    before = job.feedback.filter(field=name).first()
    word = request.POST.get(f"word_{name}", before.word if before else "").strip()[:MAX_WORD]
    if verb != "word":
        actions.give_feedback(job, name, verb == "up", word)
    elif before:
        actions.give_feedback(job, name, before.up, word)
