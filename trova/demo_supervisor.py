"""`make demo`: the stores, the web, the worker and the ringer on this machine, until Ctrl-C or SIGTERM.

It leaves no process behind. When it is killed itself, its processes end too, and the next start takes over
the stores that still run.
"""

import ctypes
import fcntl
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, Never

from trova import embedded

PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
HOST = "127.0.0.1"
OPENS_WITHIN = 60.0
STOPS_WITHIN = 5.0  # a call to a model may still run; its job is due again at the next start
GIVES_UP_WITHIN = 3.0

libc = ctypes.CDLL(None)


class DemoError(Exception):
    """The demo cannot run; the message says why and what to do."""


@dataclass
class Service:
    """One long-running process of the demo; what it prints goes to its log."""

    name: str
    command: tuple[str, ...]
    log: Path
    process: subprocess.Popen[bytes] = field(init=False)
    started: float = field(init=False)

    def start(self) -> None:
        self.started = time.monotonic()
        with self.log.open("wb") as log:
            self.process = spawn(self.command, log)

    def keep_up(self) -> None:
        """Start it again if it died. Raises DemoError if it gave up as soon as it was started."""
        code = self.process.poll()
        if code is None:
            return
        if code >= 0 and time.monotonic() - self.started < GIVES_UP_WITHIN:  # below 0: somebody killed it
            raise DemoError(f"The {self.name} ended at once ({code}).\n{self.log.read_text()[-2000:]}")
        self.start()
        say(f"The {self.name} ended ({code}); it was started again. Its log: {self.log}")


def main() -> int:
    """Run the demo; return the exit status of the process."""
    os.environ |= {"TROVA_DEMO": "1", "DJANGO_SETTINGS_MODULE": "trova.settings", "PYTHONUNBUFFERED": "1"}
    for number in embedded.SIGNALS:
        signal.signal(number, end)
    try:
        run(chosen_port())
    except (DemoError, embedded.EmbeddedError) as error:
        say(str(error))
        return 1
    return 0


def run(port: int) -> None:
    """Start everything, say how to get in, and keep it up until a signal."""
    from trova import settings

    data = settings.DATA_DIR.resolve()
    url = f"http://localhost:{port}"
    with only_demo(data, url):
        refuse_port_in_use(port)
        os.environ |= {"PORT": str(port), "SECRET_KEY": os.environ.get("SECRET_KEY") or own_key(data)}
        embedded.use(data, postgres=not os.environ.get("DATABASE_URL"), redis=not os.environ.get("REDIS_URL"))
        services = [Service(name, command, logs(data) / name) for name, command in commands(port).items()]
        preparation = Service(
            "preparation", (sys.executable, "manage.py", "prepare_demo"), logs(data) / "preparation"
        )
        with stopping([preparation, *services]):
            prepare(preparation)
            for service in services:
                service.start()
            wait_until_open(port, services)
            greet(url, settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL)
            while True:
                for service in services:
                    service.keep_up()
                time.sleep(0.3)  # between two looks at what still runs


def commands(port: int) -> dict[str, tuple[str, ...]]:
    """Return the command of each service: docker-compose.yml runs the same three."""
    from trova.settings import WEB_THREADS

    web = (
        f"granian --interface wsgi --host {HOST} --port {port} --blocking-threads {WEB_THREADS}"
        " --workers-kill-timeout 15"
    )
    worker = "celery -A trova worker -P threads --prefetch-multiplier 1 --without-gossip --without-mingle"
    python = (sys.executable, "-m")
    return {
        "web": (*python, *web.split(), "--respawn-failed-workers", "trova.wsgi:application"),
        "worker": (*python, *worker.split(), "--loglevel", "INFO"),
        "ringer": (sys.executable, "manage.py", "ring"),
    }


def prepare(preparation: Service) -> None:
    """Bring database, content and static files up to date. Raises DemoError."""
    say("Preparing the demo ...")
    preparation.start()
    if preparation.process.wait():
        raise DemoError(f"The demo could not be prepared.\n{preparation.log.read_text()[-2000:]}")
    if said := preparation.log.read_text().strip():
        say(said)


def greet(url: str, model: str) -> None:
    """Say where it is, who may sign in, and which model reads the photos."""
    from trova.demo.people import SIGN_INS

    say(f"\nTrova is open at {url}\n")
    for person in SIGN_INS:
        say(f"  {person.role:<14} {person.email:<28} {person.password}")
    say(f"\nThe admin is at {url}/admin/, the mail at {url}/demo/mail/.")
    if not model:
        say(
            "No model is connected. To connect one, set OPENAI_MODEL, and OPENAI_API_KEY (OpenAI) or"
            " OPENAI_BASE_URL (any server that speaks the same API)."
        )
    say("Ctrl-C stops it.")


def chosen_port() -> int:
    """Return the port of variable PORT, 8000 if it is unset. Raises DemoError."""
    wish = os.environ.get("PORT") or "8000"
    if not wish.isdecimal() or not 0 < int(wish) < 65536:
        raise DemoError(f"PORT must be a number from 1 to 65535, not {wish}.")
    return int(wish)


def refuse_port_in_use(port: int) -> None:
    """Raise DemoError if something listens there, or if the port may not be used."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise DemoError(
                f"Port {port} cannot be used ({error.strerror}). Pick another: PORT=8765 make demo"
            ) from error


@contextmanager
def only_demo(data: Path, url: str) -> Iterator[None]:
    """Hold the demo's lock. Raises DemoError, with the URL of the other one, if it is held."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / "demo.lock").open("a+")
    except PermissionError as error:
        raise DemoError(f"{data} belongs to another user. Set TROVA_DATA to a folder of your own.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise DemoError(f"Trova is already running at {lock.read().strip()}") from error
        lock.truncate(0)
        lock.write(url)
        lock.flush()
        yield


@contextmanager
def stopping(services: list[Service]) -> Iterator[None]:
    """Stop the services that run when the block ends, in whichever way."""
    try:
        yield
    finally:
        stop([service.process for service in services if hasattr(service, "process")])


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """End the processes and their children; wait until they are gone."""
    for number in embedded.SIGNALS:
        signal.signal(number, signal.SIG_IGN)  # first: a closing terminal sends HUP twice
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + STOPS_WITHIN
    for process in processes:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        kill_group(process.pid)


def kill_group(leader: int) -> None:
    """Kill what a process left in the session that it led."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def spawn(command: tuple[str, ...], output: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a process that Ctrl-C does not reach and that ends when the supervisor is killed."""
    return subprocess.Popen(  # noqa: S603  our own commands
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        preexec_fn=end_with_parent,  # noqa: PLW1509  this process has one thread
    )


def end_with_parent() -> None:
    libc.prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)


def wait_until_open(port: int, services: list[Service]) -> None:
    """Return when the web answers. Raises DemoError when it does not in time, or a service ended."""
    deadline = time.monotonic() + OPENS_WITHIN
    while not answers(port):
        for service in services:
            service.keep_up()
        if time.monotonic() > deadline:
            raise DemoError(f"The web did not answer.\n{services[0].log.read_text()[-2000:]}")
        time.sleep(0.1)  # between two questions, until the deadline


def answers(port: int) -> bool:
    """Tell whether the site says that it is healthy."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/health", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def own_key(data: Path) -> str:
    """Return the demo's secret key; make it the first time."""
    path = data / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


def logs(data: Path) -> Path:
    folder = data / "log"
    folder.mkdir(exist_ok=True)
    return folder


def end(_number: int, _frame: FrameType | None) -> Never:
    sys.exit(0)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
