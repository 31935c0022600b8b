"""What a failed call costs a job, and what the next call may add."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import LazySettings

from aiprefill import actions, jobs, leases
from aiprefill.models import (
    JobState,
    ModelOutput,
    MoveKind,
    OutputStatus,
    PrefillJob,
)
from aiprefill.prompts import PRODUCTION, create_version, label_version, move_label
from aiprefill.suggestion import Dropped
from aiprefill.tests.job_steps import asked, run, spent, values
from aiprefill.tests.provider_server import ProviderServer
from aiprefill.tests.provider_wire import ANSWER

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("mode", "state", "error_class"),
    [
        ("503", JobState.QUEUED, "server"),
        ("reset", JobState.QUEUED, "connect"),
        ("cut", JobState.QUEUED, "cut"),
        ("pace-1", JobState.QUEUED, "rate_limited"),
        ("incomplete", JobState.QUEUED, "incomplete"),
        ("not-json", JobState.QUEUED, "bad_answer"),
        ("pace-3600", JobState.FAILED, "rate_limited"),
        ("billing", JobState.FAILED, "no_credit"),
        ("401", JobState.FAILED, "not_allowed"),
        ("404", JobState.FAILED, "no_model"),
        ("bad-picture", JobState.FAILED, "bad_picture"),
        ("refusal", JobState.FAILED, "refused"),
        ("content-filter", JobState.FAILED, "filtered"),
    ],
)
def test_a_failure_is_tried_again_where_that_can_help(
    provider: ProviderServer, mode: str, state: JobState, error_class: str
) -> None:
    provider.mode = mode
    job = run(asked())
    assert (job.state, job.error_class) == (state, error_class)
    output = ModelOutput.objects.get()
    assert (output.status, output.error_class) == (OutputStatus.FAILED, error_class)
    assert spent()[0] == 0


def test_a_passing_failure_costs_a_try(provider: ProviderServer) -> None:
    provider.next_modes.extend(["503", "cut"])
    job = run(asked())
    assert jobs.due_count() == 0
    assert job.next_at > job.armed_at + timedelta(seconds=1)
    run(job)
    run(job)
    assert (job.state, job.tries, job.error_class) == (JobState.DONE, 3, "")
    statuses = ModelOutput.objects.order_by("attempt").values_list("attempt", "status")
    assert list(statuses) == [(1, "failed"), (2, "failed"), (3, "ok")]


def test_three_failures_are_enough(provider: ProviderServer) -> None:
    provider.mode = "503"
    job = run(run(run(asked())))
    assert (job.state, job.error_class, job.tries) == (JobState.FAILED, "server", 3)
    again = actions.try_again(job)
    assert isinstance(again, PrefillJob)
    run(again)
    assert (again.state, again.tries, again.attempt) == (JobState.QUEUED, 1, 4)


def test_calls_that_failed_together_do_not_come_back_together(provider: ProviderServer) -> None:
    provider.mode = "503"
    waits = []
    for jitter in (0.0, 1.0):
        job = run(asked(), jitter)
        waits.append(job.next_at - ModelOutput.objects.get(job=job).started_at)
    assert waits[0] >= timedelta(seconds=1)
    assert waits[1] >= timedelta(seconds=1.25)


def test_after_too_few_tokens_twice_as_many_are_asked_for(provider: ProviderServer) -> None:
    provider.next_modes.append("incomplete")
    run(run(asked()))
    first, second = (request.body["max_output_tokens"] for request in provider.requests)
    assert second == 2 * first


def test_a_retry_adds_what_is_missing_and_replaces_nothing(provider: ProviderServer) -> None:
    provider.next_modes.append("cut")
    job = run(asked())
    assert set(job.fields) == {"title", "category"}
    provider.script.fields = ANSWER | {"title": {"value": "Something else", "reason": ""}}
    run(job)
    assert job.state == JobState.DONE
    assert values(job)["title"] == ANSWER["title"]["value"]
    assert values(job)["description"] == ANSWER["description"]["value"]


def test_a_retry_that_sees_another_thing_adds_neither_text_nor_price(provider: ProviderServer) -> None:
    provider.next_modes.append("cut")
    job = run(asked())
    provider.script.fields = ANSWER | {"category": {"value": "books", "reason": ""}}
    run(job)
    assert job.state == JobState.DONE
    assert values(job) == {
        "title": ANSWER["title"]["value"],
        "category": "electronics",
        "condition": "good",
        "description": None,
        "price": None,
    }
    assert job.fields["price"]["dropped"] == job.fields["description"]["dropped"] == Dropped.DISAGREES


def test_a_text_that_comes_before_its_category_waits_for_it(provider: ProviderServer) -> None:
    job = asked()
    electronics = {"category": {"value": "electronics", "reason": "", "dropped": None}}
    PrefillJob.objects.update(fields=electronics)
    provider.script.fields = ANSWER | {"category": {"value": "books", "reason": ""}}
    run(job)
    assert (values(job)["title"], values(job)["category"]) == (None, "electronics")


def test_a_call_over_budget_is_not_made(provider: ProviderServer, settings: LazySettings) -> None:
    job = asked()
    settings.PREFILL_DAY_BUDGET_MICROS = settings.PREFILL_CALL_RESERVE_MICROS - 1
    run(job)
    assert (job.state, job.error_class) == (JobState.GAVE_UP, "budget")
    assert (provider.requests, ModelOutput.objects.count(), spent()) == ([], 0, (0, 0))


def test_what_has_no_price_costs_what_was_set_aside(provider: ProviderServer, settings: LazySettings) -> None:
    first = label_version(PRODUCTION)
    house = create_version(replace(first.spec, model="house-model"), "A model of our own.")
    move_label(PRODUCTION, house, MoveKind.BOOTSTRAP, "For this test.")
    run(asked())
    assert ModelOutput.objects.get().cost_micros is None
    assert spent() == (0, settings.PREFILL_CALL_RESERVE_MICROS)


@pytest.mark.parametrize(
    ("mode", "charged"), [("503", False), ("reset", False), ("no-usage", True), ("cut", True)]
)
def test_only_a_call_that_may_have_been_charged_is_booked(
    provider: ProviderServer, settings: LazySettings, mode: str, charged: bool
) -> None:
    provider.mode = mode
    run(asked())
    assert spent() == (0, settings.PREFILL_CALL_RESERVE_MICROS if charged else 0)


def test_a_mistake_of_ours_is_told_at_once(provider: ProviderServer) -> None:
    broken = create_version(replace(label_version(PRODUCTION).spec, output_schema="{"), "A mistake.")
    move_label(PRODUCTION, broken, MoveKind.BOOTSTRAP, "For this test.")
    job = asked()
    with pytest.raises(ValueError, match="Expecting property name"):
        jobs.perform_next()
    job.refresh_from_db()
    assert (job.state, job.error_class) == (JobState.GAVE_UP, "internal")
    assert leases.running() == 0
