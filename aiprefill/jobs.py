"""Jobs being done: claimed one at a time by whoever is free, mended by a sweep when nobody is left to end them."""

import random
import threading
from collections.abc import Callable
from typing import Final

from django.db import transaction
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce, Now

from aiprefill import corrections, ledger, leases
from aiprefill.attempt import Attempt, NothingToRead, ended, nothing_to_read, release, time_left
from aiprefill.engine import suggest
from aiprefill.models import JobState, PrefillJob
from aiprefill.providers import PROVIDERS

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
        release()
        try:
            request = attempt.request()
        except NothingToRead as why:
            attempt.settle(nothing_to_read(why), draw)
        else:
            provider = PROVIDERS[attempt.job.version.provider].connect()
            result = suggest(request, provider, deadline=attempt.deadline, on_event=attempt.on_event)
            attempt.settle(result, draw)
    finally:
        leases.release(attempt.held)
    return True


def claim() -> Attempt | None:
    """Take the oldest due job and hold its lease, which the caller releases; None when none is due."""
    with _claiming:
        while not leases.runs_alone():
            with transaction.atomic():
                job = _oldest_due(among_others=leases.running() > 0)
                if job is None:
                    return None
                if job.lost >= MOST_LOSSES:
                    PrefillJob.objects.filter(pk=job.pk).update(
                        **ended(JobState.GAVE_UP, "lost_workers") | {"losses": job.lost}
                    )
                    continue
                attempt = _start(job, job.lost, job.left.total_seconds())
            leases.hold(attempt.held, alone=attempt.job.losses >= ALONE_FROM)
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


def _oldest_due(*, among_others: bool):
    """The next row, locked, with its lost workers (this one included) and the time that is left."""
    due = PrefillJob.objects.due().annotate(
        left=time_left,
        lost=F("losses") + Case(When(state=JobState.RUNNING, then=1), default=0, output_field=IntegerField()),
        last=Case(When(Q(lost__gte=ALONE_FROM), then=1), default=0, output_field=IntegerField()),
    )
    if among_others:
        due = due.filter(last=0)
    locked = due.select_for_update(skip_locked=True, of=("self",)).select_related("version")
    return locked.order_by("last", "next_at").first()


def _start(job: PrefillJob, lost: int, seconds: float) -> Attempt:
    """Write the claim on the locked row. A worker's loss is no try of the provider."""
    PrefillJob.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING,
        attempt=job.attempt + 1,
        tries=(tries := job.tries + (job.state == JobState.QUEUED)),
        losses=lost,
        lease_until=Now() + leases.lease(),
        started_at=Coalesce(F("started_at"), Now()),
        sequence=F("sequence") + 1,
    )
    job.attempt, job.tries, job.losses = job.attempt + 1, tries, lost
    return Attempt(job, seconds)
