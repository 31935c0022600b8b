"""What the worker does for suggestions: a bell rang, so there may be a job."""

from celery import shared_task

from aiprefill import jobs


@shared_task(ignore_result=True)
def prefill() -> None:
    """Run the oldest job that is due; a ring without one does nothing."""
    jobs.perform_next()
