"""Photos from a phone's share sheet: the start page takes them as it takes its own.

The share sheet knows no token. What says that it was the share sheet, and no page of another site, is
`Sec-Fetch-Site`, which no page can write: `none` when the device itself opens the address. A form of another
site could otherwise begin a draft here, and with its answer give the browser another unit: the drafts that
belong to the old one would be lost.
"""

from collections.abc import Callable
from functools import wraps
from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

OURS: Final = frozenset({"none", "same-origin"})


def share_target(start: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A start page whose posts need no token, and must come from the device or from the page itself."""

    @wraps(start)
    def shared(request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and request.headers.get("Sec-Fetch-Site") not in OURS:
            raise PermissionDenied
        return start(request)

    return csrf_exempt(shared)
