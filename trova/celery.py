"""The worker: threads that wait for providers. A message is a doorbell; PostgreSQL holds the work."""

import os
import warnings

from celery import Celery
from celery.exceptions import SecurityWarning
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trova.settings")
# Running as root in a container is harmless with JSON messages that carry nothing.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("trova")


@app.on_configure.connect
def configure(sender: Celery, **_kwargs: object) -> None:
    """Read Django's settings when the worker needs them, not when web code imports this module."""
    from django.conf import settings

    # Celery's names for redis-py's URL of a socket and for its database number
    url = settings.REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)
    sender.conf.update(
        broker_url=url,
        task_queues=[Queue(name) for name in settings.DOORBELLS],
        # A message that dies with its worker is rung again: Redis need not keep it until it is acknowledged.
        broker_transport_options={"ack_emulation": False},
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        worker_concurrency=settings.WORKER_SLOTS,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        timezone="UTC",
    )


app.autodiscover_tasks()
