"""Many jobs at once on one worker process: whether calls wait for each other, or for the database."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Final, NamedTuple

import psycopg
from django.db import transaction
from django.db.models import Max

from aiprefill import lab
from aiprefill.models import OPEN_STATES, JobState, PrefillJob
from trova import embedded
from trova.bench.provider import Provider
from trova.bench.site import DATA
from trova.bench.tables import head, row, verdict
from trova.tests.waiting import until

JOBS: Final = 64
EVENTS: Final = 60
ANSWER_SECONDS: Final = 2.0
ROUNDS: Final = 5
MOST_SECONDS: Final = 2.6
MOST_CONNECTIONS: Final = 12
SAMPLED_EVERY: Final = 0.02
PATIENCE: Final = 60
"""Seconds."""

OPEN: Final = """SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name IN ('worker', 'ringer')"""


class Round(NamedTuple):
    """Seconds from the provider's first receipt, and the most connections that were open at once."""

    settled: float
    answered: float
    received: float
    connections: int


def measure(provider: Provider, job: PrefillJob) -> bool:
    """Print the table; true if both bounds hold. All jobs read the photo of `job`."""
    provider.script(events=EVENTS, seconds=ANSWER_SECONDS)
    rounds = [one_round(provider, job) for _ in range(ROUNDS)]
    head(f"{JOBS} jobs at once, {EVENTS} events each over {ANSWER_SECONDS:.0f} s, one worker process")
    row("first receipt to all settled, s", [each.settled for each in rounds], 2)
    row("first receipt to the provider's last byte, s", [each.answered for each in rounds], 2)
    row("first receipt to the last, s", [each.received for each in rounds], 2)
    row("connections to the database, worker and ringer", [each.connections for each in rounds])
    soon = verdict(
        f"settled within {MOST_SECONDS} s (median)",
        median(each.settled for each in rounds) <= MOST_SECONDS,
    )
    few = max(each.connections for each in rounds) <= MOST_CONNECTIONS
    return verdict(f"at most {MOST_CONNECTIONS} connections in any round", few) and soon


def one_round(provider: Provider, job: PrefillJob) -> Round:
    """Ask for all jobs in one moment and wait until all are done."""
    known = len(provider.requests())
    with sampling() as open_at_once:
        with transaction.atomic():
            jobs = [lab.run_again(job, job.version).pk for _ in range(JOBS)]
        mine = PrefillJob.objects.filter(pk__in=jobs)
        until(lambda: not mine.filter(state__in=OPEN_STATES).exists(), PATIENCE)
    failed = mine.exclude(state=JobState.DONE).count()
    if failed:
        raise RuntimeError(f"{failed} of {JOBS} jobs failed")
    requests = provider.requests()[known:]
    first = min(each["at"] for each in requests)
    last = mine.aggregate(last=Max("ended_at"))["last"]
    return Round(
        last.timestamp() - first,
        max(each["sent"][-1][0] for each in requests) - first,
        max(each["at"] for each in requests) - first,
        max(open_at_once),
    )


@contextmanager
def sampling() -> Iterator[list[int]]:
    """Count the open connections again and again during the block."""
    counts: list[int] = []
    stop = threading.Event()

    def sample() -> None:
        with psycopg.connect(embedded.database_url(DATA), autocommit=True) as sampler:
            while not stop.wait(SAMPLED_EVERY):
                counts.extend(found for (found,) in sampler.execute(OPEN))

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield counts
    finally:
        stop.set()
        thread.join()
