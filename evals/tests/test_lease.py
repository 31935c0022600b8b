"""Who performs a run: one worker at a time, another after a loss, and whoever is asked to stops."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.models.functions import Now

from aiprefill.public import ModelOutput, OutputStatus
from aiprefill.tests.provider_server import ProviderServer
from evals import runner, tasks
from evals.models import EvalRun, Release, RunState
from evals.runner import ask
from evals.runner.lease import MOST_ATTEMPTS
from evals.tests.running import make_release, order

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def release(tmp_path: Path, media: Path, transactional_db: None) -> Release:
    return make_release(tmp_path / "cases")


@pytest.fixture
def run(release: Release, provider: ProviderServer) -> EvalRun:
    """A run that waits for a worker; its calls end when the server is released."""
    provider.script.hold_after = ("title",)
    return ask(order(release, concurrency=3), how="test")[0]


@pytest.fixture
def worker(run: EvalRun, provider: ProviderServer) -> Iterator[threading.Thread]:
    """A worker in its first calls for the run."""

    def work() -> None:
        tasks.evaluate()
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert provider.wait(lambda: len(provider.ledger) == 3)
    yield thread
    provider.release()
    thread.join()


def lose_the_worker(run: EvalRun) -> None:
    EvalRun.objects.filter(pk=run.pk).update(lease_until=Now() - timedelta(seconds=1))


def test_one_run_at_a_time(worker: threading.Thread, run: EvalRun, release: Release) -> None:
    ask(order(release, repeats=1), how="test")
    assert runner.due_count() == 0
    assert not runner.perform_next()


def test_another_worker_goes_on_where_one_was_lost(
    worker: threading.Thread, run: EvalRun, provider: ProviderServer
) -> None:
    lose_the_worker(run)
    assert runner.due_count() == 1
    second = threading.Thread(target=tasks.evaluate)
    second.start()
    assert provider.wait(lambda: EvalRun.objects.get(pk=run.pk).paid_again == 3)
    provider.release()
    worker.join()
    second.join()
    run.refresh_from_db()
    assert (run.state, run.finished, run.attempt) == (RunState.DONE, 8, 2)
    # The first worker was not dead after all: what it brought was settled as lost, and changes nothing.
    assert run.calls.filter(output__status=OutputStatus.LOST).count() == 3
    assert run.calls.filter(output__status=OutputStatus.OK).count() == 8
    assert not ModelOutput.objects.filter(status=OutputStatus.OPEN).exists()


def test_a_worker_that_ends_lets_another_go_on(
    worker: threading.Thread, run: EvalRun, provider: ProviderServer
) -> None:
    tasks.hand_back()
    provider.release()
    worker.join()
    run.refresh_from_db()
    assert (run.state, run.finished, run.paid_again) == (RunState.QUEUED, 3, 0)
    assert runner.perform_next()
    run.refresh_from_db()
    assert (run.state, run.finished, len(provider.ledger)) == (RunState.DONE, 8, 8)


def test_a_person_stops_it(worker: threading.Thread, run: EvalRun, provider: ProviderServer) -> None:
    EvalRun.objects.filter(pk=run.pk).update(stop_asked=True)
    renewed = EvalRun.objects.get(pk=run.pk).lease_until
    assert provider.wait(lambda: EvalRun.objects.get(pk=run.pk).lease_until != renewed)
    provider.release()
    worker.join()
    run.refresh_from_db()
    assert (run.state, run.reason) == (RunState.STOPPED, "Stopped by a person.")
    assert run.finished < run.planned
    assert runner.due_count() == 0


def test_what_ends_every_worker_waits_for_a_person(run: EvalRun) -> None:
    EvalRun.objects.filter(pk=run.pk).update(
        state=RunState.RUNNING, attempt=MOST_ATTEMPTS, lease_until=Now() - timedelta(seconds=1)
    )
    runner.sweep()
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert runner.due_count() == 0
