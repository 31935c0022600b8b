"""What the worker does for evaluations: a bell rang, so there may be a run."""

from celery import shared_task
from celery.signals import worker_shutting_down

from evals import runner


@shared_task(ignore_result=True)
def evaluate() -> None:
    """Perform the oldest run that is due; a ring without one does nothing."""
    runner.perform_next()


@worker_shutting_down.connect
def hand_back(**_kwargs: object) -> None:
    """Let another worker go on with the run: this one is about to end."""
    runner.hand_back()
