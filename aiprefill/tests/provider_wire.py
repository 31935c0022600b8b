"""One exchange of the local provider server: what it was asked, what it sends, and who listens."""

import json
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

ANSWER: Final[dict[str, Any]] = {
    "title": {"value": "Black over-ear headphones, wired", "reason": ""},
    "category": {"value": "electronics", "reason": ""},
    "condition": {"value": "good", "reason": ""},
    "description": {
        "value": (
            "Black over-ear headphones with a cable and a small jack plug. The left ear pad is creased and "
            "its cover has begun to peel at the edge. Light scratches on the headband. No case in the photos."
        ),
        "reason": "",
    },
    "price": {"reason": "Plain wired headphones with worn pads", "low": 10, "likely": 18, "high": 25},
}
"""A whole good answer, in the order of the schema."""


@dataclass(slots=True)
class Script:
    """What the server answers when it behaves.

    `fields` is the answer; `by_picture` overrides it by the SHA-256 of the first picture, and `answers` both:
    it is given the request's body, with digests in place of pictures, and tells a mode, "" for good
    behaviour, and the fields. The text leaves in
    `events` pieces spread over `seconds`. After each field named in `hold_after` is final for a reader, the
    stream waits for its gate. `usage`: input, output, cached and reasoning tokens.
    `linger`: the body stays open after the last event.
    """

    fields: Mapping[str, Any] = field(default_factory=lambda: dict(ANSWER))
    by_picture: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    answers: Callable[[dict[str, Any]], tuple[str, Mapping[str, Any]]] | None = None
    events: int = 24
    seconds: float = 0.0
    hold_after: tuple[str, ...] = ()
    usage: tuple[int, int, int, int] = (1200, 180, 0, 64)
    linger: bool = False


@dataclass(slots=True)
class Charge:
    """A call that the provider would bill, whatever became of it. `at` is Unix time."""

    id: str
    at: float
    model: str
    mode: str
    input_tokens: int
    output_tokens: int
    hung_up: bool = False
    finished: bool = False


@dataclass(slots=True)
class Received:
    """A request as it came in. Times are Unix times; `body` has digests in place of pictures."""

    id: str
    began: float
    at: float
    path: str
    mode: str
    headers: dict[str, str]
    body: dict[str, Any]
    sent: list[tuple[float, str]] = field(default_factory=list)


