"""`manage.py try_model` against a model on the wire: what it finds, how it goes on, that it pays once."""

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import LazySettings, settings
from django.core.management import CommandError, call_command

from aiprefill.prompt_v1 import DEFAULT_MODEL as MODEL
from aiprefill.public import FLOOR, PRODUCTION, ModelOutput, PromptVersion, diff, label_version
from aiprefill.tests.provider_server import ProviderServer
from aiprefill.tests.provider_wire import Script
from evals import datasets
from evals.datasets.synthetic import expectations
from evals.models import Case, EvalRun, Report, RunCall, RunState, Verdict
from evals.scripted.model import Scripted
from evals.scripted.rates import Rates

pytestmark = pytest.mark.django_db(transaction=True)

CASES: Final = 25
WORDS: Final = ("--dataset", "demo", "--repeats", "1")


@pytest.fixture(autouse=True)
def cases(media: Path, transactional_db: None) -> None:
    """A release of 24 cases that are averaged and one that must pass, under the margins of the demo."""
    call_command("make_cases", str(CASES), "--name", "demo", "--must-pass", "1")


def err(provider: ProviderServer, **rates: str) -> None:
    """Let models by these names (`_` for what no keyword takes) err so; every other one is right."""
    known = expectations(datasets.with_files(Case.objects.all()))
    models = {name: Rates.parse(line) for name, line in rates.items()}
    provider.script = Script(answers=Scripted(known, models=models), events=2)


def tried(folder: Path, model: str, *words: str) -> tuple[int, dict[str, Any]]:
    """The exit code, and the JSON."""
    told = folder / "report.json"
    files = (f"--json={told}", f"--markdown={folder / 'report.md'}")
    try:
        call_command("try_model", model, *WORDS, *words, *files)
    except SystemExit as ended:
        return int(ended.code or 0), json.loads(told.read_text())
    return 0, json.loads(told.read_text())


def asked(provider: ProviderServer) -> Counter[str]:
    """How often each model was charged for."""
    return Counter(charge.model for charge in provider.ledger)


@pytest.mark.parametrize(
    ("before", "after", "code", "status"),
    [
        ("seed=3 case.category=.3", "", 0, "pass"),
        ("", "", 0, "pass"),
        ("", "seed=3 case.category=.6", 1, "fail"),
        ("", "seed=5 case.category=.1", 2, "inconclusive"),
    ],
    ids=["better", "equal", "worse", "a little worse"],
)
def test_a_model_is_tried_up_to_its_report(
    provider: ProviderServer, tmp_path: Path, before: str, after: str, code: int, status: str
) -> None:
    err(provider, **{MODEL: before, "other": after})
    found, told = tried(tmp_path, "other")
    assert (found, told["status"]) == (code, status)
    report = Report.objects.get()
    assert report.verdict == Verdict.objects.get()
    assert (report.pk, report.version.model, report.verdict.status) == (told["report"], "other", status)
    production = label_version(PRODUCTION)
    assert [each.part for each in diff(production, report.version)] == ["model"]
    assert report.version.copied_from == production
    assert asked(provider) == {MODEL: 2 * CASES, "other": 2 * CASES}
    assert report.body == (tmp_path / "report.md").read_text()
    assert report.body.startswith(f"# other: {status.upper()}\n")
    (category,) = [each for each in told["metrics"] if each["name"] == "category_accepted"]
    assert category["regressed"] == told["noise"][0]["flips"] if after else not category["regressed"]
    assert (category["improved"] > 0) == bool(before)
    assert {field for each in told["worst"] for field in each["fields"][0]} <= {
        "field",
        "expected",
        "before",
        "after",
    }


def test_the_second_time_it_shows_the_same_report_and_asks_nothing(
    provider: ProviderServer, tmp_path: Path
) -> None:
    err(provider)
    first = tried(tmp_path, "other")
    assert tried(tmp_path, "other") == first
    assert (Report.objects.count(), len(provider.ledger)) == (1, 4 * CASES)
    assert tried(tmp_path, "third")[0] == 0
    assert asked(provider) == {MODEL: 2 * CASES, "other": 2 * CASES, "third": 2 * CASES}
    call_command("evaluate", f"--prompt={PRODUCTION}", *WORDS)  # from the cache, but another run
    assert tried(tmp_path, "other")[1]["report"] != first[1]["report"]
    assert len(provider.ledger) == 6 * CASES


def test_a_request_that_the_model_does_not_take_is_told_plainly(
    provider: ProviderServer, tmp_path: Path
) -> None:
    err(provider)
    code, told = tried(tmp_path, "fault:400")
    assert (code, told["status"]) == (3, "broken")
    (error,) = told["after"]["errors"]
    assert (error["error"], error["count"]) == ("bad_request", CASES)
    body = Report.objects.get().body
    assert (
        f"{CASES} of {CASES} results of v3 · openai fault:400 ended with bad_request: Error code: 400" in body
    )
    assert "Nothing was compared" in body
    assert asked(provider) == {MODEL: CASES}  # and no A/A run


