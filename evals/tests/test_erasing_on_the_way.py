"""A case that is erased while a run is on its way leaves no answer behind, however it came."""

from pathlib import Path

import pytest
from django.db import connection, transaction

from aiprefill.public import ModelOutput
from aiprefill.tests.provider_server import ProviderServer
from evals import datasets
from evals.models import Case, EvalRun, Release, RunState
from evals.runner import Performance, ask, claim
from evals.tests.running import going, make_release, order, performed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def release(tmp_path: Path, media: Path, transactional_db: None) -> Release:
    return make_release(tmp_path / "cases", count=2)


def claimed(release: Release, **changes: int) -> EvalRun:
    run = claim(ask(order(release, **changes), how="test")[0])
    assert run
    return run


def is_waited_for() -> bool:
    """Whether some connection waits for what another holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_locks WHERE NOT granted")
        return cursor.fetchone() is not None


def test_an_answer_that_comes_after_the_erasure_is_not_kept(
    provider: ProviderServer, release: Release
) -> None:
    provider.script.hold_after = ("title",)
    run = claimed(release, limit=1, concurrency=1)
    with going(Performance(run).perform):
        assert provider.wait(lambda: len(provider.ledger) == 1)
        datasets.erase(Case.objects.get(key="c000"))
        provider.release()
    result = run.results.get()
    assert result.answer is None
    assert result.erased_at
    assert (result.scores["category_accepted"], result.cost_micros == run.calls.get().output.cost_micros) == (
        1.0,
        True,
    )
    assert ModelOutput.objects.values_list("raw", "parsed").get() == (None, None)
    run.refresh_from_db()
    # The second repeat was not sent, though its pictures were at hand.
    assert (run.state, run.reason) == (RunState.FAILED, "Case c000: Its content was erased meanwhile.")
    assert len(provider.ledger) == 1


def test_what_is_left_of_the_run_is_asked(provider: ProviderServer, release: Release) -> None:
    provider.script.hold_after = ("title",)
    run = claimed(release, repeats=1, concurrency=2)
    with going(Performance(run).perform):
        assert provider.wait(lambda: len(provider.ledger) == 2)
        datasets.erase(Case.objects.get(key="c000"))
        provider.release()
    run.refresh_from_db()
    assert (run.state, run.finished, run.errors) == (RunState.DONE, 2, 0)
    assert [result.answer is None for result in run.results.order_by("case__key")] == [True, False]
    again = performed(order(release, repeats=1))
    assert (again.planned, again.from_cache, len(provider.ledger)) == (1, 1, 2)


def test_an_answer_from_the_cache_is_not_brought_back(provider: ProviderServer, release: Release) -> None:
    performed(order(release, repeats=1))
    run = claimed(release, repeats=1)
    with going(Performance(run).perform) as performing, transaction.atomic():
        datasets.erase(Case.objects.get(key="c000"))
        # It has read the answer, and waits until it is known whether the case stays.
        assert provider.wait(lambda: is_waited_for() or not performing.is_alive())
    run.refresh_from_db()
    assert (run.state, run.from_cache) == (RunState.DONE, 2)
    assert [result.answer is None for result in run.results.order_by("case__key")] == [True, False]
