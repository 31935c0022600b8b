"""The heart of a listing, and the page of all that was marked."""

from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from listings import favourites
from listings.form_page import wants_json
from listings.models import Listing
from listings.my_views import seller_of

PAGE_SIZE: Final = 48


@never_cache
@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """What the visitor keeps an eye on."""
    found = favourites.of_seller(seller_of(request)).with_cards()
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    kept = {listing.pk for listing in page.object_list}
    return render(request, "listings/favourites.html", {"page": page, "kept": kept})


@require_POST
def favourite(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep it, or with `keep=no` let it go, and back to the page. Signed out: sign in, and it is kept."""
    listing = get_object_or_404(Listing, pk=pk)
    wants = request.POST.get("keep") != "no"
    if wants and not listing.is_public(timezone.now()):
        raise Http404
    if not request.user.is_authenticated:
        return _sign_in_first(request, listing)
    if wants:
        favourites.keep(request.user, [listing])
    else:
        favourites.let_go(request.user, listing.pk)
    if wants_json(request):
        return JsonResponse({"kept": wants})
    return HttpResponseRedirect(_came_from(request, listing))


def _sign_in_first(request: HttpRequest, listing: Listing) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"kept": False}, status=401)
    favourites.wish(request.session, listing)
    messages.info(request, _("Sign in, and “%(title)s” is among your favourites.") % {"title": listing})
    return redirect_to_login(_came_from(request, listing))


def _came_from(request: HttpRequest, listing: Listing) -> str:
    """The page of ours that the heart stood on."""
    address = urlsplit(request.headers.get("Referer", ""))
    back = address._replace(scheme="", netloc="", fragment="").geturl()
    if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return back
    return listing.get_absolute_url()
