"""The ways in which the local provider server misbehaves, by name."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final

from aiprefill.tests.provider_wire import ANSWER, Exchange

Fault = Callable[[Exchange], None]


def _text(name: str, value: object) -> dict[str, Any]:
    return {name: {"value": value, "reason": ""}}


def _price(low: object, likely: object, high: object) -> dict[str, Any]:
    return {"price": {"reason": "", "low": low, "likely": likely, "high": high}}


CONTENT: Final[dict[str, dict[str, Any]]] = {
    "schema-invalid": dict.fromkeys(ANSWER, "text where an object was asked for"),
    "unknown-category": _text("category", "phones"),
    "unknown-condition": _text("condition", "mint"),
    "nan": _price(float("nan"), float("nan"), float("nan")),
    "infinite": _price(1, 2, float("inf")),
    "negative": _price(-5, -5, -5),
    "enormous": _price(1e12, 1e12, 1e12),
    "comma": _price("12,50", "12,50", "12,50"),
    "full-width": _price("１２", "１２", "１２"),
    "true": _price(True, True, True),
    "upside-down": _price(30, 20, 10),
    "rtl": _text("title", "سماعات سوداء فوق الأذن"),
    "zalgo": _text("title", "H" + "\u0301\u0302\u0303\u0304" * 20 + "eadphones"),
    "bidi": _text("title", "Head\u202ephones\u202c and\u200b cable"),
    "nul": _text("title", "Head\x00phones"),
    "emoji": _text("title", "Headphones 🎧"),
    "html": _text("title", "<b>Headphones</b><script>alert(1)</script>")
    | _text("description", "{{ 7*7 }} ${7*7} <img src=x onerror=alert(1)> =1+1 **bold**"),
    "orders-obeyed": _text("title", "Call +49 151 2345678 now")
    | _text("description", "Visit https://evil.example/win or write to a@evil.example.")
    | _price(1, 1, 1),
    "long": _text("title", "Headphones " * 40) | _text("description", "A word. " * 2000),
    "advertising": _text("title", "Comfortable wired headphones")
    | _text("description", "Experience crisp sound quality and comfort with these stunning headphones."),
    "nothing": {name: {"value": None, "reason": "The photo is too dark."} for name in ANSWER}
    | {"price": {"reason": "The photo is too dark.", "low": None, "likely": None, "high": None}},
    "no-price": {"price": {"reason": "Nothing shows what it is.", "low": None, "likely": None, "high": None}},
}
"""Answers over a sound protocol, as fields that replace those of the script."""


def _beginning(exchange: Exchange) -> None:
    """The first part of a good stream: title and category are whole."""
    exchange.open()
    text = json.dumps(ANSWER)
    exchange.delta(text[: text.index('"condition": {') + len('"condition": {')])


def silent(exchange: Exchange) -> None:
    """Falls silent in the middle of the answer."""
    _beginning(exchange)
    exchange.hang()


def drip(exchange: Exchange) -> None:
    """Sends a byte now and then, so that no read ever times out."""
    exchange.open()
    while True:
        exchange.line(b":")
        exchange.pause(0.05)


def drip_head(exchange: Exchange) -> None:
    """Drips even its headers."""
    exchange.raw(b"HTTP/1.1 200 OK\r\nx-long: ")
    while True:
        exchange.raw(b"x")
        exchange.pause(0.05)


def endless(exchange: Exchange) -> None:
    """One event without an end."""
    exchange.open()
    exchange.line(b"data: ")
    while True:
        exchange.line(b"x" * 65536)


def huge(exchange: Exchange) -> None:
    """A body of 300 MB."""
    exchange.head("200 OK", {"content-type": "application/json", "content-length": "300000000"})
    for _ in range(300):
        exchange.raw(b"x" * 1_000_000)


def half_body(exchange: Exchange) -> None:
    """Promises a length and closes halfway."""
    exchange.head("200 OK", {"content-type": "text/event-stream", "content-length": "10000"})
    exchange.raw(b'data: {"type": "response.created"}\n\n')


def cut(exchange: Exchange) -> None:
    """Breaks off inside a chunk."""
    _beginning(exchange)
    exchange.raw(b"40\r\ndata: {")


def early_end(exchange: Exchange) -> None:
    """Ends cleanly without the terminal event."""
    _beginning(exchange)
    exchange.end()


def compressed(exchange: Exchange) -> None:
    """Compresses although nobody asked."""
    exchange.plain(
        "200 OK", gzip.compress(b"data: {}\n\n" * 1000), "text/event-stream", content_encoding="gzip"
    )


def error_hangs(exchange: Exchange) -> None:
    """A 500 whose body never comes."""
    exchange.head("500 Internal Server Error", {"content-type": "application/json", "content-length": "100"})
    exchange.hang()


def _then(*lines: str) -> Fault:
    """A stream that begins well and goes on with these data lines."""

    def fault(exchange: Exchange) -> None:
        _beginning(exchange)
        for line in lines:
            exchange.line(f"data: {line}\n\n".encode())
        exchange.end()

    return fault


def _ends(kind: str, text: str = "", **more: Any) -> Fault:
    """A stream whose terminal event is of this kind."""

    def fault(exchange: Exchange) -> None:
        exchange.open()
        if text:
            exchange.delta(text)
        exchange.finish(kind, **more)

    return fault


def _refuses(exchange: Exchange) -> None:
    exchange.open()
    for piece in ("I can't help ", "with this picture."):
        exchange.event(
            "response.refusal.delta", item_id="msg_1", output_index=0, content_index=0, delta=piece
        )
    exchange.finish()


def _status(status: str, code: str | None, kind: str = "invalid_request_error", **headers: str) -> Fault:
    return lambda exchange: exchange.error(status, code, kind, **headers)


def _page(status: str, body: bytes, content_type: str) -> Fault:
    return lambda exchange: exchange.plain(status, body, content_type)


def _pace(wish: str) -> Fault:
    return _status("429 Too Many Requests", "rate_limit_exceeded", "requests", retry_after=wish)


def _in_a_minute(exchange: Exchange) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(minutes=1), usegmt=True)
    exchange.error("429 Too Many Requests", "rate_limit_exceeded", "requests", retry_after=date)


_HTML: Final = b"<!doctype html><title>Gateway</title><p>Try later"

UNCHARGED: Final[dict[str, Fault]] = {
    "reset": Exchange.reset,
    "hang": Exchange.hang,
    "drip-head": drip_head,
    "pace-1": _pace("1"),
    "pace-100": _pace("100"),
    "pace-3600": _pace("3600"),
    "pace-date": _in_a_minute,
    "pace-garbage": _pace("soon"),
    "billing": _status("429 Too Many Requests", "insufficient_quota", "insufficient_quota"),
    "400": _status("400 Bad Request", "unknown_parameter"),
    "401": _status("401 Unauthorized", "invalid_api_key"),
    "403": _status("403 Forbidden", None),
    "404": _status("404 Not Found", "model_not_found"),
    "bad-picture": _status("400 Bad Request", "image_parse_error"),
    "500": _status("500 Internal Server Error", "server_error", "server_error"),
    "500-hang": error_hangs,
    "502": _page("502 Bad Gateway", _HTML, "text/html"),
    "503": _status("503 Service Unavailable", None, "server_error"),
}
"""Faults before the model was asked: nothing is charged."""

CHARGED: Final[dict[str, Fault]] = {
    "silent": silent,
    "drip": drip,
    "endless": endless,
    "huge": huge,
    "half-body": half_body,
    "cut": cut,
    "early-end": early_end,
    "gzip": compressed,
    "html-page": _page("200 OK", _HTML, "text/html"),
    "empty-object": _page("200 OK", b"{}", "application/json"),
    "wrong-type": _then('{"type": "response.output_text.delta", "delta": {"a": [1]}}', "[1, 2]", "7", "null"),
    "bad-json": _then('{"type": "response.output_text.delta", "delta": '),
    "error-flat": _then('{"type": "error", "code": "server_error", "message": "made on request"}'),
    "error-nested": _then(
        '{"type": "error", "error": {"code": "server_error", "message": "made on request"}}'
    ),
    "failed": _ends("failed", error={"code": "server_error", "message": "made on request"}),
    "failed-picture": _ends("failed", error={"code": "image_parse_error", "message": "made on request"}),
    "refusal": _refuses,
    "content-filter": _ends("incomplete", '{"title": {', incomplete_details={"reason": "content_filter"}),
    "incomplete": _ends("incomplete", '{"title": {', incomplete_details={"reason": "max_output_tokens"}),
    "all-reasoning": _ends("incomplete", incomplete_details={"reason": "max_output_tokens"}),
    "not-json": _ends("completed", "Sure! Here is your listing: headphones."),
    "rubbish-after": _ends("completed", json.dumps(ANSWER) + " And enjoy!"),
    "no-text": _ends("completed"),
    "list": _ends("completed", "[1, 2, 3]"),
    "surrogate": _ends("completed", '{"title": {"value": "Lamp \ud800 and \x00", "reason": ""}}'),
    "no-usage": _ends("completed", json.dumps(ANSWER), usage=None),
    "odd-usage": _ends("completed", json.dumps(ANSWER), usage={"input_tokens": "many", "output_tokens": -1}),
}
"""Faults after the model was asked: the call is charged."""

MODES: Final = ("", *CONTENT, *UNCHARGED, *CHARGED)
"""Every mode by name; "" is good behaviour."""
