"""A run against a provider on the wire: everything asked once, settled, counted, paid within its cap."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from aiprefill.public import (
    FLOOR,
    PRODUCTION,
    ModelOutput,
    OutputPurpose,
    OutputStatus,
    label_version,
    save_trial,
    try_version,
)
from aiprefill.tests.connection import connected_to
from aiprefill.tests.provider_server import ProviderServer
from evals.models import CaseResult, EvalRun, Release, RunState
from evals.runner import NotRun, Performance, ask, claim
from evals.tests.running import make_release, order, performed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def release(tmp_path: Path, media: Path, transactional_db: None) -> Release:
    return make_release(tmp_path / "cases")


def test_every_case_is_asked_in_every_repeat_and_scored(provider: ProviderServer, release: Release) -> None:
    run = performed(order(release))
    assert (run.state, run.reason, run.lease_until) == (RunState.DONE, "", None)
    assert (run.planned, run.finished, run.from_cache, run.errors, run.paid_again) == (8, 8, 0, 0, 0)
    results = CaseResult.objects.filter(run=run)
    assert {(result.case.key, result.repeat) for result in results} == {
        (f"c{case:03}", repeat) for case in range(4) for repeat in (1, 2)
    }
    assert {result.scores["category_accepted"] for result in results} == {1.0}
    outputs = ModelOutput.objects.all()
    assert {(each.purpose, each.status) for each in outputs} == {(OutputPurpose.EVAL, OutputStatus.OK)}
    assert len(provider.ledger) == outputs.count() == run.calls.count() == 8
    assert run.cost_micros == sum(each.cost_micros or 0 for each in outputs) > 0


def test_a_second_run_comes_from_the_cache_and_costs_nothing(
    provider: ProviderServer, release: Release
) -> None:
    first = performed(order(release))
    again = performed(order(release))
    assert again.pk != first.pk
    assert (again.finished, again.from_cache, again.cost_micros) == (8, 8, 0)
    assert len(provider.ledger) == 8
    told = list(again.results.values("answer", "scores", "output", "latency_ms", "cost_micros"))
    assert told == list(first.results.values("answer", "scores", "output", "latency_ms", "cost_micros"))
    performed(order(release, repeats=3))
    assert len(provider.ledger) == 12  # the third repeat alone
    performed(order(release, repeat_from=3))
    assert len(provider.ledger) == 16  # the fourth
    fresh = performed(order(release, is_fresh=True))
    assert (fresh.from_cache, len(provider.ledger)) == (0, 24)


def test_a_scored_failure_is_an_answer_that_the_cache_keeps(
    provider: ProviderServer, release: Release
) -> None:
    asked = order(release, repeats=1, concurrency=1)
    provider.next_modes.extend(["schema-invalid", "refusal", "400", "", "schema-invalid"])
    first = performed(asked)
    failed = list(first.results.values_list("error_class", "scores__valid", "scores__not_refused"))
    assert failed == [("bad_answer", 0, 1), ("refused", 1, 0), ("bad_request", None, None), ("", 1, 1)]
    assert len(provider.requests) == 5
    again = performed(asked)
    assert (again.from_cache, again.errors, len(provider.requests)) == (3, 2, 6)  # the provider's error alone
    scored = first.results.exclude(error_class="bad_request").values(
        "case", "error_class", "scores", "answer"
    )
    assert list(again.results.filter(from_cache=True).values(*scored[0])) == list(scored)
    fresh = performed(replace(asked, is_fresh=True))
    assert (fresh.from_cache, fresh.errors, len(provider.requests)) == (0, 0, 10)
    assert performed(asked).errors == 0  # the newest answer counts


def test_another_server_is_asked_anew(
    provider: ProviderServer, release: Release, settings: LazySettings
) -> None:
    with connected_to(provider.url.replace("://", "://user:word@"), settings):
        first = performed(order(release))
        assert (first.endpoint, first.from_cache) == (provider.url, 0)
        left, _is_new = ask(order(release, is_fresh=True), how="test")
    with ProviderServer() as other, connected_to(other.url, settings):
        second = performed(order(release))
        assert (second.endpoint, second.from_cache, len(other.ledger)) == (other.url, 0, 8)
        assert performed(order(release)).from_cache == 8
        claimed = claim(left)
        assert claimed
        Performance(claimed).perform()
        assert len(other.ledger) == 8
    left.refresh_from_db()
    assert left.state == RunState.FAILED
    assert left.reason == f"It asks {provider.url}, this process {other.url}. Ask for a new run."
    with pytest.raises(DatabaseError, match="keeps its question"):
        EvalRun.objects.filter(pk=left.pk).update(endpoint=other.url)


def test_chosen_cases_are_asked_alone_and_answer_for_the_whole_run(
    provider: ProviderServer, release: Release
) -> None:
    chosen = order(release, repeats=1, only=frozenset({"c003", "c001"}))
    asked, _is_new = ask(chosen, how="test")
    with pytest.raises(DatabaseError, match="keeps its question"):
        EvalRun.objects.filter(pk=asked.pk).update(only=None)
    look = performed(chosen)
    assert (look.state, look.only, look.planned) == (RunState.DONE, ["c001", "c003"], 2)
    assert {result.case.key for result in look.results.all()} == {"c001", "c003"}
    assert not EvalRun.objects.complete().exists()
    whole = performed(order(release, repeats=1))
    assert (whole.pk != look.pk, whole.from_cache, len(provider.ledger)) == (True, 2, 4)
    assert list(EvalRun.objects.complete()) == [whole]


def test_a_case_is_tried_again_as_in_production(provider: ProviderServer, release: Release) -> None:
    one = order(release, repeats=1, limit=1, concurrency=1)
    provider.next_modes.extend(["503", ""])
    mended = performed(one)
    assert (mended.state, mended.errors, mended.calls.count()) == (RunState.DONE, 0, 2)
    provider.next_modes.extend(["schema-invalid"] * 2)
    invalid = performed(replace(one, repeat_from=2))
    assert (invalid.state, invalid.finished, invalid.errors, invalid.calls.count()) == (
        RunState.DONE,
        1,
        1,
        2,
    )
    result = invalid.results.get()
    assert (result.error_class, result.scores["valid"], result.answer) == ("bad_answer", 0.0, {})
    assert result.cost_micros == invalid.cost_micros > 0
    provider.next_modes.append("400")
    broken = performed(replace(one, repeat_from=3))
    assert broken.results.values_list("error_class", "scores", "cost_micros").get() == ("bad_request", {}, 0)


def test_it_stops_before_the_cap_and_goes_on_with_more(
    provider: ProviderServer, release: Release, settings: LazySettings
) -> None:
    settings.PREFILL_CALL_RESERVE_MICROS = 10_000
    asked = order(release, max_cost_micros=13_000)
    run = performed(asked)
    assert run.state == RunState.STOPPED
    assert "0.01 USD" in run.reason
    assert 0 < run.finished < 8
    assert run.cost_micros <= 13_000 < run.cost_micros + 10_000
    more = performed(replace(asked, max_cost_micros=1_000_000))
    assert (more.pk, more.state, more.finished, len(provider.ledger)) == (run.pk, RunState.DONE, 8, 8)


def test_what_no_call_can_mend_fails_the_run(provider: ProviderServer, release: Release) -> None:
    provider.mode = "401"
    run = performed(order(release))
    assert (run.state, run.finished, run.cost_micros) == (RunState.FAILED, 0, 0)
    assert run.reason.startswith("not_allowed")
    provider.mode = ""
    assert performed(order(release)).state == RunState.DONE


def test_the_catalogue_knows_the_dev_cases_of_other_clusters(media: Path, tmp_path: Path) -> None:
    release = make_release(tmp_path / "cases", split="dev")
    floor = label_version(FLOOR)
    run = performed(order(release, version=floor, split="dev", repeats=1))
    assert (run.state, run.cost_micros) == (RunState.DONE, 0)
    assert {result.scores["category_answered"] for result in run.results.all()} == {0.0}
    assert set(ModelOutput.objects.values_list("index_digest", flat=True)) == {run.index_digest}
    assert len(run.index_digest) == 64


def test_a_trial_runs_over_chosen_cases_alone(provider: ProviderServer, release: Release) -> None:
    production = label_version(PRODUCTION)
    trial = try_version(replace(production.spec, instructions="Be brief."), copied_from=production)
    with pytest.raises(NotRun, match="is a trial"):
        ask(order(release, version=trial), how="test")
    with pytest.raises(CommandError, match="is a trial"):
        call_command("evaluate", f"--prompt={trial.pk}", f"--dataset={release}")
    look = performed(order(release, version=trial, repeats=1, only=frozenset({"c001"})))
    assert (look.state, look.planned) == (RunState.DONE, 1)
    saved = save_trial(trial, "Shorter.")
    whole = performed(order(release, version=saved, repeats=1))
    assert (whole.finished, whole.from_cache, len(provider.ledger)) == (4, 1, 4)


def test_it_refuses_what_it_cannot_ask(release: Release, tmp_path: Path, settings: LazySettings) -> None:
    settings.OPENAI_API_KEY = settings.OPENAI_BASE_URL = ""
    sealed = make_release(tmp_path / "sealed", first=100, split="holdout")
    for asked, why in (
        (order(release), "No openai model is connected"),
        (order(release, version=label_version(FLOOR), split="dev"), "no case in the split dev"),
        (order(sealed, version=label_version(FLOOR), split="holdout"), "sealed"),
        (order(sealed, version=label_version(FLOOR), split="holdout", only=frozenset({"c100"})), "sealed"),
        (order(release, version=label_version(FLOOR), only=frozenset({"c100"})), "no case in the split gate"),
    ):
        with pytest.raises(NotRun, match=why):
            ask(asked, how="test")


def test_the_command_says_how_it_went(provider: ProviderServer, release: Release) -> None:
    said = StringIO()
    asked = ["evaluate", "--prompt", "production", "--dataset", "set", "--repeats", "1"]
    with pytest.raises(CommandError, match="The same command goes on"):
        call_command(*asked, "--max-cost-usd", "0", stdout=said)
    call_command(*asked, stdout=said)
    call_command(*asked, "--aa", stdout=said)
    run = EvalRun.objects.order_by("pk").first()
    assert run
    assert f"Taking up run {run.pk}" in said.getvalue()
    assert "4 of 4 results, 0 from the cache, 0 errors." in said.getvalue()
    rows = [line.split() for line in said.getvalue().splitlines()]
    all_right = ["100", "%,", "51", "–", "100", "%"]  # Wilson's interval of 4 in 4
    assert rows.count(["category", *3 * all_right]) == rows.count(["always", "electronics", *all_right]) == 2
    assert list(EvalRun.objects.order_by("pk").values_list("repeat_from", flat=True)) == [1, 2]
    assert len(provider.ledger) == 8
    for wrong in (["--prompt", "none"], ["--dataset", "none"], ["--split", "holdout"]):
        with pytest.raises(CommandError):
            call_command(*asked, *wrong, stdout=said)
