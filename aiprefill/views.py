"""The sell page: the ordinary form, with suggestions that stand in it or beside it."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from aiprefill import actions
from aiprefill.actions import NotAsked, Reason
from aiprefill.forms import (
    TAKEN,
    Slot,
    keep_traces,
    listing_form,
    offers,
    pressed,
    slots,
    thumb,
    without_stale_fills,
)
from aiprefill.models import OPEN_STATES, PrefillJob, Purpose
from aiprefill.progress import NOT_ASKED, note_on_reading, progress
from aiprefill.prompts import NoSuchLabel
from aiprefill.rollout import pick
from listings.form_page import FormPage, wants_json, writer_page
from listings.form_post import receive
from listings.forms import ListingForm
from listings.models import Listing, Seller
from listings.share import share_target
from listings.start_page import StartPage, begin
from listings.units import unit_of

START: Final = StartPage("aiprefill:draft", "aiprefill/start.html")
FORM: Final = FormPage("aiprefill/sell.html", "aiprefill/review.html")
MAX_WORD: Final = 500


# --- before there is a draft --------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Nothing is stored yet. `do` may also be `write` (no reading) or `sample:<name>`."""
    if request.method != "POST":
        form_key = uuid.uuid4()
        return START.show(request, form_key=form_key, **_start_context(request, form_key))
    verb, _colon, name = request.POST.get("do", "").partition(":")
    if verb == "sample":
        _take_sample(request, name)
    elif verb == "write":  # with or without photos
        post = request.POST.copy()
        post["do"] = "blank"
        request.POST = post  # type: ignore[assignment]  # nothing writes to it after this
    begun = begin(request)
    if begun.listing and begun.is_complete and begun.do != "blank":
        _ask(request, begun.listing)
    return START.reply(request, begun, **_start_context(request, begun.form_key))


share = share_target(start)


def _start_context(request: HttpRequest, form_key: uuid.UUID) -> dict[str, Any]:
    """A browser without a unit will take the form's key as its own."""
    samples = [(name, in_words(name)) for name in sorted(_samples())]
    context = {"samples": samples, "sample_key": uuid.uuid4() if samples else None}
    return context | _reader(request, form_key)


def _reader(request: HttpRequest, key: uuid.UUID) -> dict[str, Any]:
    """Who would read the photos, in words, or why nobody would; `key` stands for a browser without a unit."""
    if actions.is_off():
        return {"why_not": NOT_ASKED[Reason.OFF]}
    if not actions.wants_suggestions(_seller(request)):
        return {"why_not": NOT_ASKED[Reason.OPTED_OUT]}
    try:
        provider = pick(unit_of(request) or key).version.provider
    except NoSuchLabel:
        return {"why_not": NOT_ASKED[Reason.OFF]}
    return {"note": note_on_reading(provider, urlsplit(settings.OPENAI_BASE_URL).hostname)}


def _samples() -> dict[str, Path]:
    """The sample photos by name; none where the site is for real."""
    folder = settings.SAMPLE_PHOTOS
    return {file.name: file for file in folder.glob("*.jpg")} if folder else {}


def in_words(name: str) -> str:
    """What a sample photo shows, by its name: "mug, blue" for mug-blue-near.jpg."""
    return Path(name).stem.removesuffix("-near").replace("-", ", ")


def _take_sample(request: HttpRequest, name: str) -> None:
    """Have a sample photo go the way of an upload."""
    if name not in (samples := _samples()):
        raise Http404
    request.FILES.setlist("photos", [SimpleUploadedFile(name, samples[name].read_bytes())])


@require_GET
def sample(request: HttpRequest, name: str) -> HttpResponseBase:
    """A sample photo, where there are any."""
    if name not in (samples := _samples()):
        raise Http404
    return FileResponse(samples[name].open("rb"), headers={"Cache-Control": "public, max-age=86400"})


def _ask(request: HttpRequest, listing: Listing) -> None:
    """Have the photos read, or say why not."""
    unit = listing.unit or unit_of(request) or uuid.uuid4()
    asked = actions.ask(listing, unit=unit, seller=_seller(request), language=get_language() or "en")
    if isinstance(asked, NotAsked) and asked.reason != Reason.NO_PHOTOS:
        messages.info(request, NOT_ASKED[asked.reason])


def _seller(request: HttpRequest) -> Seller | None:
    return request.user if request.user.is_authenticated else None


