"""What search engines are asked to visit: exactly what is on show."""

from collections.abc import Iterator
from datetime import datetime
from itertools import product
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps import views as django_views
from django.contrib.sitemaps.views import SitemapIndexItem
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from listings.models import CategoryCount, Listing, ListingQuerySet

PER_SECTION: Final = 10_000
"""So many on average; a file of the protocol may hold five times as many."""
MOST_DIGITS: Final = 3
WHOLE: Final = "all"
_LAST: Final = "f" * 32


class _OnePage(Paginator[Listing]):
    """A section is one page: it is not counted first."""

    @cached_property
    def count(self) -> int:
        return self.per_page


class Section(Sitemap[Listing]):
    """The listings on show whose ids begin with `digits`: a range of the primary key."""

    limit = 50_000

    def __init__(self, digits: str) -> None:
        self.digits = digits
        self.protocol, self.domain = urlsplit(settings.SITE_URL)[:2]

    def items(self) -> ListingQuerySet:
        bounds = (UUID((self.digits + filling)[:32]) for filling in ("0" * 32, _LAST))
        return Listing.objects.on_show().filter(id__range=tuple(bounds)).only("updated_at").order_by("id")

    def lastmod(self, listing: Listing) -> datetime:
        return listing.updated_at

    @property
    def paginator(self) -> _OnePage:
        return _OnePage(self.items(), self.limit)

    def get_domain(self, site: object = None) -> str:
        return self.domain


def sections(on_show: int) -> Iterator[str]:
    """The names of the sections for so many listings: one, or one for each first digit, or two, or three.

    Ids are random, so the digits part them evenly, whatever is posted or sold between two visits.
    """
    digits = 0
    while on_show > PER_SECTION * 16**digits and digits < MOST_DIGITS:
        digits += 1
    return map("".join, product("0123456789abcdef", repeat=digits)) if digits else iter([WHOLE])


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """`/sitemap.xml`: where the sections are."""
    on_show = CategoryCount.objects.aggregate(sum=Sum("on_show"))["sum"] or 0
    items = [
        SitemapIndexItem(settings.SITE_URL + reverse("listings:sitemap_section", args=[name]))
        for name in sections(on_show)
    ]
    return render(request, "sitemap_index.xml", {"sitemaps": items}, content_type="application/xml")


@require_safe
def section(request: HttpRequest, name: str) -> TemplateResponse:
    """One section, as it is now."""
    digits = "" if name == WHOLE else name
    if len(digits) > MOST_DIGITS or set(digits) - set("0123456789abcdef"):
        raise Http404
    return django_views.sitemap(request, {name: Section(digits)}, section=name)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """`/robots.txt`: nobody's own pages, and where the sitemap is."""
    return render(
        request, "robots.txt", {"sitemap": settings.SITE_URL + reverse("listings:sitemap")}, "text/plain"
    )
