"""An HTTP client whose calls end on time and stay small, whatever the server does.

Read timeouts are no deadline: a server that drips a byte a second never runs into one. Here every network
operation gets the time that is left of the whole call, and the answer's bytes are counted. `limits` sets both
for the calls of the current thread; other threads share the client and its connections.
"""

import math
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

import httpcore2
import httpx2

MAX_ANSWER: Final = 1_000_000
"""Bytes on the wire per call, headers included."""


@dataclass(slots=True)
class Limits:
    """What is left of a call, and what its response's head said."""

    deadline: float = math.inf
    bytes_left: float = math.inf
    http_status: int | None = None
    request_id: str = ""
    compressed: bool = False

    @property
    def late(self) -> bool:
        """Whether the deadline has passed."""
        return time.monotonic() >= self.deadline

    def seconds(self, timeout: float | None) -> float:
        """The time left, or `timeout` if that is less. Raises ReadTimeout when there is none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("the call's time is over")
        # A socket takes no infinite timeout, and no call lasts an hour.
        return min(left, 3600.0 if timeout is None else timeout)


_limits: ContextVar[Limits] = ContextVar("limits")


@contextmanager
def limits(deadline: float) -> Iterator[Limits]:
    """Everything this thread sends inside ends by `deadline` and brings at most `MAX_ANSWER` bytes."""
    current = Limits(deadline, MAX_ANSWER)
    _limits.set(current)
    try:
        yield current
    finally:
        _limits.set(Limits())


def _current() -> Limits:
    return _limits.get(Limits())


class _Stream(httpcore2.NetworkStream):
    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        current = _current()
        data = self._inner.read(max_bytes, current.seconds(timeout))
        current.bytes_left -= len(data)
        if current.bytes_left < 0:
            raise httpcore2.ReadError("the answer is too large")
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _current().seconds(timeout))

    # httpcore2 calls this by keyword, and only over https: the names are part of the contract.
    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _current().seconds(timeout)))

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore2.SyncBackend):
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        seconds = _current().seconds(timeout)
        return _Stream(super().connect_tcp(host, port, seconds, local_address, socket_options))


def _note(response: httpx2.Response) -> None:
    """Keep the head of a response, and refuse a compressed body: 379 KB of gzip can become 775 MB."""
    current = _current()
    current.http_status = response.status_code
    current.request_id = response.headers.get("x-request-id", "")[:200]
    if response.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        current.compressed = True
        raise httpx2.DecodingError("compressed answer refused", request=response.request)


def client(verify: ssl.SSLContext | bool = True) -> httpx2.Client:
    """One client for a whole process and all its threads; proxy variables are respected."""
    made = httpx2.Client(
        verify=verify,
        timeout=httpx2.Timeout(None, connect=3, pool=1),
        follow_redirects=False,
        headers={"Accept-Encoding": "identity"},
        event_hooks={"response": [_note]},
        limits=httpx2.Limits(max_connections=64, max_keepalive_connections=64, keepalive_expiry=30),
    )
    for transport in (made._transport, *made._mounts.values()):
        if isinstance(transport, httpx2.HTTPTransport):
            # The one private name. Building with `transport=` instead would ignore the proxy variables.
            transport._pool._network_backend = _Backend()
    return made
