"""The page before there is a draft: photos in, one draft out, however often the form is sent.

Its button says what to do: `do` is `continue` (the batch is complete), `blank` (without a photo) or `photos`
(one more file of the batch, from the script). All posts of one page carry its `form_key` and mean one draft.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from listings import actions, addresses
from listings.actions import PhotosAdded
from listings.form_page import refusal, tell_photos, wants_json
from listings.form_post import files_of, too_big
from listings.models import Listing
from listings.units import set_unit, unit_of
from listings.uploads import Trouble, trouble_of


@dataclass(slots=True)
class Begun:
    """What became of a post. `listing` is None while nothing is stored; `is_complete`: no photo follows."""

    form_key: uuid.UUID
    do: str
    listing: Listing | None = None
    is_new: bool = False
    photos: PhotosAdded = field(default_factory=PhotosAdded)
    status: int = 200
    notice: str = ""
    refused: addresses.TooMuch | None = None

    @property
    def is_complete(self) -> bool:
        return self.listing is not None and self.do != "photos"


def begin(request: HttpRequest) -> Begun:
    """Judge the files and start a draft with the good ones. A file that is refused starts nothing."""
    begun = Begun(_form_key(request), request.POST.get("do") or "continue")
    # A browser without a unit takes the key of its first form: fifty clicks at once are one browser.
    unit = unit_of(request) or begun.form_key
    mine = Listing.objects.writable_by(request.user, unit)
    begun.listing = mine.filter(form_key=begun.form_key).first()
    if begun.listing and not begun.listing.is_draft:
        # The page was left open and its draft was posted: this is another thing to sell.
        begun.listing, begun.form_key = None, uuid.uuid4()
    if begun.listing is None:
        try:  # before the photos are judged, which takes longest
            addresses.check("draft", addresses.of_stranger(request))
        except addresses.TooMuch as refused:
            begun.refused, begun.notice = refused, str(refused)
            return begun
    judged = actions.judge(files_of(request), begun.listing)
    if judged.clean or begun.do == "blank":
        seller = request.user if request.user.is_authenticated else None
        try:
            begun.listing, begun.is_new = actions.start_draft(unit, seller, begun.form_key)
        except Listing.DoesNotExist as not_theirs:
            raise Http404(_("There is no such draft.")) from not_theirs
        begun.photos = actions.add_judged(begun.listing, judged)
    else:
        begun.photos = PhotosAdded(same=judged.same, refused=judged.refused)
    _judge_whole(request, begun)
    return begun


def _judge_whole(request: HttpRequest, begun: Begun) -> None:
    trouble = trouble_of(request)
    if trouble == Trouble.TOO_BIG:
        begun.status, begun.notice = 413, too_big()
    elif trouble or begun.photos.is_storage_full:
        begun.status, begun.notice = 507, _("Our storage is full, so no photo was taken. Try again later.")
    elif begun.listing is None:
        begun.status = 422
        begun.notice = "" if begun.photos.refused else _("Choose a photo, or start without one.")


def _form_key(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("form_key", ""))
    except ValueError:
        return uuid.uuid4()


@dataclass(frozen=True, slots=True)
class StartPage:
    """How one owner's start looks. `draft_address` names the URL of a draft's page."""

    draft_address: str
    template: str = "listings/start.html"

    def show(self, request: HttpRequest, **context: Any) -> HttpResponse:
        return self._render(request, {"form_key": uuid.uuid4()} | context)

    def reply(self, request: HttpRequest, begun: Begun, **context: Any) -> HttpResponse:
        """On to the draft, or the page again with what is wrong. Gives the browser its unit."""
        response = self._reply(request, begun, context)
        if begun.listing and unit_of(request) is None:
            set_unit(response, begun.listing.unit or begun.form_key)
        return refusal(response, begun.refused) if begun.refused else response

    def _reply(self, request: HttpRequest, begun: Begun, context: dict[str, Any]) -> HttpResponse:
        draft = reverse(self.draft_address, kwargs={"draft": begun.listing.pk}) if begun.listing else ""
        if wants_json(request):
            refused = [{"name": each.name, "sentence": each.sentence} for each in begun.photos.refused]
            answer = {"next": draft, "notice": begun.notice, "refused": refused, "same": begun.photos.same}
            return JsonResponse(answer, status=begun.status)
        if begun.is_new or not begun.photos.same:  # a second click brings the same photos again
            tell_photos(request, begun.photos)
        if begun.listing and begun.status < 400:
            return HttpResponseRedirect(draft)
        return self._render(request, context | {"begun": begun, "form_key": begun.form_key, "draft": draft})

    def _render(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        begun = context.get("begun")
        return render(request, self.template, context, status=begun.status if begun else 200)
