"""A run or a judge that is stopped ends with the calls under way: nothing more is sent, nobody waits on."""

from io import StringIO
from pathlib import Path
from signal import SIGINT
from typing import Final

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from aiprefill.tests.provider_server import ProviderServer
from evals.judges.judging import Judging
from evals.models import EvalRun, Release, RunState
from evals.runner import Performance, ask, ask_to_stop, claim
from evals.tests.judges import finding, scripted, unseen_claim
from evals.tests.kills import start
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


def test_a_second_ctrl_c_waits_for_no_call_and_loses_nothing_settled(
    provider: ProviderServer, release: Release, settings: LazySettings, process_env: dict[str, str]
) -> None:
    env = process_env | {
        "OPENAI_BASE_URL": provider.url,
        "PREFILL_CALL_RESERVE_MICROS": str(settings.PREFILL_CALL_RESERVE_MICROS),
        "PREFILL_CALL_SECONDS": "80",
    }
    options = ("--repeats", "1", "--concurrency", "2")
    performed(order(release, repeats=1, limit=2))
    provider.script.hold_after = ("title",)
    process = start(env, *options)
    assert process.stdout
    assert provider.wait(lambda: len(provider.ledger) == 4 or process.poll() is not None, 120)
    process.send_signal(SIGINT)
    assert any(b"Ctrl-C once more" in line for line in process.stdout)
    assert process.poll() is None
    process.send_signal(SIGINT)
    said = process.communicate(timeout=60)[0].decode()
    assert "the same command goes on" in said
    assert "Traceback" not in said
    assert process.returncode == 128 + SIGINT
    run = EvalRun.objects.get(limit=None)
    assert (run.state, run.finished) == (RunState.STOPPED, 2)
    assert run.reason == "Stopped at the terminal, without the calls under way."
    provider.release()
    assert "were paid again: 2." in start(env, *options).communicate(timeout=120)[0].decode()
    run.refresh_from_db()
    assert (run.state, run.finished, run.from_cache, run.paid_again) == (RunState.DONE, 6, 2, 2)
    assert len(provider.ledger) == 8
