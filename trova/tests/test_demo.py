"""`make demo`, as a person meets it: it opens, says how to get in, and leaves nothing behind."""

import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.conf import settings

from trova import embedded

DEMO = [sys.executable, "-m", "trova.demo_supervisor"]
# As somebody types it; what it would install is here already.
MAKE_DEMO = ["make", "--silent", "--old-file=.venv/embedded", "demo"]
PATIENCE = 300.0


class Demo:
    """One demo's data folder, and the run that uses it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.output = data / "output"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, command: list[str], *, port: int | None = None) -> subprocess.Popen[bytes]:
        without = ("DATABASE_URL", "REDIS_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL", "DJANGO_SETTINGS_MODULE")
        env = {name: value for name, value in os.environ.items() if name not in without}
        env |= {"TROVA_DATA": str(self.data), "PORT": str(port or self.port)}
        with self.output.open("wb") as output:
            return subprocess.Popen(
                command, env=env, cwd=settings.BASE_DIR, stdout=output, stderr=output, start_new_session=True
            )

    def open(self) -> None:
        """Start it, unless it runs, and return when it says that it is open."""
        if self.process is None or self.process.poll() is not None:
            self.process = self.start(MAKE_DEMO)
            self.wait_until("Ctrl-C")

    def wait_until(self, words: str) -> None:
        """Return when it has said these words."""
        deadline = time.monotonic() + PATIENCE
        while words not in self.said():
            assert self.process is not None
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)  # between two looks at the condition

    def stop(self, number: signal.Signals) -> None:
        """Send a signal to make and all that it started in its group, as a terminal does."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, number)
            self.process.wait(PATIENCE)

    def refused(self, *, port: int | None = None) -> str:
        """Start another that has to end at once; return what it said."""
        said_before = self.said()
        another = self.start(DEMO, port=port)
        assert another.wait(PATIENCE) == 1
        said = self.said()
        self.output.write_text(said_before)
        return said

    def said(self) -> str:
        return self.output.read_text() if self.output.exists() else ""

    def processes(self) -> dict[int, str]:
        """Every living process that belongs to this demo, its stores included: pid and command line."""
        marks = (str(self.data).encode(), str(embedded.sockets(self.data)).encode())
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes()
                mine = words + (process / "environ").read_bytes()
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
            if words and any(mark in mine for mark in marks):
                found[int(process.name)] = words.replace(b"\0", b" ").decode()
        return found

    def pids(self, word: str) -> list[int]:
        return [pid for pid, words in self.processes().items() if word in words]

    def locks(self) -> list[str]:
        """The lock files that somebody holds, and those that would keep a store from starting."""
        held = [name for name in ("lock", "users", "demo.lock") if is_locked(self.data / name)]
        return held + [str(path) for path in self.data.rglob("postmaster.pid")]


def is_locked(path: Path) -> bool:
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def demo(data_folder: Path) -> Iterator[Demo]:
    """A demo that each test opens if it needs it: the content is made once."""
    one = Demo(data_folder)
    yield one
    one.stop(signal.SIGTERM)


def test_it_opens_and_says_who_may_sign_in(demo: Demo) -> None:
    demo.open()
    said = demo.said()
    assert f"http://localhost:{demo.port}" in said
    assert {role for role in ("seller", "annotator", "administrator") if role in said.lower()} == {
        "seller",
        "annotator",
        "administrator",
    }
    assert len(re.findall(r"No model is connected", said)) == 1
    with urlopen(f"http://localhost:{demo.port}/") as page:
        assert page.status == 200
        assert "Secure" not in str(page.headers)
        assert page.headers["Strict-Transport-Security"] is None


def test_a_second_one_says_where_the_first_one_is(demo: Demo) -> None:
    demo.open()
    said = demo.refused(port=free_port())
    assert said == f"Trova is already running at http://localhost:{demo.port}\n"


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        said = Demo(tmp_path).refused(port=port)
    assert said == f"Port {port} cannot be used (Address already in use). Pick another: PORT=8765 make demo\n"


def test_a_service_that_dies_is_started_again(demo: Demo) -> None:
    demo.open()
    before = demo.pids("celery")
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    demo.wait_until("The worker ended (-9); it was started again.")
    assert len(demo.pids("celery")) == 1
    assert demo.pids("celery") != before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_no_process_and_no_lock(demo: Demo, number: signal.Signals) -> None:
    demo.open()
    assert len(demo.processes()) > 5
    demo.stop(number)
    assert demo.processes() == {}
    assert demo.locks() == []
    assert not embedded.sockets(demo.data).exists()


def test_it_starts_after_everything_was_killed(demo: Demo) -> None:
    demo.open()
    for pid in demo.processes():
        os.kill(pid, signal.SIGKILL)
    demo.stop(signal.SIGKILL)
    demo.open()
    with urlopen(f"http://localhost:{demo.port}/") as page:
        assert page.status == 200


def test_a_killed_supervisor_takes_its_processes_along_and_the_next_one_starts(demo: Demo) -> None:
    demo.open()
    for pid in demo.pids("demo_supervisor"):
        os.kill(pid, signal.SIGKILL)
    assert demo.process is not None
    demo.process.wait(PATIENCE)
    demo.open()
    demo.stop(signal.SIGTERM)
    assert demo.processes() == {}
