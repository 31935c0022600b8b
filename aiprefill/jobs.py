"""Jobs being done: each claimed by whoever is free, and mended by a sweep when nobody is left to end it."""

import random
from collections.abc import Callable
from typing import Any, Final

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
    for alone in (False, True):
        with leases.room(alone=alone) as is_free:
            attempt = _claim(alone=alone) if is_free else None
            if attempt:
                leases.hold(attempt.held, alone=alone)
                return attempt
    return None


def _claim(*, alone: bool) -> Attempt | None:
    """Claim the oldest due row of those that run alone, or of the others."""
    while True:
        with transaction.atomic():
            job = _oldest_due(alone=alone)
            if job is None:
                return None
            seconds = job.left.total_seconds()
            job.losses += job.state == JobState.RUNNING
            if job.losses < MOST_LOSSES:
                return _start(job, seconds)
            gave_up = ended(JobState.GAVE_UP, "lost_workers") | {"losses": job.losses}
            PrefillJob.objects.filter(pk=job.pk).update(**gave_up)


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


def _oldest_due(*, alone: bool) -> Any:
    """The next row with its version and the time that is `left`, locked."""
    is_lost = Case(When(state=JobState.RUNNING, then=1), default=0, output_field=IntegerField())
    due = PrefillJob.objects.due().annotate(left=time_left, is_alone=Q(losses__gte=ALONE_FROM - is_lost))
    locked = due.select_related("version").select_for_update(of=("self",), skip_locked=True)
    return locked.filter(is_alone=alone).order_by("next_at").first()


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
