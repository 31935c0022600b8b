"""A run or a judge that is stopped ends with the calls under way: nothing more is sent, nobody waits on."""

from io import StringIO
from pathlib import Path
from typing import Final

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from aiprefill.tests.provider_server import ProviderServer
from evals.judges.judging import Judging
from evals.models import Release, RunState
from evals.runner import Performance, ask, ask_to_stop, claim
from evals.tests.judges import finding, scripted, unseen_claim
from evals.tests.running import going, make_release, order, performed

pytestmark = pytest.mark.django_db(transaction=True)

CAP: Final = 21_000
"""Two calls of 10,000 can be open; two that are over leave too little for two more."""


@pytest.fixture
def release(tmp_path: Path, media: Path, transactional_db: None, settings: LazySettings) -> Release:
    settings.PREFILL_CALL_RESERVE_MICROS = 10_000
    return make_release(tmp_path / "cases", count=6)


def test_a_run_is_stopped_while_threads_wait_for_money(provider: ProviderServer, release: Release) -> None:
    provider.script.hold_after = ("title",)
    run, _is_new = ask(order(release, max_cost_micros=CAP), how="test")
    claimed = claim(run)
    assert claimed
    performance = Performance(claimed)
    with going(performance.perform):
        assert provider.wait(lambda: len(provider.ledger) == 2 and performance.agenda._out == 4)
        performance.stop("Enough.")
        provider.release()
    run.refresh_from_db()
    assert (run.state, run.reason, run.finished) == (RunState.STOPPED, "Enough.", 2)
    assert len(provider.ledger) == 2
    assert performance.purse._reserved == 0


def test_a_judge_is_stopped_while_threads_wait_for_money(provider: ProviderServer, release: Release) -> None:
    provider.script.answers = scripted(lambda _picture: "A cable.", lambda _text: finding(False))
    judging = Judging(
        unseen_claim(), performed(order(release, repeats=1)), concurrency=4, max_cost_micros=CAP
    )
    asked = len(provider.ledger)
    provider.script.hold_after = ("reason",)
    with going(judging.perform):
        assert provider.wait(lambda: len(provider.ledger) == asked + 2 and judging.agenda._out == 4)
        judging.stop("Enough.")
        provider.release()
    assert (judging.progress.finished, len(provider.ledger)) == (2, asked + 2)
    assert judging.purse._reserved == 0


def test_a_run_that_a_person_stopped_is_not_taken_up_by_who_follows_it(
    provider: ProviderServer, release: Release, settings: LazySettings
) -> None:
    settings.PREFILL_LEASE_SECONDS = 8
    provider.script.hold_after = ("title",)
    run = claim(ask(order(release), how="test")[0])
    assert run
    performance, said, ended = Performance(run), StringIO(), list[str]()

    def follow() -> None:
        try:
            call_command("evaluate", "--prompt=production", "--dataset=set", "--repeats=2", stdout=said)
        except CommandError as error:
            ended.append(str(error))

    with going(performance.perform):
        assert provider.wait(lambda: len(provider.ledger) == 4)
        with going(follow):
            assert provider.wait(lambda: "Taking up run" in said.getvalue())
            ask_to_stop(run)
            assert provider.wait(lambda: performance.agenda.stopped is not None)
            provider.release()
    run.refresh_from_db()
    assert ended == ["Stopped by a person. The same command goes on where it ended."]
    assert (run.state, run.finished, len(provider.ledger)) == (RunState.STOPPED, 4, 4)
    assert claim(run) is None
