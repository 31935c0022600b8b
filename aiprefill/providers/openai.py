"""Suggestions from the Responses API of OpenAI, or of any server that speaks it.

One streamed request, no retry, nothing stored at the provider. Usage is kept whatever the text turns out to
be, and the text is parsed by the engine: the SDK's own parsing loses the usage of a bad answer.
"""

import base64
import hashlib
import io
import json
import ssl
import time
from collections.abc import Callable, Generator
from functools import cache
from typing import Any, Final

import httpx2
import openai
from PIL import Image
from pydantic_core import to_json

from aiprefill.providers import openai_errors, wallclock
from aiprefill.providers.base import ErrorClass, ProviderError, Reply, Usage
from aiprefill.providers.prices import cost
from aiprefill.suggestion import SuggestRequest

_DRAIN: Final = 0.25
"""Seconds a server may take to end the stream after its last event, so that the connection can be reused."""

# What the SDK lets through: its own errors, the client's, and whatever broken events cause in it.
_BROKEN: Final = (
    openai.OpenAIError,
    httpx2.HTTPError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    RecursionError,
)


class OpenAIProvider:
    """The `openai` provider. Holds one SDK client, for all threads; use `connected` for the process's own."""

    name = "openai"

    def __init__(self, api_key: str, base_url: str = "", verify: ssl.SSLContext | bool = True) -> None:
        # Local servers need no key, but the SDK insists on one.
        self._sdk = openai.OpenAI(
            api_key=api_key or "none",
            base_url=base_url or None,
            max_retries=0,
            http_client=wallclock.client(verify),
        )

    def close(self) -> None:
        """Close every connection; only tests need it."""
        self._sdk.close()

    def describe(self, request: SuggestRequest) -> dict[str, Any]:
        """See `Provider.describe`."""
        return _body(request, _digest)

    def stream(self, request: SuggestRequest, *, deadline: float) -> Generator[str | Reply]:
        """See `Provider.stream`."""
        body = to_json(_body(request, _data_url))
        with wallclock.limits(deadline) as wire:
            answer = _Answer(request.spec.model, wire)
            try:
                # `responses.create` would build a typed object per event: half a second of schema building in
                # each new process, and more ways to fail on a broken event. Plain JSON is all that is needed.
                with self._sdk.post(
                    "/responses", content=body, cast_to=object, stream=True, stream_cls=openai.Stream[object]
                ) as events:
                    answer.is_stream = "event-stream" in events.response.headers.get("content-type", "")
                    for event in events:
                        if not answer.over:
                            yield from answer.take(event)
                        if answer.over:
                            wire.deadline = min(wire.deadline, answer.over + _DRAIN)
            except _BROKEN as error:
                if not answer.over:
                    raise openai_errors.broken(error, wire, answer.reply()) from error
            yield answer.end()


@cache
def connected(api_key: str, base_url: str = "") -> OpenAIProvider:
    """The process's one provider for this key and address: its connections are shared by all threads."""
    return OpenAIProvider(api_key, base_url)


