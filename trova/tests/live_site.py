"""The live site of the tests: it knows which requests are still being answered when their client has left."""

import socket
import threading
from typing import Any

from django.core.servers.basehttp import ThreadedWSGIServer

SECONDS = 30


class WatchedServer(ThreadedWSGIServer):
    """Django's server for live tests, which counts the connections that are open."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._open = 0
        self.waiting = False
        self._closed = threading.Condition()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Count a connection in, before its thread starts."""
        with self._closed:
            self._open += 1
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve a connection, and count it out when its database session has ended too."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._closed:
                self._open -= 1
                self._closed.notify_all()

    def settle(self) -> None:
        """Return when nobody is served any more. Raises AssertionError where a client stays."""
        with socket.create_connection((str(self.server_address[0]), int(self.server_address[1]))) as last:
            last.shutdown(socket.SHUT_WR)
            last.recv(1)  # whoever knocked before it is counted in by now
        with self._closed:
            self.waiting = True
            ended = self._closed.wait_for(lambda: not self._open, SECONDS)
        assert ended, f"{self._open} connections to the live site are still open; their test must close them"
