"""What one person may ask for in a day: what they asked for on another does not count."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db.models import F
from django.db.models.functions import Now

from aiprefill import actions
from aiprefill.actions import NotAsked, Reason, ask
from aiprefill.models import JobState, PrefillJob
from aiprefill.tests.job_steps import asked
from listings.tests.cast import UNIT, make_draft

pytestmark = pytest.mark.django_db


def try_again(job: PrefillJob) -> PrefillJob | NotAsked:
    """Press *try again* on a reading that failed."""
    PrefillJob.objects.filter(pk=job.pk).update(
        state=JobState.FAILED, ended_at=Now(), error_class="timeout", lease_until=None
    )
    return actions.try_again(job)


def test_what_was_asked_for_yesterday_leaves_today_whole(settings: LazySettings) -> None:
    settings.PREFILL_JOBS_A_DAY_ANONYMOUS = 5
    job = asked()
    for _ in range(3):
        assert isinstance(try_again(job), PrefillJob)
    PrefillJob.objects.update(armed_at=F("armed_at") - timedelta(days=1))
    assert isinstance(try_again(job), PrefillJob)  # the first of today
    for _ in range(4):
        asked()
    refused = ask(make_draft(), unit=UNIT, seller=None, language="en")
    assert refused == try_again(job) == NotAsked(Reason.LIMIT_UNIT)
