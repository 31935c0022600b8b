"""The shop's pages: the shelves, and one listing."""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from listings.browse_page import around
from listings.cursor import BadCursor, Cursor
from listings.favourites import kept_by
from listings.models import ENDED, Category, Listing, Seller
from listings.search import Search, answer, results
from listings.units import unit_of


@require_safe
@vary_on_headers("X-Fragment", "HX-Request", "HX-Trigger")
def browse(request: HttpRequest) -> HttpResponse:
    """The shelves: a `Search`, and `after`. For `X-Fragment: cards`, the cards alone."""
    is_fragment = request.headers.get("X-Fragment") == "cards"
    try:
        after = Cursor.parse(request.GET["after"]) if request.GET.get("after") else None
    except BadCursor as error:
        raise Http404 from error
    categories = list(Category.objects.select_related("count"))
    try:
        search = Search.parse(request.GET, categories)
        told = answer(search) if search.narrows and not is_fragment else None
        search = told.search if told else search
        listings, following = results(search, after, found=told.facets.found if told else None)
    except (Category.DoesNotExist, BadCursor) as error:
        raise Http404 from error
    context: dict[str, Any] = {
        "listings": listings,
        "following": following,
        "search": search,
        "category": search.category,
        "after": after,
        "kept": kept_by(request.user, listings),
    }
    if is_fragment:
        return render(request, "listings/_cards.html", context)
    response = render(request, "listings/browse.html", context | around(search, told, categories))
    if "HX-Request" in request.headers:  # what a form sends has its empty fields too
        response["HX-Push-Url"] = f"{request.path}?{search.address}" if search.address else request.path
    return response


def owns(request: HttpRequest, listing: Listing) -> bool:
    """Whether it is the visitor's own: by account, or, an anonymous draft, by the browser's unit."""
    if listing.seller_id:
        return listing.seller_id == request.user.pk
    return listing.unit is not None and listing.unit == unit_of(request)


def moderates(user: Seller | AnonymousUser) -> bool:
    """Whether the visitor may look at what is hidden from the shop."""
    return user.is_staff and user.has_perm("listings.view_listing")


@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One listing. What is not published, or was hidden, only its owner sees; what ended long ago is gone."""
    listing = get_object_or_404(Listing.objects.select_related("seller", "category"), pk=pk)
    own = owns(request, listing)
    public = listing.is_public(timezone.now())
    if not (public or own or moderates(request.user)):
        if listing.status in ENDED:
            return render(request, "listings/gone.html", {"listing": listing}, status=410)
        raise Http404
    photos = list(listing.photos.all())
    kept = kept_by(request.user, [] if own else [listing])
    context = {"listing": listing, "photos": photos, "own": own, "public": public, "kept": kept}
    response = render(request, "listings/detail.html", context)
    if not public:
        add_never_cache_headers(response)
    return response
