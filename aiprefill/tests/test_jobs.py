"""A job from its asking to its end: real rows, real files, a real provider on the wire."""

import pytest

from aiprefill import actions, jobs
from aiprefill.models import JobState, ModelOutput, OutputStatus, PrefillJob, SpendDay
from aiprefill.tests.provider_server import ProviderServer
from listings.fields import AI_FIELDS
from listings.models import Seller
from listings.tests.cast import UNIT, make_draft

pytestmark = pytest.mark.django_db


def test_a_draft_is_read(provider: ProviderServer, seller: Seller) -> None:
    job = actions.ask(make_draft(seller, photos=2), unit=UNIT, seller=seller, language="en")
    assert isinstance(job, PrefillJob)
    assert jobs.due_count() == 1
    assert jobs.perform_next()
    job.refresh_from_db()
    assert (job.state, job.error_class) == (JobState.DONE, "")
    assert set(job.fields) == set(AI_FIELDS)
    output = ModelOutput.objects.get()
    assert output.status == OutputStatus.OK
    day = SpendDay.objects.get()
    assert (day.reserved_micros, day.spent_micros) == (0, output.cost_micros)
    assert not jobs.perform_next()
