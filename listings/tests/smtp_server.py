"""A small SMTP server that keeps what it is sent, and refuses, hangs up or says nothing on request."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from select import select


@dataclass
class Post:
    """Where the server is, what arrived, its `answer` to a recipient, or that it `hangs_up`.

    While `speaks` is cleared it says nothing; `most_kept_waiting` is how many waited for it at once.
    """

    port: int = 0
    arrived: list[str] = field(default_factory=list)
    answer: str = "250 ok"
    hangs_up: bool = False
    speaks: threading.Event = field(default_factory=threading.Event)
    most_kept_waiting: int = 0


@contextmanager
def smtp_server() -> Iterator[Post]:
    """Serve on a port of its own until the block ends."""
    post = Post()
    post.speaks.set()
    counting = threading.Lock()
    waiting: list[socket.socket] = []

    class Conversation(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if post.hangs_up:
                return None
            self.wait()
            self.say("220 here")
            for line in iter(self.rfile.readline, b""):
                verb = line[:4].upper()
                if verb == b"RCPT":
                    self.say(post.answer)
                elif verb == b"DATA":
                    self.say("354 go on")
                    post.arrived.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
                    self.say("250 ok")
                elif verb == b"QUIT":
                    return self.say("221 bye")
                else:
                    self.say("250 ok")
            return None

        def wait(self) -> None:
            with counting:
                hung_up = select(waiting, [], [], 0)[
                    0
                ]  # nothing else can be read of who waits for a greeting
                waiting[:] = [each for each in waiting if each not in hung_up] + [self.connection]
                post.most_kept_waiting = max(post.most_kept_waiting, len(waiting))
            post.speaks.wait()
            with counting:
                waiting[:] = [each for each in waiting if each is not self.connection]

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        server.daemon_threads = True
        post.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield post
        finally:
            post.speaks.set()
            server.shutdown()
            thread.join()
