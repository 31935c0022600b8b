"""A run survives kill -9. `make chaos-evaluate` kills it twenty times; see TROVA_KILLS."""

import os
from pathlib import Path

import pytest
from django.conf import LazySettings

from aiprefill.tests.provider_server import ProviderServer
from evals.models import EvalRun
from evals.tests.kills import assert_the_books_agree, kill_at, lost_calls, moments, start
from evals.tests.running import make_release

KILLS = int(os.environ.get("TROVA_KILLS", "2"))
SEED = int(os.environ.get("TROVA_SEED", "1"))
CONCURRENCY = 4


@pytest.mark.django_db(transaction=True)
def test_a_run_that_is_killed_again_and_again_pays_for_nothing_settled_twice(
    provider: ProviderServer, media: Path, tmp_path: Path, settings: LazySettings, process_env: dict[str, str]
) -> None:
    settings.PREFILL_CALL_RESERVE_MICROS = 20_000
    env = process_env | {
        "OPENAI_BASE_URL": provider.url,
        "PREFILL_LEASE_SECONDS": "1",
        "PREFILL_CALL_RESERVE_MICROS": str(settings.PREFILL_CALL_RESERVE_MICROS),
    }
    options = ("--repeats", "2", "--concurrency", str(CONCURRENCY), "--max-cost-usd", "20")
    make_release(tmp_path / "cases", count=KILLS * 4)
    provider.script.seconds = 0.2
    killed = lost = 0
    for moment in moments(KILLS, SEED, most_charges=5):
        killed += kill_at(moment, start(env, *options), provider)
        run = EvalRun.objects.get()
        assert lost_calls(run) <= lost + CONCURRENCY
        lost = lost_calls(run)
    assert killed == KILLS
    said = start(env, *options).communicate(timeout=300)[0].decode()
    assert "Taking up run" in said
    assert_the_books_agree(run, provider)
    assert f"were paid again: {run.paid_again}." in said or not run.paid_again
    print(  # noqa: T201  for the one who runs the long form
        f"\n{killed} kills, {run.planned} results, {len(provider.ledger)} charges, "
        f"{run.paid_again} calls paid again; {CONCURRENCY} calls at once."
    )
