"""Jobs being done: each claimed by whoever is free, and mended by a sweep when nobody is left to end it."""

import random
from collections.abc import Callable
from typing import Any, Final

from django.db import DatabaseError, InterfaceError
from django.db.models import Case, Exists, F, Value, When

from aiprefill import corrections, indexing, leases, ledger, prompts
from aiprefill.attempt import Attempt, NothingToRead, ended
from aiprefill.engine import suggest
from aiprefill.models import JobState, PrefillJob, Switch
from aiprefill.providers import PROVIDERS
from aiprefill.providers.base import ErrorClass, Outcome, Reply, SuggestionFailed

ALONE_FROM: Final = 2
"""Lost workers after which a job is run alone: it may be what kills them."""
MOST_LOSSES: Final = 5
SWITCHED_OFF: Final = "switched_off"
"""The error class of a job that had not begun when suggestions were turned off."""

CLAIM: Final = """
WITH oldest AS (
    SELECT id, (state = 'running')::int AS lost, deadline - statement_timestamp() AS time_left, version_id
    FROM aiprefill_prefilljob
    WHERE deadline > statement_timestamp()
        AND (
            state = 'queued' AND next_at <= statement_timestamp()
            OR state = 'running' AND lease_until <= statement_timestamp()
        )
        AND (losses + (state = 'running')::int >= %(alone_from)s) = %(alone)s
        AND NOT EXISTS (SELECT FROM aiprefill_switch WHERE is_off)
    ORDER BY next_at
    LIMIT 1
    FOR UPDATE SKIP LOCKED
)
UPDATE aiprefill_prefilljob AS job
SET state = 'running', attempt = attempt + 1, tries = tries + 1 - lost, losses = losses + lost,
    lease_until = statement_timestamp() + %(lease)s, sequence = sequence + 1,
    started_at = coalesce(started_at, statement_timestamp())
FROM oldest JOIN aiprefill_promptversion AS version ON version.number = oldest.version_id
WHERE job.id = oldest.id
RETURNING job.*, time_left, version.digest
"""
"""The oldest row of `PrefillJob.objects.due()`, claimed in one statement. A worker's loss is no try of the
provider; rows that lost `alone_from` workers run alone."""


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
    chosen: dict[str, Any] = {"alone": alone, "alone_from": ALONE_FROM, "lease": leases.lease()}
    while True:
        claimed: list[Any] = list(PrefillJob.objects.raw(CLAIM, chosen))
        if not claimed:
            return None
        (job,) = claimed
        job.version = prompts.kept_version(job.version_id, job.digest)
        if job.losses < MOST_LOSSES:
            return Attempt(job, job.time_left.total_seconds())
        gave_up = ended(JobState.GAVE_UP, "lost_workers") | {"attempt": job.attempt - 1}  # none was made
        PrefillJob.objects.filter(pk=job.pk).update(**gave_up)


def give_up_unclaimed() -> int:
    """While suggestions are off, end every job that no worker holds; say how many they were."""
    is_off = Exists(Switch.objects.filter(is_off=True))
    return PrefillJob.objects.unclaimed().filter(is_off).update(**ended(JobState.GAVE_UP, SWITCHED_OFF))


def sweep() -> None:
    """Mend what a crash, a stop or a deadline left: every second, so cheap when there is nothing."""
    give_up_unclaimed()  # what was asked for, or went back to the queue, while the switch was thrown
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
    try:
        request = attempt.request()
    except NothingToRead as why:
        return SuggestionFailed(ErrorClass.BAD_PICTURE, str(why), Reply(), 0)
    provider = PROVIDERS[attempt.job.version.provider].connect()
    return suggest(request, provider, deadline=attempt.deadline, on_event=attempt.on_event)