class _Answer:
    """One stream's text, and what its terminal event said."""

    def __init__(self, model: str, wire: wallclock.Limits) -> None:
        self.model = model
        self.wire = wire
        self.is_stream = False
        self.over = 0.0
        self.text = ""
        self.refusal = ""
        self.terminal: dict[str, Any] = {}

    def take(self, event: object) -> Generator[str]:
        """The text of one event, if it has any. Raises TypeError for a wrong type."""
        if not isinstance(event, dict):
            raise TypeError(f"event expected, not {type(event).__name__}")
        kind = event.get("type")
        if kind == "response.output_text.delta":
            piece = storable(event.get("delta"))
            self.text += piece
            yield piece
        elif kind == "response.refusal.delta":
            self.refusal += storable(event.get("delta"))
        elif kind in ("response.completed", "response.incomplete", "response.failed", "error"):
            self.terminal, self.over = event, time.monotonic()

    def reply(self) -> Reply:
        """What has come so far, charged tokens included; never raises."""
        response = _object(self.terminal.get("response"))
        usage = _usage(_object(response.get("usage")))
        model, status = response.get("model"), response.get("status")
        model = storable(model)[:100] if isinstance(model, str) else self.model
        return Reply(
            text=self.text or self.refusal,
            usage=usage,
            cost=cost(model, usage) if cost(model, usage) is not None else cost(self.model, usage),
            model=model,
            request_id=self.wire.request_id,
            http_status=self.wire.http_status,
            status=storable(status)[:40] if isinstance(status, str) else "",
        )

    def end(self) -> Reply:
        """The whole reply. Raises `ProviderError` unless the terminal event says that it is complete."""
        reply = self.reply()
        kind = self.terminal.get("type")
        if kind == "response.completed" and self.refusal and not self.text:
            raise ProviderError(ErrorClass.REFUSED, self.refusal[:500], reply)
        if kind == "response.completed":
            return reply
        if kind:
            raise openai_errors.ended(self.terminal, reply)
        error_class = ErrorClass.CUT if self.is_stream else ErrorClass.BAD_RESPONSE
        raise ProviderError(error_class, "the stream ended without its last event", reply)


def storable(text: object) -> str:
    """The text without NUL and lone surrogates, which PostgreSQL refuses. Raises TypeError for no text."""
    if not isinstance(text, str):
        raise TypeError(f"text expected, not {type(text).__name__}")
    return text.replace("\x00", "\ufffd").encode(errors="replace").decode()


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _usage(reported: dict[str, Any]) -> Usage | None:
    tokens = (
        reported.get("input_tokens"),
        reported.get("output_tokens"),
        _object(reported.get("input_tokens_details")).get("cached_tokens"),
        _object(reported.get("output_tokens_details")).get("reasoning_tokens"),
    )
    counts = [
        n if isinstance(n, int) and not isinstance(n, bool) and 0 <= n < 2**31 else None for n in tokens
    ]
    if counts[0] is None or counts[1] is None:
        return None
    return Usage(counts[0], counts[1], counts[2] or 0, counts[3] or 0)


def _body(request: SuggestRequest, picture: Callable[[bytes], dict[str, Any]]) -> dict[str, Any]:
    """The request's JSON. Raises `ProviderError` (bad_request) for a parameter or tool unknown here."""
    spec = request.spec
    parameters: dict[str, Any] = json.loads(spec.parameters)
    detail = parameters.pop("image_detail", "auto")
    form = {
        "type": "json_schema",
        "name": "suggestion",
        "strict": True,
        "schema": json.loads(spec.output_schema),
    }
    pictures = [{"type": "input_image", "detail": detail} | picture(data) for data in request.pictures]
    content = [{"type": "input_text", "text": spec.request_text(request.language)}, *pictures]
    if request.material:
        content.append({"type": "input_text", "text": request.material})
    body: dict[str, Any] = {
        "model": spec.model,
        "instructions": spec.instructions,
        "input": [{"role": "user", "content": content}],
        "text": {"format": form},
        "store": False,
        "stream": True,
    }
    if request.end_user:
        body["safety_identifier"] = request.end_user
    for name in parameters.keys() & {"temperature", "top_p"}:
        body[name] = parameters.pop(name)
    if "max_output_tokens" in parameters:
        body["max_output_tokens"] = parameters.pop("max_output_tokens") * request.token_scale
    if "verbosity" in parameters:
        body["text"]["verbosity"] = parameters.pop("verbosity")
    if "reasoning_effort" in parameters:
        body["reasoning"] = {"effort": parameters.pop("reasoning_effort")}
    unknown = [*parameters, *filter(None, (spec.retrieval, spec.tools))]
    if unknown:
        raise ProviderError(ErrorClass.BAD_REQUEST, f"not known here: {', '.join(unknown)}", Reply())
    return body


def _data_url(data: bytes) -> dict[str, Any]:
    return {"image_url": "data:image/jpeg;base64," + base64.b64encode(data).decode()}


def _digest(data: bytes) -> dict[str, Any]:
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            width: int | None = image.width
    except OSError:
        width = None
    return {"picture": {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "width": width}}
