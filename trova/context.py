"""What every page's template gets."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

THEMES = ("light", "dark")


def site(request: HttpRequest) -> dict[str, Any]:
    """`theme` ("light", "dark" or "" for the device's own), `demo`, `site_url`, and names of pages."""
    theme = request.COOKIES.get("theme", "")
    return {
        "theme": theme if theme in THEMES else "",
        "demo": settings.DEMO,
        "site_url": settings.SITE_URL,
        "start_page": settings.START_PAGE,
        "draft_page": settings.DRAFT_PAGE,
    }
