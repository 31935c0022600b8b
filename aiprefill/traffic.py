"""How much sellers' photos ask of the models: what a forecast of another model's cost stands on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Min, Sum

from aiprefill.models import ModelOutput, OutputPurpose, PrefillJob

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Traffic:
    """Readings for sellers and the API over the last `days`: fewer than asked for if the site is younger.

    `readings` were asked for and led to `calls`, every retry among them; `listings` were posted from one.
    `cost_micros` is what the provider's bill comes to, without the `unpriced` calls.
    """

    days: float
    readings: int
    calls: int
    listings: int
    cost_micros: int
    unpriced: int

    @property
    def calls_per_listing(self) -> float | None:
        """Every call, also for drafts that were given up, over the listings posted; None without any."""
        return self.calls / self.listings if self.listings else None


def traffic(now: datetime, days: int = 30) -> Traffic:
    """What was asked in the `days` before `now`."""
    calls = ModelOutput.objects.filter(purpose=OutputPurpose.JOB, started_at__lte=now)
    first = calls.aggregate(first=Min("started_at"))["first"]
    since = max(first or now, now - days * DAY)
    counted = calls.filter(started_at__gte=since).aggregate(
        calls=Count("pk"),
        readings=Count("job", distinct=True),
        priced=Count("cost_micros"),
        cost=Sum("cost_micros", default=0),
    )
    return Traffic(
        days=max((now - since) / DAY, 1.0),
        readings=counted["readings"],
        calls=counted["calls"],
        listings=PrefillJob.objects.filter(published_at__range=(since, now)).count(),
        cost_micros=counted["cost"],
        unpriced=counted["calls"] - counted["priced"],
    )
