"""The site with two more addresses: what a page costs when it asks the database next to nothing."""

import os
from functools import cache
from typing import Final

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import include, path

from listings.cursor import PAGE_SIZE
from listings.models import Listing, Photo

PAGE: Final = """{% extends "base.html" %}
{% block main %}<ul class="grid">{% include "listings/_cards.html" %}</ul>{% endblock main %}"""

SHOWN: Final = os.environ.get("BENCH_SHOWN", "").split()
"""The ids of the 24 listings that browsing shows."""


@cache
def _page() -> Template:
    """Compiled once, as the site's loader keeps its templates."""
    return Template(PAGE)


def same_rows(request: HttpRequest) -> HttpResponse:
    """The same middleware, base and card template over the same 24 rows, from one query."""
    photos = Photo.objects.filter(position=0, listing_id__in=SHOWN).select_related("listing__category")
    listings = []
    for photo in photos:
        photo.listing.covers = [photo]
        listings.append(photo.listing)
    return HttpResponse(_page().render(RequestContext(request, {"listings": listings})))


def icontains(request: HttpRequest) -> HttpResponse:
    """Search as it is often done: each word anywhere in title or description, counted, the newest first."""
    found = Listing.objects.on_show()
    for word in request.GET["q"].split():
        found = found.filter(Q(title__icontains=word) | Q(description__icontains=word))
    shown = found.with_cards().order_by("-published_at")
    listings = Paginator(shown, PAGE_SIZE).page(1).object_list
    return HttpResponse(_page().render(RequestContext(request, {"listings": listings})))


def bare(request: HttpRequest) -> HttpResponse:
    """Nothing but the middleware."""
    return HttpResponse("ok")


urlpatterns = [
    path("bench/same-rows/", same_rows),
    path("bench/icontains/", icontains),
    path("bench/bare/", bare),
    path("", include("trova.urls")),
]
