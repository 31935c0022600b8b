"""The ringer against stores that freeze, forget and die."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import LazySettings
from django.db import connection

from trova import embedded
from trova.ringer import Bell, Ringer
from trova.tests.waiting import until


class Rows:
    """Rows of a bell: how many are due, and how often somebody looked."""

    def __init__(self) -> None:
        self.due = 0
        self.sweeps = 0
        self.error: Exception | None = None

    def count(self) -> int:
        return self.due

    def sweep(self) -> None:
        self.sweeps += 1
        if self.error:
            raise self.error

    def bell(self, name: str = "prefill", slots: int = 4) -> Bell:
        return Bell(name, "aiprefill.tasks.prefill", self.count, self.sweep, slots)


@pytest.fixture(scope="module")
def own_redis(data_folder: Path) -> Iterator[Path]:
    """A Redis that a test may freeze and kill: its data folder."""
    embedded.own_folder(embedded.sockets(data_folder))
    embedded.start_redis(data_folder)
    yield data_folder
    embedded.stop_redis(data_folder)


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
def ringer(own_redis: Path, rows: Rows, process_env: dict[str, str]) -> Iterator[Ringer]:
    """A running ringer with one bell."""
    ringer = Ringer([rows.bell()], process_env["DATABASE_URL"], embedded.redis_url(own_redis))
    if not embedded.redis_answers(own_redis):
        embedded.start_redis(own_redis)
    ringer.redis.flushall()
    thread = threading.Thread(target=ringer.run)
    thread.start()
    yield ringer
    ringer.stop()
    thread.join(10)
    assert not thread.is_alive()


def waiting(ringer: Ringer, name: str = "prefill") -> int:
    return int(ringer.redis.llen(name))


def redis_pid(folder: Path) -> int:
    return int((embedded.sockets(folder) / "redis.pid").read_text())


def looks_again(rows: Rows) -> Callable[[], bool]:
    """Whether two whole rounds have passed from now."""
    before = rows.sweeps
    return lambda: rows.sweeps >= before + 2


def test_as_many_rings_wait_as_rows_are_due(ringer: Ringer, rows: Rows) -> None:
    rows.due = 3
    until(lambda: waiting(ringer) == 3)
    until(looks_again(rows))
    assert waiting(ringer) == 3


def test_no_more_rings_wait_than_there_are_slots(ringer: Ringer, rows: Rows) -> None:
    rows.due = 1000
    until(lambda: waiting(ringer) == 4)
    until(looks_again(rows))
    assert waiting(ringer) == 4


def test_a_committed_row_rings_at_once(ringer: Ringer, rows: Rows) -> None:
    until(lambda: rows.sweeps)
    rows.due, before = 1, rows.sweeps
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY prefill")
    until(lambda: waiting(ringer) == 1, 0.9)
    assert rows.sweeps <= before + 1


def test_a_redis_that_forgets_is_told_again(ringer: Ringer, rows: Rows) -> None:
    rows.due = 2
    until(lambda: waiting(ringer) == 2)
    ringer.redis.flushall()
    until(lambda: waiting(ringer) == 2, 3)


def test_a_frozen_redis_stops_no_sweep(ringer: Ringer, rows: Rows, own_redis: Path) -> None:
    pid = redis_pid(own_redis)
    until(lambda: rows.sweeps)
    os.kill(pid, signal.SIGSTOP)
    try:
        rows.due = 1
        until(looks_again(rows), 5)
    finally:
        os.kill(pid, signal.SIGCONT)
    until(lambda: waiting(ringer) == 1)


def test_a_redis_that_died_is_rung_when_it_is_back(ringer: Ringer, rows: Rows, own_redis: Path) -> None:
    os.kill(redis_pid(own_redis), signal.SIGKILL)
    until(lambda: not embedded.redis_answers(own_redis))
    rows.due = 1
    until(looks_again(rows), 5)
    embedded.start_redis(own_redis)
    until(lambda: waiting(ringer) == 1)


def test_it_listens_again_when_its_connection_is_cut(ringer: Ringer, rows: Rows) -> None:
    until(lambda: rows.sweeps)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        )
        assert cursor.rowcount == 1
    rows.due = 1
    until(lambda: waiting(ringer) == 1)
    until(looks_again(rows))


def test_it_waits_for_a_database_that_is_not_there(own_redis: Path, rows: Rows) -> None:
    nowhere = embedded.database_url(own_redis / "nowhere")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(nowhere)
    ringer = Ringer([rows.bell()], nowhere, embedded.redis_url(own_redis))
    thread = threading.Thread(target=ringer.run)
    thread.start()
    ringer.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert rows.sweeps == 0


@pytest.mark.django_db
def test_a_bell_that_fails_silences_no_other(own_redis: Path, caplog: pytest.LogCaptureFixture) -> None:
    broken, sound = Rows(), Rows()
    broken.error, sound.due = ValueError("no good"), 1
    bells = [broken.bell("prefill"), sound.bell("mail")]
    ringer = Ringer(bells, "", embedded.redis_url(own_redis))
    ringer.redis.flushall()
    ringer.look()
    assert (waiting(ringer, "mail"), sound.sweeps) == (1, 1)
    assert "sweep of prefill failed" in caplog.text


def test_the_web_never_loads_redis(process_env: dict[str, str]) -> None:
    """A frozen Redis slows nobody who has no connection to it."""
    code = """
import sys, django
django.setup()
from django.urls import get_resolver
from trova.wsgi import application
get_resolver().reverse_dict
loaded = {"redis", "kombu.transport.redis", "trova.ringer"} & set(sys.modules)
sys.exit(f"the web loads {loaded}" if loaded else 0)
"""
    env = process_env | {"DJANGO_SETTINGS_MODULE": "trova.settings"}
    done = subprocess.run([sys.executable, "-c", code], check=False, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_bells_of_the_site_can_be_rung(settings: LazySettings) -> None:
    for name, bell in settings.DOORBELLS.items():
        assert callable(Bell.from_setting(name, *bell).due_count)
