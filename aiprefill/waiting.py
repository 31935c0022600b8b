"""Waiting for a reading inside a request: shortly, by few, and with no database connection in hand."""

import threading
import time
from datetime import timedelta
from typing import Final

from django.conf import settings

from aiprefill.attempt import release
from aiprefill.models import PrefillJob

LONGEST: Final = timedelta(seconds=20)
PAUSES: Final = (0.05, 0.1, 0.2, 0.3)
"""Seconds between two looks at the row; the last one stays."""
ROOM: Final = threading.BoundedSemaphore(settings.WEB_THREADS // 4)
"""Who may wait in this process: the other threads serve pages."""


def wait_for(job: PrefillJob, longest: timedelta = LONGEST) -> bool:
    """Return when the job has ended: True. False at once when others wait already, or after `longest`."""
    if not ROOM.acquire(blocking=False):
        return False
    try:
        return _ends_within(job, longest)
    finally:
        ROOM.release()


def _ends_within(job: PrefillJob, longest: timedelta) -> bool:
    until = time.monotonic() + longest.total_seconds()
    looks = 0
    while PrefillJob.objects.open().filter(pk=job.pk).exists():
        release()
        pause = PAUSES[min(looks, len(PAUSES) - 1)]
        if time.monotonic() + pause > until:
            return False
        time.sleep(pause)  # between two looks, until the deadline
        looks += 1
    return True