class Gates:
    """Named gates that streams wait at, and tests open. A gate stays open once it was opened."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._open: set[str] = set()
        self._held: set[str] = set()
        self._all = False

    def release(self, name: str = "") -> None:
        """Open one gate, or all of them."""
        with self._changed:
            self._open.add(name)
            self._all = self._all or not name
            self._changed.notify_all()

    def close(self) -> None:
        """Close all gates and forget who waited."""
        with self._changed:
            self._open.clear()
            self._held.clear()
            self._all = False

    def is_open(self, name: str) -> bool:
        """Whether a stream may pass."""
        return self._all or name in self._open

    def arrive(self, name: str) -> None:
        """A stream now stands at the gate."""
        with self._changed:
            self._held.add(name)
            self._changed.notify_all()

    def wait_held(self, name: str, timeout: float = 10) -> bool:
        """Wait until some stream has come to the gate."""
        with self._changed:
            return self._changed.wait_for(lambda: name in self._held, timeout)


class HungUp(Exception):
    """The client is gone, or the server is being stopped."""


class Exchange:
    """Sends one answer, well or badly."""

    def __init__(
        self,
        connection: socket.socket,
        received: Received,
        script: Script,
        gates: Gates,
        stop: threading.Event,
    ) -> None:
        self.connection = connection
        self.received = received
        self.script = script
        self.gates = gates
        self.stop = stop
        self.charge: Charge | None = None
        self.keep_alive = False
        self._numbers = iter(range(1_000_000))

    # The head

    def head(self, status: str, headers: Mapping[str, str]) -> None:
        """Status line and headers."""
        lines = [f"HTTP/1.1 {status}", *(f"{k}: {v}" for k, v in headers.items())]
        lines.append(f"x-request-id: {self.received.id}")
        self.raw(("\r\n".join(lines) + "\r\n\r\n").encode())

    def plain(self, status: str, body: bytes, content_type: str = "application/json", **headers: str) -> None:
        """A whole answer that is no stream; underscores in header names become hyphens."""
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        self.head(status, {"content-type": content_type, "content-length": str(len(body)), **extra})
        self.raw(body)
        self.keep_alive = True

    def error(
        self, status: str, code: str | None, kind: str = "invalid_request_error", **headers: str
    ) -> None:
        """An error of the API in its own form."""
        body = {"error": {"message": f"made on request: {code}", "type": kind, "code": code, "param": None}}
        self.plain(status, json.dumps(body).encode(), **headers)

    def open(self) -> None:
        """The head of a good stream, and its first events."""
        self.head("200 OK", {"content-type": "text/event-stream", "transfer-encoding": "chunked"})
        self.event("response.created", response=self.response("in_progress"))
        self.event("response.in_progress", response=self.response("in_progress"))
        item = {"id": "msg_1", "type": "message", "role": "assistant", "status": "in_progress", "content": []}
        self.event("response.output_item.added", output_index=0, item=item)

    # The stream

    def event(self, kind: str, **data: Any) -> None:
        """One event of the stream."""
        payload = {"type": kind, "sequence_number": next(self._numbers), **data}
        self.line(f"event: {kind}\ndata: {json.dumps(payload)}\n\n".encode())
        self.received.sent.append((time.time(), kind))

    def line(self, data: bytes) -> None:
        """One chunk of the body, as it is."""
        self.raw(b"%x\r\n%s\r\n" % (len(data), data))

    def delta(self, text: str) -> None:
        """A piece of the answer's text."""
        place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
        self.event("response.output_text.delta", **place, delta=text, logprobs=[])

    def answer(self, fields: Mapping[str, Any]) -> None:
        """The whole answer as the script wants it: in pieces, over its seconds, held at its gates."""
        began, pieces = time.monotonic(), list(self._pieces(fields))
        for number, (piece, gate) in enumerate(pieces):
            self.delta(piece)
            if gate:
                self.hold(gate)
            self.pause(began + self.script.seconds * (number + 1) / len(pieces) - time.monotonic())

    def finish(self, kind: str = "completed", **more: Any) -> None:
        """The terminal event with the usage, and the end of the body."""
        self.event(f"response.{kind}", response={**self.response(kind), "usage": self._usage(), **more})
        if self.script.linger:
            self.hang()
        self.end()

    def end(self) -> None:
        """The clean end of the body."""
        self.raw(b"0\r\n\r\n")
        self.keep_alive = True

    def response(self, status: str) -> dict[str, Any]:
        """The response object as events carry it."""
        return {
            "id": "resp_" + self.received.id,
            "object": "response",
            "created_at": int(self.received.at),
            "status": status,
            "model": self.received.body.get("model"),
            "output": [],
            "error": None,
            "incomplete_details": None,
            "usage": None,
        }

    # Waiting and the wire

    def hold(self, gate: str) -> None:
        """Wait until the gate is open. Raises `HungUp` if the client goes first."""
        self.gates.arrive(gate)
        while not self.gates.is_open(gate):
            self.pause(0.01)

    def hang(self) -> None:
        """Send nothing more until the client goes. Raises `HungUp`."""
        while True:
            self.pause(1)

    def pause(self, seconds: float) -> None:
        """Wait. Raises `HungUp` if the client goes meanwhile: it sends nothing more unless it closes."""
        if self.stop.is_set() or select.select([self.connection], [], [], max(seconds, 0))[0]:
            raise HungUp

    def raw(self, data: bytes) -> None:
        """Bytes on the wire. Raises `HungUp` if nobody takes them."""
        try:
            self.connection.sendall(data)
        except OSError as error:
            raise HungUp from error

    def reset(self) -> None:
        """Close with a TCP reset."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        raise HungUp

    def _pieces(self, fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """The text in pieces, each with the gate to wait at after it, or ""."""
        text = json.dumps(fields, ensure_ascii=False)
        holds = {}
        names = list(fields)
        for name, after in zip(names, [*names[1:], ""], strict=True):
            if name in self.script.hold_after:
                # A reader knows that a field is whole when the next one's value has begun.
                start = text.find(f', "{after}": ') + len(f', "{after}": ') + 1 if after else len(text)
                holds[start] = name
        cuts = (
            {len(text) * n // self.script.events for n in range(1, self.script.events)}
            | {len(text)}
            | set(holds)
        )
        start = 0
        for cut in sorted(cuts - {0}):
            yield text[start:cut], holds.get(cut, "")
            start = cut

    def _usage(self) -> dict[str, Any]:
        asked, answered, cached, reasoning = self.script.usage
        return {
            "input_tokens": asked,
            "input_tokens_details": {"cached_tokens": cached, "cache_write_tokens": 0},
            "output_tokens": answered,
            "output_tokens_details": {"reasoning_tokens": reasoning},
            "total_tokens": asked + answered,
        }
