"""What a phone needs to keep the site on its home screen and in its share sheet."""

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

PAPER: Final = "#faf8f4"
ICONS: Final = (
    ("icon-192.png", 192, "any"),
    ("icon-512.png", 512, "any"),
    ("icon-maskable-512.png", 512, "maskable"),
)
SHARED: Final = ["image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"]


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """`/manifest.webmanifest`. Photos that are shared with the site become a draft: see `share.py`."""
    sell = _page(settings.START_PAGE, "listings:new")
    data: dict[str, Any] = {
        "id": "/",
        "name": "Trova",
        "short_name": "Trova",
        "description": _("Second-hand things from people nearby, priced in euros."),
        "lang": get_language(),
        "start_url": reverse("listings:browse"),
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "categories": ["shopping"],
        "icons": [_icon(*icon) for icon in ICONS],
        "shortcuts": [
            {"name": _("Sell something"), "url": sell},
            {"name": _("Favourites"), "url": reverse("listings:favourites")},
        ],
        "share_target": {
            "action": _page(settings.SHARE_PAGE, "listings:share"),
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {"files": [{"name": "photos", "accept": SHARED}]},
        },
    }
    return JsonResponse(data, content_type="application/manifest+json")


def _icon(name: str, side: int, purpose: str) -> dict[str, str]:
    return {
        "src": static(f"icons/{name}"),
        "sizes": f"{side}x{side}",
        "type": "image/png",
        "purpose": purpose,
    }


def _page(name: str, otherwise: str) -> str:
    """The address of a page, or where the app that has it is not installed, the marketplace's own."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return reverse(otherwise)
