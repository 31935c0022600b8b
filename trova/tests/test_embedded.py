"""The embedded services: one start for many users, and a way back from every death."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import redis

from trova import embedded, programs

USER = """
import sys
from pathlib import Path
from trova import embedded, programs
embedded.use(Path(sys.argv[1]))
print("up", flush=True)
sys.stdin.read()
"""


class User:
    """A process that uses the services until it is told to end."""

    def __init__(self, data: Path) -> None:
        command = [sys.executable, "-c", USER, str(data)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.up = self.process.stdout.readline() == "up\n"

    def end(self, number: signal.Signals | None = None) -> int:
        if number is not None:
            self.process.send_signal(number)
        self.process.communicate(timeout=60)
        return self.process.returncode


Start = Callable[[], User]


@pytest.fixture(scope="module")
def data(data_folder: Path) -> Path:
    return data_folder


@pytest.fixture
def start(data: Path) -> Iterator[Start]:
    """Start users of the data folder; whatever a test leaves is stopped in order."""
    users: list[User] = []

    def start_one() -> User:
        users.append(User(data))
        return users[-1]

    yield start_one
    for user in users:
        if user.process.returncode is None:
            user.end()
    if embedded.sockets(data).exists():
        User(data).end()
    assert not embedded.sockets(data).exists()


def write(data: Path) -> None:
    with psycopg.connect(embedded.database_url(data)) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
        connection.execute("INSERT INTO kept VALUES (1)")


def written(data: Path) -> int:
    with psycopg.connect(embedded.database_url(data)) as connection:
        return len(connection.execute("SELECT id FROM kept").fetchall())


def test_four_processes_start_at_once_and_the_last_one_out_stops_both(data: Path, start: Start) -> None:
    with ThreadPoolExecutor(4) as pool:
        users = [call.result() for call in [pool.submit(start) for _ in range(4)]]
    assert [user.up for user in users] == [True] * 4
    assert embedded.postgres_answers(data)
    assert redis.Redis.from_url(embedded.redis_url(data, 3)).ping()
    for user in users[:3]:
        assert user.end() == 0
    assert embedded.postgres_answers(data)
    assert embedded.redis_answers(data)
    assert users[3].end(signal.SIGTERM) == 128 + signal.SIGTERM
    assert not embedded.postgres_answers(data)
    assert not embedded.redis_answers(data)
    assert not embedded.sockets(data).exists()


def test_after_a_killed_user_the_next_one_adopts_what_runs_and_stops_it(data: Path, start: Start) -> None:
    first = start()
    write(data)
    first.end(signal.SIGKILL)
    assert embedded.postgres_answers(data)
    second = start()
    assert written(data) >= 1
    second.end()
    assert not embedded.postgres_answers(data)
    assert not embedded.redis_answers(data)


def test_after_everything_was_killed_it_starts_again_with_what_was_committed(
    data: Path, start: Start
) -> None:
    user = start()
    write(data)
    before = written(data)
    kill_everything(data, user)
    lock = embedded.cluster_folder(data) / "postmaster.pid"
    assert lock.exists()
    # The worst case: a living stranger now has the number that the lock names.
    lock.write_text(lock.read_text().replace(lock.read_text().split()[0], str(os.getpid()), 1))
    again = start()
    assert again.up
    assert written(data) == before
    assert again.end() == 0


def kill_everything(data: Path, user: User) -> None:
    user.end(signal.SIGKILL)
    postmaster = int((embedded.cluster_folder(data) / "postmaster.pid").read_text().split()[0])
    backends = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    doorbell = int((embedded.sockets(data) / "redis.pid").read_text())
    for pid in (postmaster, doorbell, *map(int, backends)):
        os.kill(pid, signal.SIGKILL)


def test_urls_start_nothing(tmp_path: Path) -> None:
    assert embedded.database_url(tmp_path).startswith("postgres://postgres@/trova?host=/")
    assert embedded.redis_url(tmp_path, 2).endswith("/redis?db=2")
    assert list(tmp_path.iterdir()) == []
    assert not embedded.sockets(tmp_path).exists()


def test_a_long_data_folder_still_gives_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("long/" * 40)
    assert len(str(embedded.sockets(deep) / embedded.POSTGRES_SOCKET)) < 107


def test_a_strangers_socket_folder_is_refused(tmp_path: Path) -> None:
    embedded.sockets(tmp_path).mkdir(mode=0o755)
    try:
        with pytest.raises(embedded.EmbeddedError, match="made by somebody else"):
            programs.own_folder(embedded.sockets(tmp_path))
    finally:
        embedded.sockets(tmp_path).rmdir()
