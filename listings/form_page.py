"""What the page of a draft looks like, and who may see it, whoever owns its address."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from listings import rules
from listings.actions import PhotosAdded
from listings.fields import MAX_PHOTOS
from listings.form_post import REVIEW, Answer, sign_in_url
from listings.forms import ListingForm
from listings.models import Listing
from listings.units import unit_of

WriterView = Callable[[HttpRequest, Listing], HttpResponse]


def writer_page(view: WriterView) -> Callable[..., HttpResponse]:
    """A page at `<uuid:draft>` that only its writer sees, and no cache keeps; to all others it is 404.

    The argument must be called `draft`: a sign-in that leads to such an address claims the draft it names.
    """

    @wraps(view)
    def page(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
        unit = unit_of(request)
        listing = Listing.objects.writable_by(request.user, unit).filter(pk=draft).first()
        if listing is None:
            if unit and not request.user.is_authenticated and Listing.objects.filter(pk=draft, unit=unit):
                return _signed_out(request)
            raise Http404(_("There is no such draft."))
        try:
            return view(request, listing)
        except Listing.DoesNotExist as gone:
            raise Http404(_("This listing was deleted.")) from gone

    return never_cache(require_http_methods(["GET", "HEAD", "POST"])(page))


def wants_json(request: HttpRequest) -> bool:
    """Whether the page's script asks."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _signed_out(request: HttpRequest) -> HttpResponse:
    """This browser began the draft, but its account is signed out: keep what was written."""
    if request.method != "POST":
        return redirect_to_login(request.get_full_path())
    if wants_json(request):
        return JsonResponse(
            {"notice": _("You were signed out."), "sign_in": sign_in_url(request)}, status=401
        )
    return try_again(request, _("You were signed out."), 401, sign_in=sign_in_url(request))


def try_again(request: HttpRequest, why: str, status: int, **context: Any) -> HttpResponse:
    """A page that holds everything that was posted, but files, and posts it once more."""
    kept = [(n, v) for n, values in request.POST.lists() for v in values if n != "csrfmiddlewaretoken"]
    context |= {"why": why, "kept": kept, "had_files": bool(request.FILES)}
    return render(request, "listings/try_again.html", context, status=status)


def refusal(page: HttpResponse, refused: rules.Refused) -> HttpResponse:
    """The page that holds what was typed, as the answer to what was not done: 429 where waiting helps."""
    page.status_code = 422
    if refused.wait:
        page.status_code = 429
        page["Retry-After"] = str(int(refused.wait.total_seconds()) + 1)
    return page


@dataclass(frozen=True, slots=True)
class FormPage:
    """How one owner's pages look. A draft's address takes one argument, `draft`."""

    form_template: str = "listings/form.html"
    review_template: str = "listings/review.html"

    def show(self, request: HttpRequest, listing: Listing, **context: Any) -> HttpResponse:
        """The form as the listing stands; asked by `?review` and complete, what buyers will see."""
        photos = list(listing.photos.all())
        context |= {"listing": listing, "photos": photos, "room": MAX_PHOTOS - len(photos)}
        if REVIEW in request.GET and not rules.missing(rules.values_of(listing), len(photos)):
            return render(request, self.review_template, context)
        context.setdefault("form", ListingForm.of(listing))
        return render(request, self.form_template, context)

    def reply(self, request: HttpRequest, answer: Answer, **context: Any) -> HttpResponse:
        """What the browser or the script gets for its post."""
        if wants_json(request):
            return JsonResponse(script_answer(request, answer), status=answer.status)
        tell_photos(request, answer.photos)
        if answer.status >= 400:
            return self._show_again(request, answer, context)
        if answer.is_published:
            messages.success(request, _("Posted. Buyers can see it now."))
        elif answer.do == "save":
            messages.success(request, _("Saved."))
        return HttpResponseRedirect(answer.goes_to or request.path)

    def _show_again(self, request: HttpRequest, answer: Answer, context: dict[str, Any]) -> HttpResponse:
        photos = list(answer.listing.photos.all())
        context |= {
            "listing": answer.listing,
            "photos": photos,
            "room": MAX_PHOTOS - len(photos),
            "form": answer.form or ListingForm.of(answer.listing),
            "notice": answer.notice,
        }
        return render(request, self.form_template, context, status=answer.status)


def tell_photos(request: HttpRequest, photos: PhotosAdded) -> None:
    """One message for each file that was not taken, for the next page."""
    for refusal in photos.refused:
        messages.warning(request, refusal.sentence)
    for name in photos.same:
        messages.info(request, _("{name} is here already, so it was kept once.").format(name=name))


def script_answer(request: HttpRequest, answer: Answer) -> dict[str, Any]:
    """What the page's script needs: `stored` has each field as the row has it, `photos` the list anew."""
    listing, form = answer.listing, answer.form or ListingForm()
    return {
        "revision": listing.revision,
        "stored": {name: form.as_written(name, value) for name, value in rules.values_of(listing).items()},
        "merged": sorted(answer.merged),
        "errors": {name: [str(each) for each in errors] for name, errors in form.errors.items()},
        "theirs": form.theirs,
        "notice": answer.notice,
        "next": answer.goes_to,
        **photos_answer(request, listing, answer.photos, answer.photos_changed),
    }


def photos_answer(
    request: HttpRequest, listing: Listing, photos: PhotosAdded, changed: bool
) -> dict[str, Any]:
    """The part of an answer that speaks of photos."""
    shown = list(listing.photos.all()) if changed else []
    context = {"listing": listing, "photos": shown}
    return {
        "refused": [{"name": each.name, "sentence": each.sentence} for each in photos.refused],
        "same": photos.same,
        "photos": render_to_string("listings/_photos.html", context, request) if changed else None,
    }
