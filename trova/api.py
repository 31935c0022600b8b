"""The API: one object, a router beside each app's models, one shape for what goes wrong."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from ninja import NinjaAPI, Swagger
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.operation import Operation

from aiprefill.api import router as suggestions
from listings.api import router as listings
from listings.authentication import Bearer, Session
from listings.uploads import Trouble, trouble_of
from trova.api_errors import error_response

DESCRIPTION: Final = """
Second-hand things from people nearby, priced in euros.

Reading needs nothing. Writing, and having a photo read, needs a token, made under *My account*:

    Authorization: Bearer <token>

A field that is not described here is refused. Whatever goes wrong is answered as

    {"error": "...", "fields": {"<field>": ["..."]}}
"""
CSRF_FIELD: Final = "csrfmiddlewaretoken"
TOO_LARGE: Final = 413
STORAGE_FULL: Final = 507

api = NinjaAPI(
    title="Trova",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    auth=[Bearer(), Session()],
    docs=Swagger({"validatorUrl": None, "defaultModelsExpandDepth": -1, "deepLinking": False}),
    docs_decorator=require_safe,
)


def refuse_unknown_names(view: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse a parameter or a field that the operation does not have: ninja passes over it in silence."""
    operation: Operation = view._ninja_operation  # type: ignore[attr-defined]  # set by its router
    known = {model.__ninja_param_source__: _names(model) for model in operation.models}

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        sent: list[tuple[str, MultiValueDict[str, Any]]] = [
            ("query", request.GET),
            ("form", request.POST),
            ("file", request.FILES),
        ]
        unknown = {
            name
            for source, values in sent
            for name in values.keys() - known.get(source, set()) - {CSRF_FIELD}
        }
        if unknown:
            raise ValidationError([{"loc": (name,), "msg": _("There is no such field.")} for name in unknown])
        return view(request, *args, **kwargs)

    return checked


def _names(model: Any) -> set[str]:
    """What a query, form or file model of ninja takes."""
    return {*(getattr(model, "__ninja_flatten_map__", None) or model.model_fields)}


api.add_decorator(refuse_unknown_names)
api.add_router("/listings", listings)
api.add_router("", suggestions)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    match trouble_of(request):
        case Trouble.TOO_BIG:
            return error_response(TOO_LARGE, _("The photo is too large."))
        case Trouble.STORAGE_FULL:
            return error_response(STORAGE_FULL, _("Our storage is full. Try again later."))
    fields: dict[str, list[str]] = {}
    for each in error.errors:
        name = next((part for part in reversed(each["loc"]) if isinstance(part, str)), "body")
        fields.setdefault(name, []).append(each["msg"])
    return error_response(422, _("Some fields are not right."), fields)


@api.exception_handler(AuthenticationError)
def _unknown_caller(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    if "Authorization" in request.headers:
        why, challenge = _("This token is not valid."), 'Bearer realm="Trova", error="invalid_token"'
    else:
        why, challenge = _("This needs a token. Make one under My account."), 'Bearer realm="Trova"'
    response = error_response(401, why)
    response["WWW-Authenticate"] = challenge
    return response


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    response = error_response(error.status_code, str(error))
    if retry_after := getattr(error, "retry_after", None):
        response["Retry-After"] = str(retry_after)
    return response


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return error_response(404, str(error))


@api.exception_handler(RequestDataTooBig)
def _too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return error_response(TOO_LARGE, _("This is too large."))


@api.exception_handler(MultiPartParserError)
@api.exception_handler(SuspiciousOperation)
def _unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    return error_response(400, _("This request cannot be read."))
