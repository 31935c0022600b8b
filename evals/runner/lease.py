"""Who performs a run: claimed by one process at a time, held by a heartbeat, taken over when that ends."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Now

from evals.models import EvalRun, RunState

log = logging.getLogger("evals")

MOST_ATTEMPTS: Final = 30
"""After so many, a run that loses its process waits for a person."""
BY_A_PERSON: Final = "Stopped by a person."
TOO_OFTEN: Final = f"Its process was lost, in {MOST_ATTEMPTS} attempts or more."


class LeaseLost(Exception):
    """The run is no longer this process's: it was taken over."""

    def __init__(self) -> None:
        super().__init__("Another process performs the run now.")


def lease() -> timedelta:
    """How long a claim lasts unless it is renewed."""
    return timedelta(seconds=settings.PREFILL_LEASE_SECONDS)


def due_count() -> int:
    """How many runs wait for a worker: none while one runs, so that a run never holds two of its threads."""
    return 0 if _performed().exists() else EvalRun.objects.due().count()


def claim_next() -> EvalRun | None:
    """The oldest run that is due, now this process's; None when there is none or another one runs."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Two workers that were rung together must not take two runs.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('evals.claim', 0))")
        if _performed().exists():
            return None
        oldest = EvalRun.objects.due().order_by("asked_at", "pk").first()
        return claim(oldest) if oldest else None


def claim(run: EvalRun) -> EvalRun | None:
    """The run, now this process's; None unless it waits, or was left by a process that died.

    One that has ended waits again once a person asks for it (`ask`, `go_on`), not before.
    """
    free = Q(state=RunState.QUEUED) | Q(state=RunState.RUNNING, lease_until__lt=Now())
    claimed = EvalRun.objects.filter(free, pk=run.pk).update(
        state=RunState.RUNNING,
        attempt=F("attempt") + 1,
        lease_until=Now() + lease(),
        started_at=Coalesce(F("started_at"), Now()),
        ended_at=None,
        reason="",
        stop_asked=False,
    )
    return EvalRun.objects.select_related("version", "release__dataset").get(pk=run.pk) if claimed else None


def ask_to_stop(run: EvalRun) -> None:
    """Let a run end after the calls under way; one that waits for a worker ends at once."""
    waiting = EvalRun.objects.filter(pk=run.pk, state=RunState.QUEUED)
    if not waiting.update(state=RunState.STOPPED, reason=BY_A_PERSON, ended_at=Now()):
        EvalRun.objects.filter(pk=run.pk, state=RunState.RUNNING).update(stop_asked=True)


def sweep() -> None:
    """Fail the runs that lost their process again and again: they may be what ends it."""
    lost = EvalRun.objects.filter(state=RunState.RUNNING, lease_until__lt=Now(), attempt__gte=MOST_ATTEMPTS)
    lost.update(state=RunState.FAILED, reason=TOO_OFTEN, lease_until=None, ended_at=Now())


def mine(run: EvalRun) -> QuerySet[EvalRun]:
    """The run's row as long as this process holds it."""
    return EvalRun.objects.filter(pk=run.pk, attempt=run.attempt, state=RunState.RUNNING)


def end(run: EvalRun, state: RunState, reason: str = "") -> None:
    """Give the run up in this state; what another process holds is left alone."""
    ended: dict[str, Any] = {"state": state, "reason": reason[:300], "lease_until": None}
    mine(run).update(**ended | ({} if state == RunState.QUEUED else {"ended_at": Now()}))


@contextmanager
def held(run: EvalRun, stop: Callable[[str], None]) -> Iterator[None]:
    """Keep the lease alive for the block. `stop` is called with the reason when the run is to end early."""
    over = threading.Event()

    def beat() -> None:
        # Three renewals in a row may fail before the lease is lost.
        while not over.wait(settings.PREFILL_LEASE_SECONDS / 4):
            try:
                _renew(run, stop)
            except (DatabaseError, InterfaceError) as error:
                log.warning("lease of run %s not renewed: %s", run.pk, type(error).__name__)
            finally:
                connection.close()

    thread = threading.Thread(target=beat, name=f"run-{run.pk}-lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _renew(run: EvalRun, stop: Callable[[str], None]) -> None:
    if not mine(run).update(lease_until=Now() + lease()):
        stop(str(LeaseLost()))
    elif mine(run).filter(stop_asked=True).exists():
        stop(BY_A_PERSON)


def _performed() -> QuerySet[EvalRun]:
    return EvalRun.objects.filter(state=RunState.RUNNING, lease_until__gte=Now())
