"""What the head of a page tells search engines, and those who preview a shared link."""

from collections.abc import Sequence
from typing import Any, Final

from django import template
from django.conf import settings
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from listings import structured
from listings.models import Listing, Photo

register = template.Library()

PREVIEW_WIDTH: Final = 1280


@register.simple_tag
def structured_data(listing: Listing, photos: Sequence[Photo]) -> SafeString:
    """The listing as Product and Offer, in a block of data."""
    return structured.as_script(structured.product(listing, photos))


@register.simple_tag
def preview(photo: Photo) -> dict[str, Any]:
    """`url`, `width` and `height` of the JPEG that stands in a link's preview."""
    width = max((width for width in photo.widths if width <= PREVIEW_WIDTH), default=min(photo.widths))
    return {
        "url": settings.SITE_URL + photo.url(width, "jpg"),
        "width": width,
        "height": round(photo.height * width / photo.width),
    }


@register.simple_tag(takes_context=True)
def shelf_address(context: Context) -> SafeString:
    """For the head of the shelves: their canonical address, which knows a category and nothing else.

    Later pages belong to the first, and what others add to an address to count visits is no part of it. What
    is searched or filtered is somebody's question, not a page to find: engines are told to leave it and to
    follow its links.
    """
    search = context["search"]
    if not search.is_shelf:
        return SafeString('<meta name="robots" content="noindex, follow">')
    path = reverse("listings:browse") + (f"?{search.address}" if search.address else "")
    return format_html('<link rel="canonical" href="{}{}">', settings.SITE_URL, path)