def test_a_model_that_is_not_there_breaks_its_report_alone(provider: ProviderServer, tmp_path: Path) -> None:
    err(provider)
    code, told = tried(tmp_path, "fault:404")
    assert code == 3
    assert "is failed: no_model" in told["reasons"][0]
    assert told["after"]["run"] == EvalRun.objects.get(state=RunState.FAILED).pk
    provider.mode = "401"
    with pytest.raises(CommandError, match="not_allowed") as refused:
        tried(tmp_path, "other", "--repeats=2")  # production itself cannot be asked
    assert refused.value.returncode == 3
    assert Report.objects.count() == 1


def test_what_the_provider_left_unanswered_is_asked_again_and_nothing_else(
    provider: ProviderServer, tmp_path: Path
) -> None:
    err(provider)
    broken = tried(tmp_path, "fault:400|400|")  # the first two requests
    assert (broken[0], broken[1]["after"]["errors"][0]["count"]) == (3, 2)
    code, told = tried(tmp_path, "fault:400|400|")
    assert (code, told["status"]) == (0, "pass")
    assert told["after"]["run"] != broken[1]["after"]["run"]
    assert asked(provider) == {MODEL: 2 * CASES, "fault:400|400|": 2 * CASES}
    assert Report.objects.count() == 2


def test_it_stops_at_its_cap_and_goes_on(
    provider: ProviderServer, tmp_path: Path, settings: LazySettings
) -> None:
    settings.PREFILL_CALL_RESERVE_MICROS = 10_000
    err(provider)
    with pytest.raises(CommandError, match=r"may cost 0.02 USD.*The same command goes on") as stopped:
        tried(tmp_path, "other", "--max-cost-usd=0.02")
    assert stopped.value.returncode == 3
    assert 0 < len(provider.ledger) < CASES
    assert not Report.objects.exists()
    assert tried(tmp_path, "other")[0] == 0
    assert asked(provider) == {MODEL: 2 * CASES, "other": 2 * CASES}


@pytest.mark.parametrize(
    ("model", "words", "why"),
    [
        (MODEL, (), f"v1 .* asks {MODEL} already"),
        ("two words", (), "no name of a model"),
        ("x" * 81, (), "no name of a model"),
        ("other", ("--from", FLOOR), "asks no model"),
        ("other", ("--from", "99"), "no prompt version"),
        ("other", ("--dataset", "nothing"), "no dataset"),
        ("other", ("--dataset", "unknown"), "margins.toml names no margins"),
    ],
)
def test_what_cannot_be_tried_is_refused_before_anything_is_asked(
    provider: ProviderServer, model: str, words: tuple[str, ...], why: str
) -> None:
    call_command("make_cases", "3", "--name", "unknown", "--seed", "2")
    with pytest.raises(CommandError, match=why) as refused:
        call_command("try_model", model, *WORDS, *words)
    assert refused.value.returncode == 3
    assert not provider.requests
    assert not EvalRun.objects.exists()
    assert PromptVersion.objects.count() == 2


def test_without_a_provider_it_says_what_to_set(settings: LazySettings) -> None:
    settings.OPENAI_API_KEY = settings.OPENAI_BASE_URL = ""
    with pytest.raises(CommandError, match="OPENAI_BASE_URL"):
        call_command("try_model", "other", *WORDS)


def test_the_prompt_may_be_another_versions(
    provider: ProviderServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    err(provider)
    tried(tmp_path, "other")
    first = Report.objects.get().version
    code, told = tried(tmp_path, "third", "--from", str(first.pk))
    assert code == 0
    third = PromptVersion.objects.get(pk=told["after"]["version"])
    assert (third.model, third.copied_from) == ("third", first)
    said = capsys.readouterr().err
    assert "4 runs, each at most 2.00 USD: 8.00 USD in all." in said
    assert "other is unpriced" in said


COMMAND: Final = (sys.executable, "manage.py", "try_model", "gpt-5-nano", *WORDS)
"""A priced model: each call of another, and each one lost, counts in full against the cap."""


@contextmanager
def process(env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The command in a process of its own."""
    started = subprocess.Popen(
        COMMAND, env=env, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def test_interrupted_and_killed_it_goes_on_and_pays_for_nothing_settled_twice(
    provider: ProviderServer, process_env: dict[str, str]
) -> None:
    env = process_env | {"OPENAI_BASE_URL": provider.url, "PREFILL_LEASE_SECONDS": "1"}
    err(provider)
    provider.script.seconds = 0.1

    def charged(count: int) -> Callable[[], bool]:
        return lambda: len(provider.ledger) >= count

    with process(env) as interrupted:
        assert provider.wait(charged(5), 60)
        interrupted.send_signal(signal.SIGINT)
        said = interrupted.communicate(timeout=60)[0].decode()
    assert interrupted.returncode == 3, said
    assert "Stopped at the terminal. The same command goes on where it ended." in said
    with process(env) as killed:
        assert provider.wait(charged(CASES + 5), 60)
        killed.kill()
    with process(env) as last:
        said = last.communicate(timeout=120)[0].decode()
    assert last.returncode == 0, said
    settled = RunCall.objects.filter(output__status="ok").values_list("run__version", "case", "repeat")
    assert len(settled) == len(set(settled)) == 4 * CASES
    assert Report.objects.count() == 1
    known = set(ModelOutput.objects.values_list("request_id", flat=True))
    lost = ModelOutput.objects.filter(status="lost").count()
    assert lost <= 16
    assert len({charge.id for charge in provider.ledger} - known) <= lost
    assert 4 * CASES <= len(provider.ledger) <= 4 * CASES + lost
