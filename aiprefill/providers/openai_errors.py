"""Every way in which the Responses API fails, as an `ErrorClass`."""

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx2
import openai

from aiprefill.providers.base import ErrorClass, ProviderError, Reply
from aiprefill.providers.wallclock import Limits

MAX_RETRY_AFTER: Final = 600.0
"""Seconds; a longer wish is read as this, which is past every job's deadline anyway."""

_CODES: Final = {
    "server_error": ErrorClass.SERVER,
    "rate_limit_exceeded": ErrorClass.RATE_LIMITED,
    "insufficient_quota": ErrorClass.NO_CREDIT,
    "billing_hard_limit_reached": ErrorClass.NO_CREDIT,
    "billing_not_active": ErrorClass.NO_CREDIT,
    "invalid_api_key": ErrorClass.NOT_ALLOWED,
    "account_deactivated": ErrorClass.NOT_ALLOWED,
    "model_not_found": ErrorClass.NO_MODEL,
    "invalid_prompt": ErrorClass.REFUSED,
    "bio_policy": ErrorClass.FILTERED,
    "misalignment_policy_violation": ErrorClass.FILTERED,
    "content_filter": ErrorClass.FILTERED,
    "content_policy_violation": ErrorClass.FILTERED,
    "image_content_policy_violation": ErrorClass.FILTERED,
    "unsupported_image_media_type": ErrorClass.BAD_PICTURE,
    "empty_image_file": ErrorClass.BAD_PICTURE,
    "invalid_base64_image": ErrorClass.BAD_PICTURE,
}
_STATUSES: Final = {
    401: ErrorClass.NOT_ALLOWED,
    402: ErrorClass.NO_CREDIT,
    403: ErrorClass.NOT_ALLOWED,
    404: ErrorClass.NO_MODEL,
    408: ErrorClass.SERVER,
    409: ErrorClass.SERVER,
    429: ErrorClass.RATE_LIMITED,
}


def broken(error: Exception, wire: Limits, reply: Reply) -> ProviderError:
    """The error for an exception that ended the call."""
    detail = _detail(error.__cause__ or error) or type(error).__name__
    if isinstance(error, openai.APIStatusError):
        wish = retry_after(error.response.headers.get("retry-after", ""), datetime.now(UTC))
        return ProviderError(_of_status(error.status_code, error), detail, reply, wish)
    return ProviderError(_of_break(error, wire), detail, reply)


def ended(event: dict[str, Any], reply: Reply) -> ProviderError:
    """The error for a terminal event that is not `response.completed`."""
    response = event.get("response")
    told = response if isinstance(response, dict) else {}
    if event["type"] == "response.incomplete":
        details = told.get("incomplete_details")
        reason = _detail(details.get("reason") if isinstance(details, dict) else "")
        filtered = reason == "content_filter"
        return ProviderError(ErrorClass.FILTERED if filtered else ErrorClass.INCOMPLETE, reason, reply)
    error = told.get("error") or event
    code, message = (error.get("code"), error.get("message")) if isinstance(error, dict) else (error, "")
    detail = _detail(f"{code}: {message}")
    return ProviderError(_of_code(code) or ErrorClass.SERVER, detail, reply)


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, as a number or as an HTTP date; None if it says nothing.

    Never negative, never above `MAX_RETRY_AFTER`.
    """
    try:
        seconds = float(value)
    except ValueError:
        try:
            date = parsedate_to_datetime(value)
        except ValueError:
            return None
        seconds = (date.replace(tzinfo=date.tzinfo or UTC) - now).total_seconds()
    return min(max(seconds, 0.0), MAX_RETRY_AFTER) if math.isfinite(seconds) else None


def _detail(said: object) -> str:
    """What was said, short and storable."""
    return str(said).replace("\x00", "").encode(errors="replace").decode()[:500]


def _of_status(status: int, error: openai.APIStatusError | None) -> ErrorClass:
    said = error and (_of_code(error.code) or _of_code(error.type))
    if said and status >= 400:
        return said
    if status in _STATUSES:
        return _STATUSES[status]
    if status >= 500:
        return ErrorClass.SERVER
    return ErrorClass.BAD_REQUEST if status >= 400 else ErrorClass.BAD_RESPONSE


def _of_code(code: object) -> ErrorClass | None:
    """The class of an error code; the many codes about pictures are one class."""
    text = code if isinstance(code, str) else ""
    if text.startswith(("invalid_image", "image_")) and text not in _CODES:
        return ErrorClass.BAD_PICTURE
    return _CODES.get(text)


def _of_break(error: Exception, wire: Limits) -> ErrorClass:
    if wire.http_status is not None and wire.http_status >= 400:
        return _of_status(wire.http_status, None)
    if wire.compressed or wire.bytes_left < 0:
        return ErrorClass.BAD_RESPONSE
    if wire.late or isinstance(error, openai.APITimeoutError | httpx2.TimeoutException):
        return ErrorClass.TIMEOUT
    if wire.http_status is None:
        return ErrorClass.CONNECT
    if isinstance(error, openai.APIConnectionError | httpx2.HTTPError):
        return ErrorClass.CUT
    if isinstance(error, openai.APIError):  # an error event in the nested form of some gateways
        return _of_code(error.code) or ErrorClass.SERVER
    return ErrorClass.BAD_RESPONSE
