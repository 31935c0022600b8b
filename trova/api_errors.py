"""One shape for whatever goes wrong under /api/, also where no operation was reached."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from listings.schemas import Error

API: Final = "/api/"
SENTENCES: Final = {
    400: gettext_lazy("This request cannot be read."),
    403: gettext_lazy("This is not allowed."),
    404: gettext_lazy("There is nothing here. What there is, /api/docs says."),
    405: gettext_lazy("This cannot be done here. What can, /api/docs says."),
    500: gettext_lazy("Something went wrong on our side. It is noted."),
}


def error_response(status: int, error: str, fields: dict[str, list[str]] | None = None) -> HttpResponse:
    """The API's answer to what went wrong."""
    return JsonResponse(Error(error=error, fields=fields or {}).model_dump(), status=status)


def in_one_shape(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: Django's own pages for errors become the API's answers."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        is_page = response.status_code >= 400 and not response.get("Content-Type", "").startswith(
            "application/json"
        )
        if settings.DEBUG or not is_page or not request.path.startswith(API):
            return response
        told = SENTENCES.get(response.status_code) or _(HTTPStatus(response.status_code).phrase)
        answer = error_response(response.status_code, str(told))
        if "Allow" in response:
            answer["Allow"] = response["Allow"]
        return answer

    return middleware
