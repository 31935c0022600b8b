"""The worker and the ringer as processes: whatever dies, freezes or forgets, every job comes to its end."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.conf import LazySettings
from django.db import connection
from django.db.models.functions import Now

from aiprefill import actions
from aiprefill.models import JobState, OutputStatus, PrefillJob, Purpose, SpendDay
from aiprefill.tests.provider_server import ProviderServer
from listings.fields import AI_FIELDS
from listings.models import Seller
from listings.tests.cast import UNIT, make_draft
from trova.ringer import Bell, Ringer
from trova.tests.waiting import until

Process = subprocess.Popen[bytes]
Work = Callable[..., Process]

SOON = 60
"""Seconds: a worker has started and done its job, also on a machine that is busy."""


@pytest.fixture
def provider() -> Iterator[ProviderServer]:
    with ProviderServer() as server:
        yield server


@pytest.fixture(autouse=True)
def site(settings: LazySettings, tmp_path: Path, provider: ProviderServer) -> None:
    """Short leases and calls, so that a loss is noticed soon, and no rings left by others."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.OPENAI_BASE_URL = provider.url
    settings.PREFILL_LEASE_SECONDS, settings.PREFILL_CALL_SECONDS = 2, 8
    redis.Redis.from_url(settings.REDIS_URL).flushdb()


@pytest.fixture
def start(process_env: dict[str, str], provider: ProviderServer, settings: LazySettings) -> Iterator[Work]:
    """Start processes of the project on this test's stores; all end with the test."""
    started: list[Process] = []

    def begin(*arguments: str) -> Process:
        own = {
            "OPENAI_BASE_URL": provider.url,
            "PREFILL_LEASE_SECONDS": str(settings.PREFILL_LEASE_SECONDS),
            "PREFILL_CALL_SECONDS": str(settings.PREFILL_CALL_SECONDS),
        }
        process = subprocess.Popen([sys.executable, *arguments], env=process_env | own)
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def work(start: Work) -> Work:
    """Start a worker with this many threads."""
    celery = "celery -A trova worker -P threads --prefetch-multiplier 1 --without-gossip --without-mingle"
    return lambda slots=8: start("-m", *celery.split(), "-c", str(slots))


@pytest.fixture
def ringer(process_env: dict[str, str], settings: LazySettings) -> Iterator[Ringer]:
    """A ringer that runs in this process."""
    bell = Bell.from_setting("prefill", *settings.DOORBELLS["prefill"])
    ringer = Ringer([bell], process_env["DATABASE_URL"], settings.REDIS_URL)
    thread = threading.Thread(target=ringer.run)
    thread.start()
    yield ringer
    ringer.stop()
    thread.join()


@pytest.fixture
def seller(transactional_db: None) -> Seller:
    return Seller.objects.create_user("seller@example.org", "correct horse")


def asked(seller: Seller) -> PrefillJob:
    """A job that is due."""
    job = actions.ask(make_draft(seller), unit=UNIT, seller=seller, language="en")
    assert isinstance(job, PrefillJob)
    return job


def is_now(job: PrefillJob, **values: object) -> Callable[[], bool]:
    return lambda: PrefillJob.objects.filter(pk=job.pk, **values).exists()


def calls(job: PrefillJob) -> list[str]:
    """How each call for the job stands, oldest first."""
    return list(job.outputs.order_by("pk").values_list("status", flat=True))


def assert_nothing_is_reserved() -> None:
    assert not SpendDay.objects.exclude(reserved_micros=0).exists()


def test_the_processes_of_the_site_read_a_draft(work: Work, start: Work, seller: Seller) -> None:
    ring = start("manage.py", "ring")
    work()
    job = asked(seller)
    until(is_now(job, state=JobState.DONE), SOON)
    assert_nothing_is_reserved()
    ring.terminate()
    assert ring.wait(10) == 0


def test_a_worker_that_dies_in_a_call_loses_nothing(
    work: Work, ringer: Ringer, provider: ProviderServer, seller: Seller, settings: LazySettings
) -> None:
    provider.script.hold_after = ("title",)
    first = work()
    job = asked(seller)
    until(is_now(job, fields__has_key="title"), SOON)
    first.kill()
    provider.release()
    work()
    until(is_now(job, state=JobState.DONE), SOON)
    until(lambda: calls(job) == [OutputStatus.LOST, OutputStatus.OK], SOON)
    job.refresh_from_db()
    assert (job.attempt, job.losses, job.tries) == (2, 1, 1)
    assert set(job.fields) == set(AI_FIELDS)
    assert len(provider.ledger) == 2
    assert SpendDay.objects.get().spent_micros > settings.PREFILL_CALL_RESERVE_MICROS
    assert_nothing_is_reserved()


def test_a_worker_that_comes_back_late_changes_nothing(
    work: Work, ringer: Ringer, provider: ProviderServer, seller: Seller, settings: LazySettings
) -> None:
    settings.PREFILL_CALL_SECONDS = 80  # it comes back before anybody takes it for lost
    provider.script.hold_after = ("title",)
    frozen = work()
    job = asked(seller)
    until(is_now(job, fields__has_key="title"), SOON)
    os.kill(frozen.pid, signal.SIGSTOP)
    until(is_now(job, lease_until__lte=Now()))
    provider.release()
    work()
    until(is_now(job, state=JobState.DONE), SOON)
    row = PrefillJob.objects.filter(pk=job.pk).values().get()
    os.kill(frozen.pid, signal.SIGCONT)
    until(lambda: calls(job) == [OutputStatus.FENCED, OutputStatus.OK])
    assert PrefillJob.objects.filter(pk=job.pk).values().get() == row
    assert_nothing_is_reserved()


def test_a_redis_that_forgets_everything_delays_a_job_by_seconds(
    work: Work, ringer: Ringer, provider: ProviderServer, seller: Seller
) -> None:
    provider.script.hold_after = ("title",)
    work(1)
    first = asked(seller)
    until(is_now(first, fields__has_key="title"), SOON)
    second = asked(seller)
    until(lambda: ringer.redis.llen("prefill"))
    ringer.redis.flushdb()
    provider.release()
    until(is_now(second, state=JobState.DONE), 5)


def test_sixty_four_calls_at_once_need_few_connections(
    work: Work, ringer: Ringer, provider: ProviderServer, seller: Seller
) -> None:
    provider.script.hold_after = ("title",)
    first = asked(seller)
    PrefillJob.objects.bulk_create(
        PrefillJob(
            purpose=Purpose.LAB,
            listing=first.listing,
            photo_ids=first.photo_ids,
            photo_set_digest=first.photo_set_digest,
            version=first.version,
            unit=UNIT,
            deadline=Now() + timedelta(seconds=90),
        )
        for _ in range(63)
    )
    work(64)
    held: list[int] = []

    def seen(**values: object) -> int:
        held.append(connections())
        return PrefillJob.objects.filter(**values).count()

    until(lambda: seen(state=JobState.RUNNING, fields__has_key="title") == 64, SOON)
    provider.release()
    until(lambda: seen(state=JobState.DONE) == 64, SOON)
    assert max(held) <= 12
    assert_nothing_is_reserved()


def connections() -> int:
    """How many connections to the test's database are open, this thread's own left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])
