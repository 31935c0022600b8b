"""What the worker does for the marketplace."""

import threading
from typing import Final

from celery import shared_task
from django.conf import settings

from listings import mail

_slots: Final = threading.BoundedSemaphore(settings.MAIL_SLOTS)


@shared_task(ignore_result=True)
def deliver_mail() -> None:
    """Send one mail that is due; a ring without one does nothing, and neither does one without a free slot.

    The row stays due then, and rings again within a second.
    """
    if _slots.acquire(blocking=False):
        try:
            mail.deliver_next()
        finally:
            _slots.release()
