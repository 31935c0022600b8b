"""Jobs being done: each claimed by whoever is free, and mended by a sweep when nobody is left to end it."""

import random
import threading
from collections.abc import Callable
from typing import Final

from django.db import DatabaseError, InterfaceError, transaction
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce, Now

from aiprefill import corrections, indexing, leases, ledger
from aiprefill.attempt import Attempt, NothingToRead, ended, release, time_left
from aiprefill.engine import suggest
from aiprefill.models import JobState, PrefillJob
from aiprefill.providers import PROVIDERS
from aiprefill.providers.base import ErrorClass, Outcome, Reply, SuggestionFailed

ALONE_FROM: Final = 2
"""Lost workers after which a job is run alone: it may be what kills them."""
MOST_LOSSES: Final = 5

# Between looking what runs here and claiming, no other thread may claim.
_claiming: Final = threading.Lock()


def due_count() -> int:
    """How many jobs wait for a worker now."""
    return PrefillJob.objects.due().count()


def perform_next(draw: Callable[[], float] = random.random) -> bool:
    """Claim the oldest due job and make one call for it; False when none is due.

    `draw` gives the jitter of the next try, 0 to 1.
    """
    attempt = claim()
    if attempt is None:
        return False
    try:
        attempt.settle(_called(attempt), draw)
    except (DatabaseError, InterfaceError):
        raise  # the lease runs out, and the row is due again
    except Exception:
        # A mistake of ours would come back with every worker: the seller is told now.
        attempt.give_up("internal")
        raise
    finally:
        leases.release(attempt.held)
    return True


def claim() -> Attempt | None:
    """Take the oldest due job and hold its lease, which the caller releases; None when none is due."""
    with _claiming:
        while not leases.runs_alone():
            with transaction.atomic():
                due = _oldest_due(among_others=leases.running() > 0)
                if due is None:
                    return None
                job, seconds = due
                job.losses += job.state == JobState.RUNNING
                if job.losses >= MOST_LOSSES:
                    gave_up = ended(JobState.GAVE_UP, "lost_workers") | {"losses": job.losses}
                    PrefillJob.objects.filter(pk=job.pk).update(**gave_up)
                    continue
                attempt = _start(job, seconds)
            leases.hold(attempt.held, alone=job.losses >= ALONE_FROM)
            return attempt
    return None


def sweep() -> None:
    """Mend what a crash, a stop or a deadline left: every second, so cheap when there is nothing."""
    PrefillJob.objects.overdue().update(
        **ended(JobState.GAVE_UP)
        | {"error_class": Case(When(error_class="", then=Value("deadline")), default=F("error_class"))}
        | {"error_detail": F("error_detail")}
    )
    ledger.settle_lost()
    corrections.sweep()
    indexing.sweep()


def _called(attempt: Attempt) -> Outcome | SuggestionFailed:
    """What the provider made of the photos; no database connection is held meanwhile."""
    release()
    try:
        request = attempt.request()
    except NothingToRead as why:
        return SuggestionFailed(ErrorClass.BAD_PICTURE, str(why), Reply(), 0)
    provider = PROVIDERS[attempt.job.version.provider].connect()
    return suggest(request, provider, deadline=attempt.deadline, on_event=attempt.on_event)


def _oldest_due(*, among_others: bool) -> tuple[PrefillJob, float] | None:
    """The next row, locked, and its seconds left; one that kills workers comes last and not beside others."""
    is_lost = Case(When(state=JobState.RUNNING, then=1), default=0, output_field=IntegerField())
    due = PrefillJob.objects.due().annotate(left=time_left, is_last=Q(losses__gte=ALONE_FROM - is_lost))
    if among_others:
        due = due.filter(is_last=False)
    locked = due.select_for_update(skip_locked=True).order_by("is_last", "next_at").values_list("pk", "left")
    row = locked.first()
    if row is None:
        return None
    return PrefillJob.objects.select_related("version").get(pk=row[0]), row[1].total_seconds()


def _start(job: PrefillJob, seconds: float) -> Attempt:
    """Write the claim on the locked row. A worker's loss is no try of the provider."""
    job.attempt += 1
    job.tries += job.state == JobState.QUEUED
    PrefillJob.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING,
        attempt=job.attempt,
        tries=job.tries,
        losses=job.losses,
        lease_until=Now() + leases.lease(),
        started_at=Coalesce(F("started_at"), Now()),
        sequence=F("sequence") + 1,
    )
    return Attempt(job, seconds)
