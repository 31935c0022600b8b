import signal
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from trova import embedded
from trova.ringer import Bell, Ringer


class Command(BaseCommand):
    help = "Ring the worker whenever rows are due, until it is told to stop. Two ringers do no harm."

    def handle(self, *args: Any, **options: Any) -> None:
        ringer = Ringer(
            (Bell.from_setting(name, *bell) for name, bell in settings.DOORBELLS.items()),
            database=settings.DATABASE_DIRECT_URL or embedded.database_url(settings.DATA_DIR),
            redis_url=settings.REDIS_URL,
        )

        def stop(_number: int, _frame: FrameType | None) -> None:
            ringer.stop()

        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, stop)
        ringer.run()
