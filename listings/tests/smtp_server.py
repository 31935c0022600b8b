"""A small SMTP server that keeps what it is sent, and refuses or hangs up on request."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Post:
    """Where the server is, what arrived, its `answer` to a recipient, or that it `hangs_up`."""

    port: int = 0
    arrived: list[str] = field(default_factory=list)
    answer: str = "250 ok"
    hangs_up: bool = False


@contextmanager
def smtp_server() -> Iterator[Post]:
    """Serve on a port of its own until the block ends."""
    post = Post()

    class Conversation(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if post.hangs_up:
                return None
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
            server.shutdown()
            thread.join()
