"""Who calls the API: by a token, or by the session of a browser, whose writes carry a CSRF token."""

import time
from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.errors import HttpError
from ninja.security import HttpBearer, SessionAuth
from ninja.throttling import BaseThrottle

from listings import tokens
from listings.models import Seller

HOUR: Final = 3600


class Bearer(HttpBearer):
    """`Authorization: Bearer <token>`."""

    def authenticate(self, request: HttpRequest, token: str) -> Seller | None:
        return tokens.seller_of(token)


class Session(SessionAuth):
    """Signed in on the site. Whoever is not gets 401: the parent would miss their CSRF token first."""

    def _get_key(self, request: HttpRequest) -> str | None:
        if not request.user.is_authenticated:
            return None
        try:
            return super()._get_key(request)
        except HttpError as error:
            why = _("A session needs its CSRF token, in the header X-CSRFToken. Programs use a bearer token.")
            raise HttpError(error.status_code, why) from error


class HourlyWrites(BaseThrottle):
    """What an account may write in an hour, by the clock."""

    def allow_request(self, request: HttpRequest) -> bool:
        return tokens.may_write(caller(request))

    def wait(self) -> float:
        return HOUR - time.time() % HOUR


def caller(request: HttpRequest) -> Seller:
    """The account that calls; only in operations that ask who it is."""
    seller: Any = request.auth  # type: ignore[attr-defined]  # set by ninja
    assert isinstance(seller, Seller)  # noqa: S101  says it to the type checker
    return seller
