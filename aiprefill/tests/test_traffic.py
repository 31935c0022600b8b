"""How much is asked of the models, counted from the ledger."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from aiprefill.models import OutputPurpose
from aiprefill.tests.calls import call, posted
from aiprefill.tests.job_steps import asked
from aiprefill.traffic import Traffic, traffic

pytestmark = pytest.mark.django_db

NOW: Final = datetime(2026, 6, 30, 12, tzinfo=UTC)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def test_without_a_call_there_is_no_traffic() -> None:
    told = traffic(NOW)
    assert told == Traffic(days=1.0, readings=0, calls=0, listings=0, cost_micros=0, unpriced=0)
    assert told.calls_per_listing is None


def test_calls_and_listings_of_the_last_days_are_counted_with_every_retry() -> None:
    old, kept, given_up = posted(ago(31)), posted(ago(2)), asked()
    call(old, ago(31))
    call(kept, ago(3))
    call(kept, ago(3), status="failed", error_class="server", cost_micros=None)
    call(given_up, ago(1))
    call(None, ago(1))
    call(given_up, ago(-1))
    call(kept, ago(1), purpose=OutputPurpose.LAB)
    told = traffic(NOW)
    assert told == Traffic(days=30.0, readings=2, calls=3, listings=1, cost_micros=1000, unpriced=1)
    assert told.calls_per_listing == 3
    assert traffic(NOW, days=1).calls == 1


@pytest.mark.parametrize(("first", "days"), [(4.5, 4.5), (0.1, 1.0), (29.99, 29.99), (400, 30)])
def test_a_young_site_is_not_taken_for_a_quiet_one(first: float, days: float) -> None:
    call(asked(), ago(first))
    call(asked(), ago(0))
    assert traffic(NOW).days == pytest.approx(days)
