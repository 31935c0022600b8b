"""A job from its asking to its end: real rows, real files, a real provider on the wire."""

import json

import pytest
from django.conf import LazySettings

from aiprefill import jobs, leases
from aiprefill.attempt import Attempt
from aiprefill.models import (
    JobState,
    ModelOutput,
    OutputPurpose,
    OutputStatus,
    PrefillJob,
    Purpose,
)
from aiprefill.providers.base import CallOpened, ErrorClass, FieldReady, Reply, StopCall, SuggestionFailed
from aiprefill.suggestion import SuggestedField
from aiprefill.tests.job_steps import asked, let_time_pass, lose_the_worker, run, spent
from aiprefill.tests.provider_server import ProviderServer
from aiprefill.tests.provider_wire import ANSWER
from listings import photo_files
from listings.fields import AI_FIELDS
from listings.tests.cast import UNIT, make_draft

pytestmark = pytest.mark.django_db


def test_a_draft_is_read(provider: ProviderServer) -> None:
    job = asked(make_draft(photos=2))
    assert jobs.due_count() == 1
    run(job)
    assert (job.state, job.error_class, job.attempt, job.tries, job.losses) == (JobState.DONE, "", 1, 1, 0)
    assert set(job.fields) == set(AI_FIELDS)
    assert job.fields["title"]["value"] == ANSWER["title"]["value"]
    assert job.fields["price"]["value"] == {"low": "10.00", "likely": "18.00", "high": "25.00"}
    assert None not in (job.started_at, job.first_field_at, job.ended_at)
    assert jobs.due_count() == 0
    assert not jobs.perform_next()


def test_every_call_is_in_the_ledger(provider: ProviderServer) -> None:
    job = run(asked(make_draft(photos=2)))
    output = ModelOutput.objects.get()
    assert (output.job, output.version, output.attempt) == (job, job.version, 1)
    assert (output.purpose, output.status, output.http_status) == (OutputPurpose.JOB, OutputStatus.OK, 200)
    assert (output.input_tokens, output.output_tokens, output.cached_tokens) == (1200, 180, 0)
    assert output.request_id == provider.requests[0].id
    assert output.parsed == job.fields
    assert json.loads(output.raw or "") == ANSWER
    assert "base64" not in (output.request or "")
    assert (output.request or "").count('"sha256"') == 2
    assert spent() == (0, output.cost_micros)


def test_the_provider_learns_no_names(provider: ProviderServer) -> None:
    run(asked())
    person = provider.requests[0].body["safety_identifier"]
    assert len(person) == 64
    assert str(UNIT) not in json.dumps(provider.requests[0].body)


@pytest.mark.parametrize("purpose", [Purpose.LAB, Purpose.SHADOW])
def test_a_call_that_no_seller_waits_for_is_booked_as_such(
    provider: ProviderServer, purpose: Purpose
) -> None:
    job = asked()
    PrefillJob.objects.update(purpose=purpose)
    run(job)
    assert ModelOutput.objects.get().purpose == purpose


def test_photos_that_are_gone_are_not_asked_about(provider: ProviderServer) -> None:
    job = asked()
    photo_files.remove(job.photo_ids)
    run(job)
    assert (job.state, job.error_class) == (JobState.FAILED, "bad_picture")
    assert (provider.requests, ModelOutput.objects.count()) == ([], 0)


def test_a_photo_that_is_gone_leaves_the_others(provider: ProviderServer) -> None:
    job = asked(make_draft(photos=2))
    photo_files.remove(job.photo_ids[:1])
    assert run(job).state == JobState.DONE


def test_nobody_left_to_work_gives_up_at_the_deadline(provider: ProviderServer) -> None:
    job = asked()
    jobs.sweep()
    assert jobs.due_count() == 1
    let_time_pass(job)
    assert jobs.due_count() == 0
    jobs.sweep()
    job.refresh_from_db()
    assert (job.state, job.error_class) == (JobState.GAVE_UP, "deadline")


def test_giving_up_keeps_the_reason_of_the_last_failure(provider: ProviderServer) -> None:
    provider.mode = "503"
    job = run(asked())
    let_time_pass(job)
    jobs.sweep()
    job.refresh_from_db()
    assert (job.state, job.error_class) == (JobState.GAVE_UP, "server")


def test_a_job_that_keeps_killing_workers_is_given_up(provider: ProviderServer) -> None:
    job = asked()
    for _ in range(jobs.MOST_LOSSES):
        attempt = jobs.claim()
        assert attempt
        leases.release(attempt.held)
        lose_the_worker(job)
    assert jobs.claim() is None
    job.refresh_from_db()
    assert (job.state, job.error_class, job.losses) == (JobState.GAVE_UP, "lost_workers", 5)
    assert (job.attempt, job.tries) == (5, 1)


def test_a_job_that_killed_two_workers_runs_alone_and_last(provider: ProviderServer) -> None:
    killer = asked()
    PrefillJob.objects.update(losses=2)
    fresh = asked()
    first = jobs.claim()
    assert first
    assert first.job == fresh
    assert jobs.claim() is None
    leases.release(first.held)
    alone = jobs.claim()
    assert alone
    assert alone.job == killer
    asked()
    assert jobs.claim() is None
    leases.release(alone.held)
    last = jobs.claim()
    assert last
    leases.release(last.held)


def test_a_worker_that_is_late_changes_nothing(provider: ProviderServer) -> None:
    job = asked()
    late, present = taken_over(job)
    present.on_event(FieldReady("category", SuggestedField("books")))
    row = PrefillJob.objects.filter(pk=job.pk).values().get()
    with pytest.raises(StopCall):
        late.on_event(FieldReady("title", SuggestedField("A lamp")))
    late.settle(SuggestionFailed(ErrorClass.STOPPED, "", Reply(cost=7), 1.0), lambda: 0.0)
    assert PrefillJob.objects.filter(pk=job.pk).values().get() == row
    statuses = ModelOutput.objects.order_by("attempt").values_list("status", flat=True)
    assert list(statuses) == [OutputStatus.FENCED, OutputStatus.OPEN]


def test_a_worker_that_is_late_does_not_ask(provider: ProviderServer) -> None:
    late, _ = taken_over(asked(), opens=False)
    with pytest.raises(StopCall):
        late.on_event(CallOpened({}))
    assert ModelOutput.objects.count() == 1


def taken_over(job: PrefillJob, *, opens: bool = True) -> tuple[Attempt, Attempt]:
    """Two attempts at one job: the first lost its lease to the second."""
    attempts = []
    for is_late in (True, False):
        attempt = jobs.claim()
        assert attempt
        leases.release(attempt.held)
        if opens or not is_late:
            attempt.on_event(CallOpened({}))
        attempts.append(attempt)
        if is_late:
            lose_the_worker(job)
    return attempts[0], attempts[1]


def test_the_oldest_is_read_first(provider: ProviderServer) -> None:
    first, second = asked(), asked()
    assert jobs.perform_next()
    assert list(PrefillJob.objects.filter(state=JobState.DONE)) == [first]
    assert jobs.perform_next()
    assert set(PrefillJob.objects.filter(state=JobState.DONE)) == {first, second}


def test_a_call_gets_the_time_that_is_left(provider: ProviderServer, settings: LazySettings) -> None:
    settings.PREFILL_DEADLINE_SECONDS = 1
    provider.mode = "silent"
    job = run(asked())
    assert job.state == JobState.FAILED
    output = ModelOutput.objects.get()
    assert (output.status, output.error_class) == (OutputStatus.FAILED, "timeout")
    assert 0 < (output.latency_ms or 0) <= 2000
