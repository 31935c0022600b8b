"""A mail server that accepts and says nothing: it holds its own few threads, and suggestions go on."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import LazySettings
from django.core.mail import send_mail
from django.db import connection

from aiprefill import actions
from aiprefill.models import JobState, PrefillJob
from aiprefill.tests.provider_server import ProviderServer
from listings import mail, tasks
from listings.models import Mail, Seller
from listings.tests.cast import UNIT, make_draft
from listings.tests.smtp_server import Post, smtp_server
from trova.celery import app
from trova.ringer import Bell, Ringer
from trova.tests.test_env_example import SERVICES
from trova.tests.waiting import until

SLOTS = 8
"""Threads of the worker; a quarter of them are for mail."""
SOON = 60
"""Seconds: a worker has started and done its job, also on a machine that is busy."""

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def silent(settings: LazySettings) -> Iterator[Post]:
    """The server, which says nothing yet."""
    settings.EMAIL_BACKEND = "listings.mail.OutboxBackend"
    with smtp_server() as server:
        settings.DELIVERY = {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": server.port,
        }
        server.speaks.clear()
        yield server


def put_in(count: int) -> None:
    for number in range(count):
        send_mail(f"Your code {number}", "It is 1234.", "a@example.org", ["b@example.org"])


def ring() -> None:
    try:
        tasks.deliver_mail()
    finally:
        connection.close()


def test_it_holds_as_many_deliveries_as_there_are_slots(silent: Post, settings: LazySettings) -> None:
    put_in(12)
    with ThreadPoolExecutor(12) as threads:
        rings = [threads.submit(ring) for _ in range(12)]
        # Sooner than the deliveries give up.
        until(lambda: sum(each.done() for each in rings) == 12 - settings.MAIL_SLOTS, mail.SECONDS - 5)
        until(lambda: silent.most_kept_waiting >= settings.MAIL_SLOTS)
        assert Mail.objects.filter(attempts=1).count() == settings.MAIL_SLOTS
        silent.speaks.set()
        wait(rings)
    assert len(silent.arrived) == settings.MAIL_SLOTS
    while mail.due_count():
        ring()
    assert len(silent.arrived) == 12


@pytest.fixture
def worker(
    media: Path, process_env: dict[str, str], silent: Post, provider: ProviderServer, settings: LazySettings
) -> Iterator[subprocess.Popen[bytes]]:
    """The worker of docker-compose.yml with few threads, and no rings left by others."""
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    own = {
        "WORKER_SLOTS": str(SLOTS),
        "MAIL_URL": f"smtp://127.0.0.1:{silent.port}",
        "OPENAI_BASE_URL": provider.url,
    }
    command = [sys.executable, "-m", *SERVICES["worker"]["command"]]
    process = subprocess.Popen(command, env=process_env | own)
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def looks(process_env: dict[str, str], settings: LazySettings) -> Iterator[list[int]]:
    """The site's ringer, in this process; how many mails were due at each of its looks at them."""
    seen: list[int] = []

    def counted() -> int:
        seen.append(mail.due_count())
        return seen[-1]

    bells = {name: Bell.from_setting(name, *bell) for name, bell in settings.DOORBELLS.items()}
    bells["mail"] = bells["mail"]._replace(due_count=counted)
    ringer = Ringer(bells.values(), process_env["DATABASE_URL"], settings.REDIS_URL)
    thread = threading.Thread(target=ringer.run)
    thread.start()
    yield seen
    ringer.stop()
    thread.join()


def pool() -> dict[str, Any]:
    """What the worker tells of its threads; empty while it does not answer."""
    answers = app.control.inspect(timeout=1).stats() or {}
    return next((told["pool"] for told in answers.values()), {})


def test_a_suggestion_is_made_while_it_hangs(
    worker: subprocess.Popen[bytes], silent: Post, looks: list[int]
) -> None:
    until(pool, SOON)
    assert pool()["max-concurrency"] == SLOTS
    put_in(40)
    until(lambda: silent.most_kept_waiting >= SLOTS // 4)
    rung = len(looks)
    until(lambda: len(looks) > rung + 3)  # each of them rang for more
    seller = Seller.objects.create_user("seller@example.org", "correct horse")
    job = actions.ask(make_draft(seller), unit=UNIT, seller=seller, language="en")
    assert isinstance(job, PrefillJob)
    until(lambda: PrefillJob.objects.filter(pk=job.pk, state=JobState.DONE).exists(), SOON)
    assert silent.most_kept_waiting == SLOTS // 4