# --- a draft ------------------------------------------------------------------------------------------------


@writer_page
def draft(request: HttpRequest, listing: Listing) -> HttpResponse:
    """A draft with its suggestions. What the button says beyond the ordinary form is in PRESSES."""
    if request.method == "POST":
        return _receive(request, listing)
    form = listing_form(listing)
    return FORM.show(request, listing, form=form, **_context(request, listing, form))


def _receive(request: HttpRequest, listing: Listing) -> HttpResponse:
    job = _jobs(listing.pk).filter(pk=_posted_job(request)).prefetch_related("traces").first()
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
    digest = actions.photo_set_digest(listing)
    jobs = list(_jobs(listing.pk).prefetch_related("traces", "feedback")[:9])
    job = next((each for each in jobs if each.photo_set_digest == digest), jobs[0] if jobs else None)
    changed = job is not None and job.photo_set_digest != digest
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
        context |= _reader(request, listing.pk)
    found = slots(form, job)
    context |= {f"beside_{name}": slot for name, slot in found.items()}
    return context | {"assisted": _is_assisted(found, jobs)}


def _is_assisted(found: dict[str, Slot], jobs: list[PrefillJob]) -> bool:
    """Whether a suggestion stands in the listing, be it of photos that were read before."""
    hows = [trace.how for job in jobs for trace in job.traces.all()]
    return any(slot.shown == "filled" for slot in found.values()) or any(how in TAKEN for how in hows)


def _jobs(listing_id: uuid.UUID) -> Any:
    """A listing's readings, newest first, each with the database's clock as `now`."""
    jobs = PrefillJob.objects.filter(listing=listing_id, purpose=Purpose.SELLER)
    return jobs.annotate(now=Now()).order_by("-armed_at")


def _posted_job(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("job", ""))
    except ValueError:
        return None


def _stop(_request: HttpRequest, _listing: Listing, job: PrefillJob | None) -> None:
    if job:
        actions.stop(job)


def _again(request: HttpRequest, _listing: Listing, job: PrefillJob | None) -> None:
    asked = actions.try_again(job) if job else None
    if isinstance(asked, NotAsked):
        messages.info(request, NOT_ASKED[asked.reason])


def _read(request: HttpRequest, listing: Listing, _job: PrefillJob | None) -> None:
    _ask(request, listing)


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


# --- how it goes --------------------------------------------------------------------------------------------


def progress_url(request: HttpRequest, job: PrefillJob) -> str:
    """Where this browser asks how the job goes: the signature lets it, so that no session need be read."""
    address = reverse("aiprefill:progress", kwargs={"draft": job.listing_id})
    return f"{address}?{urlencode({'job': _signer(request, job.listing_id).sign(str(job.pk))})}"


def _signer(request: HttpRequest, draft: uuid.UUID | None) -> signing.Signer:
    return signing.Signer(salt=f"aiprefill.progress.{draft}.{unit_of(request)}")


@never_cache
@require_GET
def progress_of(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """The job as data, or 204 if nothing changed since `after`; one query by primary key."""
    try:
        job_id = uuid.UUID(_signer(request, draft).unsign(request.GET.get("job", "")))
    except (signing.BadSignature, ValueError) as error:
        raise Http404 from error
    job = _jobs(draft).filter(pk=job_id).first()
    if job is None:
        raise Http404
    shown = progress(job, job.now)
    # Past the deadline nobody may be left to count the sequence on.
    is_told = shown.is_under_way or job.state not in OPEN_STATES
    if is_told and request.GET.get("after") == str(job.sequence):
        return HttpResponse(status=204)
    return JsonResponse(
        {
            "sequence": job.sequence,
            "phase": shown.phase,
            "words": shown.words,
            "under_way": shown.is_under_way,
            "fields": {name: _data(offer) for name, offer in offers(job).items()},
        }
    )


def _data(offer: Any) -> dict[str, str | None]:
    return {"value": offer.value, "text": offer.text, "digest": offer.digest, "note": offer.note}


# --- the lasting switch -------------------------------------------------------------------------------------


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preference(request: HttpRequest) -> HttpResponse:
    """Whether this account wants its photos read."""
    seller = _seller(request)
    if request.method == "POST" and seller:
        actions.set_preference(seller, request.POST.get("wants") == "yes")
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(request.path)
    return render(request, "aiprefill/preference.html", {"wants": actions.wants_suggestions(seller)})
