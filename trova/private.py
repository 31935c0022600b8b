"""Pages of an account and of the admin stay in no cache: they hold addresses, secrets and codes."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import add_never_cache_headers

PRIVATE: Final = ("/account/", "/admin/", "/api/jobs/")


def keep_nothing(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: `no-store` on these pages, whichever app answers. The site's own say it themselves."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.path.startswith(PRIVATE):
            add_never_cache_headers(response)
        return response

    return middleware
