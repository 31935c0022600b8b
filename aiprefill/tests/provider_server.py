"""A small server that speaks the Responses API over real HTTP, for tests and benches.

It streams a scripted answer, keeps a ledger of charges and misbehaves on request: by `server.mode`, by
`server.next_modes` (one request each), by `POST /_mode`, or for one request by the model `fault:<mode>`.
A pipe separates modes of consecutive requests for one model name: `fault:503|pace-1|` fails twice, then not.

Run it alone with `python -m aiprefill.tests.provider_server --port 0 --port-file F`.
"""

import argparse
import base64
import hashlib
import json
import os
import signal
import socket
import ssl
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiprefill.tests.provider_faults import CHARGED, CONTENT, MODES, UNCHARGED
from aiprefill.tests.provider_wire import Charge, Exchange, Gates, HungUp, Received, Script


class ProviderServer:
    """The server as a context manager; `url` is the base URL for the SDK."""

    def __init__(
        self, script: Script | None = None, mode: str = "", port: int = 0, tls: ssl.SSLContext | None = None
    ) -> None:
        self.script = script or Script()
        self.mode = mode
        self.next_modes: deque[str] = deque()
        self.gates = Gates()
        self.ledger: list[Charge] = []
        self.requests: list[Received] = []
        self.connections = 0
        self.stopping = threading.Event()
        self._by_model: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._http = _Server(self, port, tls)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), name="provider-server")

    @property
    def port(self) -> int:
        """The port that it listens on, on 127.0.0.1."""
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        """The base URL, such as http://localhost:4711/v1."""
        return f"{'https' if self._http.tls else 'http'}://localhost:{self.port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.hang_up()
        self._http.server_close()
        self._thread.join()

    def wait(self, condition: Callable[[], bool], timeout: float = 10) -> bool:
        """Wait until the condition holds; False if it does not in time."""
        end = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > end or self.stopping.wait(0.01):
                return False
        return True

    def release(self, field: str = "") -> None:
        """Let held streams go on past that field, or past every one."""
        self.gates.release(field)

    def mode_of(self, model: str) -> str:
        """The mode for the next request with that model. Raises KeyError for an unknown one."""
        with self._lock:
            if model.startswith("fault:"):
                modes = model.removeprefix("fault:").split("|")
                mode = modes[min(self._by_model[model], len(modes) - 1)]
                self._by_model[model] += 1
            else:
                mode = self.next_modes.popleft() if self.next_modes else self.mode
        if mode not in MODES:
            raise KeyError(mode)
        return mode

    def answer(self, exchange: Exchange) -> None:
        """Answer one request in its mode, and write the charge before anything is sent."""
        mode, script = exchange.received.mode, exchange.script
        if mode in UNCHARGED:
            UNCHARGED[mode](exchange)
            return
        model = str(exchange.received.body.get("model"))
        picture = next(iter(_pictures(exchange.received.body)), "")
        fields = script.by_picture.get(picture, script.fields)
        if script.answers and not mode:
            mode, fields = script.answers(exchange.received.body)
        charge = Charge(exchange.received.id, time.time(), model, mode, script.usage[0], script.usage[1])
        with self._lock:
            self.ledger.append(charge)
        try:
            if mode in CHARGED:
                CHARGED[mode](exchange)
            else:
                exchange.open()
                exchange.answer({**fields, **CONTENT.get(mode, {})})
                exchange.finish()
            charge.finished = True
        except HungUp:
            charge.hung_up = True
            raise

    def control(self, path: str, data: dict[str, Any]) -> object:
        """The pages beside the API: what happened, what shall happen. Raises KeyError if unknown."""
        if path == "/_ledger":
            return [asdict(charge) for charge in self.ledger]
        if path == "/_requests":
            return [asdict(received) for received in self.requests]
        if path == "/_mode":
            self.mode = data.get("mode", self.mode)
            self.next_modes.extend(data.get("next", []))
        elif path == "/_script":
            self.gates.close()
            self.script = Script(**data | {"hold_after": tuple(data.get("hold_after", ()))})
        elif path == "/_release":
            self.release(data.get("field", ""))
        else:
            raise KeyError(path)
        return {"mode": self.mode, "next": list(self.next_modes)}


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 256

    def __init__(self, owner: ProviderServer, port: int, tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.owner = owner
        self.tls = tls
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.owner.connections += 1
        super().process_request(request, client_address)

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.tls is None:
            self._serve(request, client_address)
            return
        try:
            with self.tls.wrap_socket(request, server_side=True) as wrapped:
                self._serve(wrapped, client_address)
        except OSError:
            return  # the client gave up during the handshake

    def _serve(self, connection: socket.socket, client_address: Any) -> None:
        self._open.add(connection)
        if not self.owner.stopping.is_set():
            super().finish_request(connection, client_address)
        self._open.discard(connection)

    def hang_up(self) -> None:
        """End the idle connections that clients keep for later."""
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each small event waits 40 ms for the client's acknowledgement
    server: _Server

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True  # the client went away between two requests

    def do_GET(self) -> None:
        self._control({})

    def do_POST(self) -> None:
        began = time.time()
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        body = json.loads(raw or b"{}")
        if not self.path.endswith("/responses"):
            self._control(body)
            return
        owner = self.server.owner
        mode = owner.mode_of(str(body.get("model")))
        headers = {
            name.lower(): value for name, value in self.headers.items() if name.lower() != "authorization"
        }
        number = f"req_{os.urandom(6).hex()}"
        received = Received(number, began, time.time(), self.path, mode, headers, _without_pictures(body))
        owner.requests.append(received)
        exchange = Exchange(self.connection, received, owner.script, owner.gates, owner.stopping)
        try:
            owner.answer(exchange)
        except HungUp:
            exchange.keep_alive = False
        self.close_connection = not exchange.keep_alive

    def _control(self, data: dict[str, Any]) -> None:
        try:
            status, found = 200, self.server.owner.control(self.path, data)
        except (KeyError, TypeError) as error:
            status, found = 404, {"unknown": str(error)}
        body = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class's name
        """Say nothing: the requests are kept."""


def _without_pictures(body: Any) -> Any:
    """The body with each data URL replaced by the picture's digest and length."""
    if isinstance(body, dict):
        return {key: _without_pictures(value) for key, value in body.items()}
    if isinstance(body, list):
        return [_without_pictures(value) for value in body]
    if isinstance(body, str) and body.startswith("data:image/"):
        data = base64.b64decode(body.partition(",")[2])
        return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    return body


def _pictures(body: dict[str, Any]) -> list[str]:
    content = [part for turn in body.get("input", []) for part in turn.get("content", [])]
    return [part["image_url"]["sha256"] for part in content if part.get("type") == "input_image"]


def main() -> None:
    """Serve until INT or TERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--port-file", type=Path, help="written when the server listens")
    parser.add_argument("--mode", default="", choices=MODES)
    parser.add_argument("--events", type=int, default=24, help="pieces of text per answer")
    parser.add_argument("--seconds", type=float, default=0.0, help="how long an answer takes")
    options = parser.parse_args()
    script = Script(events=options.events, seconds=options.seconds)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    with ProviderServer(script, options.mode, options.port) as server:
        if options.port_file:
            draft = options.port_file.with_suffix(".new")
            draft.write_text(str(server.port))
            draft.replace(options.port_file)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main()
