"""Before there is a draft: photos to choose, who would read them, and the lasting switch for that."""

import uuid
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from aiprefill import actions
from aiprefill.actions import NotAsked, Reason
from aiprefill.progress import NOT_ASKED, note_on_reading
from aiprefill.prompts import NoSuchLabel
from aiprefill.rollout import pick
from listings.addresses import address_of
from listings.models import Listing, Seller
from listings.share import share_target
from listings.start_page import StartPage, begin
from listings.units import unit_of

START: Final = StartPage("aiprefill:draft", "aiprefill/start.html")


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
        ask(request, begun.listing)
    return START.reply(request, begun, **_start_context(request, begun.form_key))


share = share_target(start)


def _start_context(request: HttpRequest, form_key: uuid.UUID) -> dict[str, Any]:
    """A browser without a unit will take the form's key as its own."""
    samples = [(name, in_words(name)) for name in sorted(_samples())]
    context = {"samples": samples, "sample_key": uuid.uuid4() if samples else None}
    return context | reader(request, form_key)


def reader(request: HttpRequest, key: uuid.UUID) -> dict[str, Any]:
    """Who would read the photos, in words, or why nobody would; `key` stands for a browser without a unit."""
    if actions.is_off():
        return {"why_not": NOT_ASKED[Reason.OFF]}
    if not actions.wants_suggestions(_seller(request)):
        return {"why_not": NOT_ASKED[Reason.OPTED_OUT], "is_their_choice": True}
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


def ask(request: HttpRequest, listing: Listing) -> None:
    """Have the photos read, or say why not."""
    unit = listing.unit or unit_of(request) or uuid.uuid4()
    asked = actions.ask(
        listing,
        unit=unit,
        seller=_seller(request),
        language=get_language() or "en",
        address=address_of(request),
    )
    if isinstance(asked, NotAsked) and asked.reason != Reason.NO_PHOTOS:
        messages.info(request, NOT_ASKED[asked.reason])


def _seller(request: HttpRequest) -> Seller | None:
    return request.user if request.user.is_authenticated else None


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
