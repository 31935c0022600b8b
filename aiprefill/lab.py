"""Trying another prompt version on photos that a job has read, for people who judge. No seller sees it."""

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from aiprefill.models import PrefillJob, PromptVersion, Purpose


class NothingToRead(Exception):
    """The listing of the job is gone, and its photos with it."""

    def __init__(self) -> None:
        super().__init__("The listing was deleted, and its photos with it.")


def run_again(job: PrefillJob, version: PromptVersion) -> PrefillJob:
    """Queue a lab job over the photos of `job` with `version`. Raises `NothingToRead`."""
    if job.listing_id is None or job.erased_at is not None:
        raise NothingToRead
    with transaction.atomic():
        lab_job = PrefillJob.objects.create(
            purpose=Purpose.LAB,
            listing_id=job.listing_id,
            photo_ids=job.photo_ids,
            photo_set_digest=job.photo_set_digest,
            version=version,
            language=job.language,
            unit=job.unit,
            deadline=Now() + timedelta(seconds=settings.PREFILL_DEADLINE_SECONDS),
        )
        with connection.cursor() as cursor:
            cursor.execute("NOTIFY prefill")
    return lab_job
