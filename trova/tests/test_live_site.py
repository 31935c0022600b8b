"""The live site of the tests is quiet only when every request has been answered, wanted or not."""

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.servers.basehttp import WSGIRequestHandler

from trova.tests.live_site import WatchedServer
from trova.tests.waiting import until


class Slow:
    """An application that answers when it is let go."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.let_go = threading.Event()
        self.ended: list[str] = []

    def __call__(self, environ: Any, start_response: Callable[..., Any]) -> list[bytes]:
        self.asked.set()
        assert self.let_go.wait(20)
        self.ended.append("answered")
        start_response("200 OK", [("Content-Length", "0")])
        return []


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def site(slow: Slow) -> Iterator[WatchedServer]:
    with WatchedServer(("127.0.0.1", 0), WSGIRequestHandler) as server:
        server.set_app(slow)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        slow.let_go.set()
        server.shutdown()
        thread.join()


def test_a_request_whose_client_has_left_is_waited_for(site: WatchedServer, slow: Slow) -> None:
    with socket.create_connection(("127.0.0.1", site.server_port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert slow.asked.wait(20)

    def wait() -> None:
        site.settle()
        slow.ended.append("quiet")

    quiet = threading.Thread(target=wait)
    quiet.start()
    until(lambda: site.waiting)
    slow.let_go.set()
    quiet.join(20)
    assert slow.ended == ["answered", "quiet"]


def test_a_client_that_stays_is_named(site: WatchedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trova.tests.live_site.SECONDS", 0)
    with (
        socket.create_connection(("127.0.0.1", site.server_port)),
        pytest.raises(AssertionError, match="still open"),
    ):
        site.settle()
