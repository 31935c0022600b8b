"""The pages on which a listing is written, by hand."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from listings.form_page import FormPage, try_again, wants_json, writer_page
from listings.form_post import receive
from listings.models import Listing
from listings.share import share_target
from listings.start_page import StartPage, begin

START = StartPage(draft_address="listings:edit")
FORM = FormPage()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Nothing is stored yet."""
    return START.reply(request, begin(request)) if request.method == "POST" else START.show(request)


share = share_target(new)


@writer_page
def edit(request: HttpRequest, listing: Listing) -> HttpResponse:
    """A draft, or a listing of one's own."""
    if request.method == "POST":
        return FORM.reply(request, receive(request, listing))
    return FORM.show(request, listing)


@never_cache
def page_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A post without the right token, which a sign-in in another tab changes: nothing written is lost.

    Only a page of our own gets its text, or a fresh token, back; anyone else's post ends here.
    """
    is_ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
    why = _("This page was open for too long, or you signed in somewhere else.")
    if not is_ours:
        request.POST = request.POST.__class__()
    if wants_json(request):
        return JsonResponse({"notice": why, "token": get_token(request) if is_ours else ""}, status=403)
    return try_again(request, why, 403)
