"""The leases of the calls that run in this process, renewed together by one thread.

A worker that dies renews nothing, so its rows become due again; a call that outlives its lease is fenced.
"""

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Final

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Q
from django.db.models.functions import Now

from aiprefill.models import JobState, PrefillJob

log = logging.getLogger("aiprefill")

Held = tuple[uuid.UUID, int]
"""A job and the attempt that holds it."""

_held: Final[dict[Held, bool]] = {}
_changed: Final = threading.Condition()
_thread: threading.Thread | None = None
_entering = 0
_is_alone_entering = False


def lease() -> timedelta:
    """How long a claim lasts unless it is renewed."""
    return timedelta(seconds=settings.PREFILL_LEASE_SECONDS)


def running() -> int:
    """How many calls run in this process."""
    return len(_held)


@contextmanager
def room(*, alone: bool) -> Iterator[bool]:
    """Whether a call may be claimed here now, and that it stays so for the block.

    A call that runs alone needs an empty process and keeps it; the others may come at once.
    """
    global _entering, _is_alone_entering  # noqa: PLW0603  they count the threads of this process
    with _changed:
        is_free = not (_is_alone_entering or any(_held.values()))
        is_free &= not (alone and (_held or _entering))
        _entering += is_free
        _is_alone_entering |= is_free and alone
    try:
        yield is_free
    finally:
        with _changed:
            _entering -= is_free
            _is_alone_entering &= not (is_free and alone)


def hold(held: Held, *, alone: bool = False) -> None:
    """Keep this attempt's lease alive until `release`."""
    global _thread  # noqa: PLW0603  one a process, made when the first call starts
    with _changed:
        _held[held] = alone
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_keep, name="leases", daemon=True)
            _thread.start()
        _changed.notify()


def release(held: Held) -> None:
    """Renew it no more."""
    with _changed:
        _held.pop(held, None)


def renew(leases: set[Held]) -> int:
    """Prolong these leases as far as they are still held; return how many were."""
    mine = reduce(or_, (Q(pk=job_id, attempt=attempt) for job_id, attempt in leases))
    return PrefillJob.objects.filter(mine, state=JobState.RUNNING).update(lease_until=Now() + lease())


def _keep() -> None:
    pause = threading.Event()
    while True:
        with _changed:
            _changed.wait_for(lambda: _held)
        # Three renewals in a row may fail before a lease is lost.
        pause.wait(settings.PREFILL_LEASE_SECONDS / 4)
        with _changed:
            leases = set(_held)
        try:
            if leases:
                renew(leases)
        except (DatabaseError, InterfaceError) as error:
            log.warning("leases not renewed: %s", type(error).__name__)
        finally:
            connection.close()
