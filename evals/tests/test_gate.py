"""`manage.py gate`: what it decides, and that each lack breaks it with its own reason."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from django.core.management import call_command

from aiprefill.public import FLOOR, PRODUCTION, label_version
from aiprefill.tests.provider_server import ProviderServer
from evals.content import Tier
from evals.models import EvalRun, Release, Verdict
from evals.tests import running
from evals.tests.answers import suggestion
from evals.tests.judged import SCORES, make_candidate, make_release, make_run

pytestmark = pytest.mark.django_db

METRIC_CASES: Final = [f"r1c{index:03}" for index in range(1, 25)]
WRONG: Final = {"scores": SCORES | {"category_accepted": 0.0}}


def gated(folder: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """The exit code, and the JSON."""
    told = folder / "verdict.json"
    try:
        call_command("gate", *words, f"--json={told}", f"--markdown={folder / 'verdict.md'}")
    except SystemExit as ended:
        return int(ended.code or 0), json.loads(told.read_text())
    return 0, json.loads(told.read_text())


def checks(told: dict[str, Any]) -> list[str]:
    return [reason["check"] for reason in told["reasons"]]


@pytest.mark.parametrize(
    ("wrong", "code", "reasons"),
    [
        ({}, 0, []),
        (dict.fromkeys(METRIC_CASES[:12], WRONG), 1, ["worse"]),
        (dict.fromkeys(METRIC_CASES[:1], WRONG), 2, ["not_shown"]),
        ({"r1c000": WRONG}, 1, ["must_pass"]),
    ],
)
def test_the_exit_code_is_the_verdict(
    tmp_path: Path, wrong: dict[str, Any], code: int, reasons: list[str]
) -> None:
    release, candidate = make_release(), make_candidate()
    runs = make_run(release), make_run(release, candidate, wrong=wrong)
    found, told = gated(tmp_path, f"--candidate={candidate.pk}", "--dataset=demo")
    assert (found, checks(told)) == (code, reasons)
    verdict = Verdict.objects.get()
    assert (verdict.baseline_run, verdict.candidate_run, verdict.release) == (*runs, release)
    assert (verdict.status, verdict.pk) == (told["status"], told["verdict"])
    assert verdict.evidence["comparison"]["cases"] == 24
    assert "| category_accepted | 24 |" in (tmp_path / "verdict.md").read_text()


Runs = dict[str, Any]


def runs(baseline: Runs | None, candidate: Runs | None) -> Callable[[Release], None]:
    """Both runs with these changes; None: no run."""

    def make(release: Release) -> None:
        for changes, version in ((baseline, label_version(PRODUCTION)), (candidate, make_candidate())):
            if changes is not None:
                make_run(release, version, **changes)

    return make


UNSCORED: Final[Runs] = {"r1c003": {"scores": {}}}
REFUSED: Final[Runs] = {"r1c003": {"scores": {}, "error_class": "server_error"}}
NO_CATEGORY: Final = {"scores": {name: SCORES[name] for name in SCORES if name != "category_accepted"}}
BARE: Final = dict.fromkeys(METRIC_CASES, NO_CATEGORY)

FAULTS: Final[dict[str, Callable[[Release], None]]] = {
    "no_baseline": runs(None, {}),
    "no_candidate": runs({}, None),
    "baseline_too_old": runs({"age": timedelta(days=8)}, {}),
    "baseline_failed": runs({"state": "failed"}, {}),
    "candidate_failed": runs({}, {"state": "failed"}),
    "candidate_queued": runs({}, {"state": "queued"}),
    "baseline_other_repeats": runs({"repeats": 2}, {}),
    "candidate_other_repeats": runs({}, {"repeats": 2}),
    "baseline_other_split": runs({"split": "dev"}, {}),
    "candidate_other_split": runs({}, {"split": "dev"}),
    "baseline_scoring": runs({"scoring": 9}, {}),
    "candidate_scoring": runs({}, {"scoring": 9}),
    "baseline_unscored": runs({"wrong": UNSCORED}, {}),
    "candidate_unscored": runs({}, {"wrong": UNSCORED}),
    "baseline_provider_errors": runs({"wrong": REFUSED}, {}),
    "candidate_provider_errors": runs({}, {"wrong": REFUSED}),
    "not_comparable": runs({}, {"wrong": {"r1c003": NO_CATEGORY}}),
    "no_expectation": runs({"wrong": BARE}, {"wrong": BARE}),
}


@pytest.mark.parametrize("reason", FAULTS)
def test_a_fault_breaks_the_gate_with_its_own_reason(tmp_path: Path, reason: str) -> None:
    release = make_release()
    FAULTS[reason](release)
    candidate = label_version(PRODUCTION).copies.first() or make_candidate()
    code, told = gated(tmp_path, f"--candidate={candidate.pk}")
    assert (code, checks(told)) == (3, [reason])
    verdict = Verdict.objects.get()
    assert (verdict.status, len(verdict.reasons)) == ("broken", 1)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--candidate=99"], "no_such_version"),
        (["--candidate=1", "--dataset=nobody"], "no_such_release"),
        (["--candidate=1", "--dataset=demo@9"], "no_such_release"),
        (["--candidate=1", "--dataset=demo@1"], "is_production"),
        (["--candidate=3", "--dataset=other"], "no_margins"),
        (["--candidate=3", "--dataset=demo@2"], "no_must_pass"),
        (["--candidate=3", "--dataset=demo@3"], "release_changed"),
        (["--candidate=3", "--dataset=demo@4"], "baseline_other_release"),
    ],
)
def test_what_is_named_wrong_breaks_it(tmp_path: Path, words: list[str], reason: str) -> None:
    candidate = make_candidate()
    whole, other = make_release(), make_release("other")
    softer = make_release(first=Tier.METRIC)
    forged, bare = make_release(digest="0" * 64), make_release()
    for release in (whole, other, softer, forged):
        make_run(release)
    for release in (whole, other, softer, forged, bare):
        make_run(release, candidate)
    code, told = gated(tmp_path, *words)
    assert (code, checks(told)) == (3, [reason])


def test_results_that_are_gone_break_it_and_the_command_is_told(tmp_path: Path) -> None:
    release, candidate = make_release(), make_candidate()
    make_run(release, short=1)
    code, told = gated(tmp_path, f"--candidate={candidate.pk}")
    assert code == 3
    assert checks(told) == ["baseline_incomplete", "no_candidate"]
    make = "evaluate --prompt=3 --dataset=demo@1 --split=gate --repeats=3"
    assert told["reasons"][1]["text"].endswith(make)
    assert make in (tmp_path / "verdict.md").read_text()


def test_the_newest_complete_run_is_the_baseline(tmp_path: Path) -> None:
    release, candidate = make_release(), make_candidate()
    make_run(release, age=timedelta(days=6), wrong={"r1c003": WRONG})
    newest = make_run(release)
    make_run(release, state="failed", age=timedelta(0))
    make_run(release, label_version(FLOOR), age=timedelta(0))
    make_run(release, candidate)
    assert gated(tmp_path, f"--candidate={candidate.pk}")[1]["baseline_run"] == newest.pk


def test_missing_runs_are_made_on_demand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release, candidate = make_release(), make_candidate()
    make_run(release, age=timedelta(days=8), wrong={"r1c001": {"answer": suggestion().to_json()}})
    asked: list[list[str]] = []
    monkeypatch.setattr(
        "evals.management.commands.gate.call_command", lambda *words, **_options: asked.append(list(words))
    )
    code, told = gated(tmp_path, f"--candidate={candidate.pk}", "--run-missing")
    assert asked == [
        ["evaluate", "--prompt=production", "--dataset=demo@1", "--split=gate", "--repeats=3", "--fresh"],
        ["evaluate", "--prompt=3", "--dataset=demo@1", "--split=gate", "--repeats=3"],
    ]
    assert (code, checks(told)) == (3, ["no_candidate", "baseline_too_old"])
    assert EvalRun.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_it_runs_it_judges(tmp_path: Path, provider: ProviderServer) -> None:
    running.make_release(tmp_path / "cases", count=2)
    candidate = make_candidate()
    code, told = gated(tmp_path, f"--candidate={candidate.pk}", "--repeats=1", "--run-missing")
    assert (code, checks(told)) == (3, ["no_margins"])  # for a set of two cases nobody declared any
    made = dict(EvalRun.objects.complete().values_list("version", "pk"))
    assert made == {1: told["baseline_run"], candidate.pk: told["candidate_run"]}
