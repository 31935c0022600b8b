"""What happens while a call is in flight: a thread works, and the provider holds its answer back."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.conf import LazySettings
from django.db import connection
from psycopg.sql import SQL, Identifier, Literal

from aiprefill import actions, jobs
from aiprefill.models import JobState, ModelOutput, OutputStatus, PrefillJob
from aiprefill.tests.job_steps import asked, spent
from aiprefill.tests.provider_server import ProviderServer
from listings import actions as listing_actions
from listings.fields import AI_FIELDS
from listings.tests.cast import make_draft

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def a_call_held_after(provider: ProviderServer, field: str) -> Iterator[None]:
    """A worker's thread is in the middle of a call; it goes on and ends after the body."""
    provider.script.hold_after = (field,)
    worker = threading.Thread(target=jobs.perform_next)
    worker.start()
    assert provider.gates.wait_held(field)
    try:
        yield
    finally:
        provider.release()
        worker.join()


def arrived(job: PrefillJob, field: str, provider: ProviderServer) -> bool:
    return provider.wait(lambda: PrefillJob.objects.filter(pk=job.pk, fields__has_key=field).exists())


def test_the_ledger_is_written_before_the_bytes_leave(
    provider: ProviderServer, settings: LazySettings
) -> None:
    asked()
    with a_call_held_after(provider, "title"):
        assert ModelOutput.objects.get().status == OutputStatus.OPEN
        assert spent() == (settings.PREFILL_CALL_RESERVE_MICROS, 0)
    assert ModelOutput.objects.get().status == OutputStatus.OK


def test_a_field_is_on_the_row_while_the_next_is_written(provider: ProviderServer) -> None:
    job = asked()
    with a_call_held_after(provider, "category"):
        assert arrived(job, "category", provider)
        job.refresh_from_db()
        assert (set(job.fields), job.state) == ({"title", "category"}, JobState.RUNNING)
        assert job.first_field_at
    done = PrefillJob.objects.get()
    assert done.sequence > job.sequence


def test_a_job_stopped_in_a_call_takes_no_more(provider: ProviderServer) -> None:
    job = asked()
    with a_call_held_after(provider, "title"):
        assert arrived(job, "title", provider)
        assert actions.stop(job)
    job.refresh_from_db()
    assert (job.state, set(job.fields)) == (JobState.CANCELLED, {"title"})
    output = ModelOutput.objects.get()
    assert (output.status, output.error_class) == (OutputStatus.FENCED, "stopped")
    assert spent()[0] == 0


def test_a_call_under_way_ends_as_it_would_when_suggestions_are_turned_off(provider: ProviderServer) -> None:
    job, waiting = asked(), asked()
    with a_call_held_after(provider, "title"):
        actions.turn_off("A test")
        jobs.sweep()
    for each in (job, waiting):
        each.refresh_from_db()
    assert (job.state, set(job.fields)) == (JobState.DONE, set(AI_FIELDS))
    assert (waiting.state, waiting.error_class) == (JobState.GAVE_UP, "switched_off")
    assert len(provider.ledger) == 1


def test_an_answer_for_a_deleted_draft_is_not_kept(provider: ProviderServer) -> None:
    draft = make_draft()
    job = asked(draft)
    with a_call_held_after(provider, "title"):
        assert arrived(job, "title", provider)
        listing_actions.delete(draft)
    job.refresh_from_db()
    assert (job.state, job.fields, job.listing_id) == (JobState.CANCELLED, {}, None)
    output = ModelOutput.objects.get()
    assert (output.status, output.request, output.raw, output.parsed) == (
        OutputStatus.FENCED,
        None,
        None,
        None,
    )
    assert output.erased_at
    assert spent()[0] == 0


def test_a_lease_is_renewed_while_the_call_runs(provider: ProviderServer, settings: LazySettings) -> None:
    settings.PREFILL_LEASE_SECONDS = 1
    job = asked()
    with a_call_held_after(provider, "title"):
        first = PrefillJob.objects.get().lease_until
        assert provider.wait(lambda: PrefillJob.objects.filter(lease_until__gt=first).exists())
        assert jobs.due_count() == 0
    job.refresh_from_db()
    assert (job.state, job.losses) == (JobState.DONE, 0)


def accept_connections(yes: bool) -> None:
    """Open or close the database to everybody who is not connected yet."""
    name = Identifier(connection.settings_dict["NAME"])
    other = connection.get_connection_params() | {"dbname": "postgres", "autocommit": True}
    with psycopg.connect(**other) as beside:
        beside.execute(SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(name, Literal(yes)))


def test_an_answer_outlives_a_database_that_is_away(
    provider: ProviderServer, caplog: pytest.LogCaptureFixture
) -> None:
    job = asked()
    with a_call_held_after(provider, "title"):
        assert arrived(job, "title", provider)
        accept_connections(False)
        try:
            provider.release()
            assert provider.wait(lambda: "not settled yet" in caplog.text)
        finally:
            accept_connections(True)
    job.refresh_from_db()
    assert (job.state, job.attempt, set(job.fields)) == (JobState.DONE, 1, set(AI_FIELDS))
    assert "a field waits for the database" in caplog.text
    assert spent()[0] == 0
