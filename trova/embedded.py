"""PostgreSQL and Redis of the project's own, from two wheels, when DATABASE_URL or REDIS_URL is unset.

Only the wheels' binaries are used. Every process that needs the services calls `use`; the last one to end
stops them. The kernel counts the users (each holds a shared flock): a killed process leaves no stale entry.
"""

import atexit
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from types import FrameType
from typing import IO

import psycopg

from trova.programs import (
    NOBODY,
    EmbeddedError,
    cluster_folder,
    own_folder,
    postgres_programs,
    redis_program,
    sockets,
)

__all__ = ["EmbeddedError", "cluster_folder", "database_url", "own_folder", "redis_url", "sockets", "use"]

POSTGRES_SOCKET = ".s.PGSQL.5432"
SERVER_OPTIONS = ("listen_addresses=''", "max_connections=200", "shared_buffers=128MB", "jit=off")
HASTY_OPTIONS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def database_url(data: Path, name: str = "trova") -> str:
    """Return the URL of the embedded database, for django-environ and libpq alike. Starts nothing."""
    return f"postgres://postgres@/{name}?host={sockets(data)}"


def redis_url(data: Path, number: int = 0) -> str:
    """Return the URL of the embedded Redis, as redis-py reads it: `unix:///...?db=N`. Starts nothing."""
    return f"unix://{sockets(data)}/redis?db={number}"


def use(data: Path, *, postgres: bool = True, redis: bool = True, durable: bool = True) -> None:
    """Start what is down, and keep it up until this process ends. Raises EmbeddedError.

    `durable=False` is for tests: a server or a machine that is killed may lose what was committed.
    """
    if not (postgres or redis):
        return
    with alone(data):
        users = (data / "users").open("w")
        fcntl.flock(users, fcntl.LOCK_SH)
        # Before anything starts: an interrupted start is cleaned up too.
        atexit.register(leave, data, users)
        _end_in_order()
        own_folder(sockets(data))
        if postgres and not postgres_answers(data):
            start_postgres(data, durable=durable)
        if redis and not redis_answers(data):
            start_redis(data)


def leave(data: Path, users: IO[str]) -> None:
    """Stop both services if no other process uses them."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    with alone(data):
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        stop_postgres(data)
        stop_redis(data)
        shutil.rmtree(sockets(data), ignore_errors=True)


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Let one process at a time start or stop the services of this data folder."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / "lock").open("w")
    except PermissionError as error:
        raise EmbeddedError(
            f"{data} belongs to another user. Set TROVA_DATA to a folder of your own."
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def postgres_answers(data: Path) -> bool:
    """Tell whether the embedded PostgreSQL takes connections."""
    try:
        psycopg.connect(database_url(data, "postgres"), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def start_postgres(data: Path, *, durable: bool) -> None:
    """Start PostgreSQL, make its cluster and its database if they are missing. Raises EmbeddedError."""
    cluster = own_folder(cluster_folder(data))
    programs = postgres_programs(data) / "bin"
    if not (cluster / "PG_VERSION").exists():
        shutil.rmtree(cluster)  # what an interrupted initdb left; it wants an empty folder
        options = "-U postgres -A trust -E UTF8 -T english --locale=C --no-sync --no-instructions"
        locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        own_folder(cluster)
        _run(programs / "initdb", "-D", cluster, *options.split(), *locale)
    forget_dead(data)
    settings = SERVER_OPTIONS if durable else SERVER_OPTIONS + HASTY_OPTIONS
    server = " ".join((f"-k {sockets(data)}", *(f"-c {setting}" for setting in settings)))
    log = cluster / "server.log"
    _run(programs / "pg_ctl", "-D", cluster, "-l", log, "-t", "60", "-w", "-o", server, "start", log=log)
    with psycopg.connect(database_url(data, "postgres"), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'trova'").fetchone():
            connection.execute("CREATE DATABASE trova")


def stop_postgres(data: Path) -> None:
    """Stop PostgreSQL in order: connections are ended, nothing committed is lost."""
    cluster = cluster_folder(data)
    if (cluster / "postmaster.pid").exists():
        forget_dead(data)
    if (cluster / "postmaster.pid").exists():
        _run(postgres_programs(data) / "bin/pg_ctl", "-D", cluster, "-m", "fast", "-t", "30", "-w", "stop")


def forget_dead(data: Path) -> None:
    """Remove the lock files of a server that was killed.

    PostgreSQL believes any process of that number, a stranger or a zombie, and would never start again.
    """
    cluster = cluster_folder(data)
    for lock in (cluster / "postmaster.pid", sockets(data) / f"{POSTGRES_SOCKET}.lock"):
        if lock.exists() and not _runs(_first_number(lock), str(cluster)):
            lock.unlink()


def redis_answers(data: Path) -> bool:
    """Tell whether the embedded Redis takes connections."""
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(sockets(data) / "redis")) == 0


def start_redis(data: Path) -> None:
    """Start Redis, in memory only: it holds doorbells, the rows are in PostgreSQL. Raises EmbeddedError."""
    folder = sockets(data)
    files = ("--unixsocket", folder / "redis", "--pidfile", folder / "redis.pid", "--dir", folder)
    memory = ("--port", "0", "--save", "", "--appendonly", "no", "--daemonize", "yes")
    _run(redis_program(data), *files, *memory, "--logfile", folder / "redis.log")
    if not _within(10, lambda: redis_answers(data)):
        raise EmbeddedError(f"Redis did not start: {(folder / 'redis.log').read_text()[-500:]}")


def stop_redis(data: Path) -> None:
    """Stop Redis, a frozen one too."""
    pid_file = sockets(data) / "redis.pid"
    if not pid_file.exists():
        return
    pid = _first_number(pid_file)
    for number in (signal.SIGTERM, signal.SIGKILL):
        if _runs(pid, str(sockets(data))):
            os.kill(pid, number)
            _within(5, lambda: not _runs(pid, str(sockets(data))))


def _run(program: Path, *arguments: object, log: Path | None = None) -> None:
    """Run one of the services' programs, as an unprivileged user if we are root: PostgreSQL refuses root."""
    root = os.geteuid() == 0
    with TemporaryFile("w+") as said:  # a file: the server inherits it, and a pipe would never end
        done = subprocess.run(  # noqa: S603  our own programs
            [program, *map(str, arguments)],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,  # Ctrl-C must not reach it
            user=NOBODY if root else None,
            group=NOBODY if root else None,
            extra_groups=[] if root else None,
            check=False,
        )
        said.seek(0)
        why = log.read_text() if log and log.exists() else said.read()
    if done.returncode:
        raise EmbeddedError(f"{program.name} failed ({done.returncode}): {why[-800:]}")


def _first_number(path: Path) -> int:
    first = path.read_text().strip().partition("\n")[0]
    return int(first) if first.isdigit() else 0


def _runs(pid: int, marker: str) -> bool:
    """Tell whether that process is alive and names the marker; a zombie's command line is empty."""
    try:
        return marker.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False


def _within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return met


def _end_in_order() -> None:
    """Let TERM and HUP end this process by way of atexit, unless it has handlers of its own."""

    def end(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, end)
