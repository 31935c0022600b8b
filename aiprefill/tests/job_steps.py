"""What happens to a job, one step at a time."""

from datetime import timedelta

from django.db.models.functions import Now

from aiprefill import actions, jobs
from aiprefill.models import PrefillJob, SpendDay
from listings.models import Listing
from listings.tests.cast import UNIT, make_draft


def asked(listing: Listing | None = None) -> PrefillJob:
    job = actions.ask(listing or make_draft(), unit=UNIT, seller=None, language="en")
    assert isinstance(job, PrefillJob), job
    return job


def run(job: PrefillJob, jitter: float = 0.0) -> PrefillJob:
    """The job after one more call, made now however long it would have waited."""
    PrefillJob.objects.filter(pk=job.pk).update(next_at=Now())
    assert jobs.perform_next(lambda: jitter)
    job.refresh_from_db()
    return job


def values(job: PrefillJob) -> dict[str, object]:
    return {name: field["value"] for name, field in job.fields.items()}


def spent() -> tuple[int, int]:
    """(reserved, spent) of all days."""
    days = SpendDay.objects.all()
    return sum(day.reserved_micros for day in days), sum(day.spent_micros for day in days)


def lose_the_worker(job: PrefillJob) -> None:
    PrefillJob.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))


def let_time_pass(job: PrefillJob) -> None:
    """Bring the job past its deadline."""
    PrefillJob.objects.filter(pk=job.pk).update(
        created_at=Now() - timedelta(minutes=3), deadline=Now() - timedelta(minutes=1)
    )
