"""The unit: which browser an anonymous seller sits at. A signed cookie of a year, kept at sign-in."""

import uuid
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

YEAR: Final = 31_536_000
_SALT: Final = "listings.unit"


def unit_of(request: HttpRequest) -> uuid.UUID | None:
    """The unit that this browser was given; None if it has none, or one that we did not sign."""
    signed = request.get_signed_cookie(settings.UNIT_COOKIE_NAME, default=None, salt=_SALT, max_age=YEAR)
    return uuid.UUID(signed) if signed else None


def set_unit(response: HttpResponse, unit: uuid.UUID) -> None:
    """Give the browser its unit."""
    response.set_signed_cookie(
        settings.UNIT_COOKIE_NAME,
        str(unit),
        salt=_SALT,
        max_age=YEAR,
        secure=settings.COOKIES_SECURE,
        httponly=True,
        samesite="Lax",
    )
