"""What suggestions may cost the site in a UTC day, and how many a person may ask for. Fails closed."""

import uuid
from datetime import UTC
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import Sum
from django.db.models.functions import Now, TruncDate, TruncDay

from aiprefill.models import PrefillJob, Purpose, SpendDay
from listings import addresses

MIDNIGHT: Final = TruncDay(Now(), tzinfo=UTC)
"""When the UTC day began, by the database's clock."""
ASKED_FOR: Final = (Purpose.SELLER, Purpose.API)
"""The purposes of jobs that a person asked for: they share the person's day."""


class BudgetSpent(Exception):
    """The day's money is spent or set aside; another call could pass the limit."""

    def __init__(self) -> None:
        super().__init__("The day's budget for suggestions is spent.")


def has_budget(micros: int) -> bool:
    """Whether a call that sets so much aside would be made now."""
    today = SpendDay.objects.filter(day=TruncDate(Now(), tzinfo=UTC)).first()
    used = today.reserved_micros + today.spent_micros if today else 0
    return used + micros <= settings.PREFILL_DAY_BUDGET_MICROS


def hold(unit: uuid.UUID, seller_id: int | None) -> None:
    """Let one asking of this person through at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [_person(unit, seller_id)])


def is_used_up(unit: uuid.UUID, seller_id: int | None) -> bool:
    """Whether this person has asked as often as a UTC day allows; *try again* counts. Call after `hold`."""
    asked = PrefillJob.objects.filter(purpose__in=ASKED_FOR, armed_at__gte=MIDNIGHT)
    mine = asked.filter(seller=seller_id) if seller_id else asked.filter(unit=unit, seller=None)
    most = settings.PREFILL_JOBS_A_DAY_ACCOUNT if seller_id else settings.PREFILL_JOBS_A_DAY_ANONYMOUS
    count: int = mine.aggregate(count=Sum("arms"))["count"] or 0
    return count >= most


def is_address_used_up(address: str) -> bool:
    """Whether this address has asked as often as a UTC day allows; if not, count one more. "" is none."""
    return bool(address) and not addresses.may("prefill", address, settings.PREFILL_JOBS_A_DAY_ADDRESS)


def _person(unit: uuid.UUID, seller_id: int | None) -> str:
    return f"prefill account {seller_id}" if seller_id else f"prefill unit {unit}"
