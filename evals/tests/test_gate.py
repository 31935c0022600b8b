"""`manage.py gate`: what it decides, and that each lack breaks it with its own reason."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from aiprefill.public import FLOOR, PRODUCTION, PromptVersion, label_version
from aiprefill.tests.provider_server import ProviderServer
from evals import datasets, decision, margins, trial
from evals.content import Tier
from evals.datasets import newest_release
from evals.decision import Status, Step
from evals.gate import gate
from evals.models import EvalRun, Verdict
from evals.tests import running
from evals.tests.answers import suggestion
from evals.tests.judged import SCORES, make_candidate, make_release, make_run, make_trial
from evals.tests.judges import MODE, Say, make_known, name_judge
from evals.trial import Trial

pytestmark = pytest.mark.django_db

METRIC_CASES: Final = [f"r1c{index:03}" for index in range(1, 25)]
WRONG: Final = {"scores": SCORES | {"category_accepted": 0.0}}
CONTACT: Final = {"scores": SCORES | {"no_contact": 0.0}}


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
        (dict.fromkeys(METRIC_CASES[:12], CONTACT), 1, ["watched"]),
        (dict.fromkeys(METRIC_CASES[:1], CONTACT), 0, []),
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
    rows = [line for line in (tmp_path / "verdict.md").read_text().splitlines() if line.startswith("| ")]
    assert {row.split(" | ")[0]: row.split(" | ")[-1] for row in rows[1:]} == {
        "| category_accepted": "0.120 |",
        "| title_right": "0.120 |",
        **{f"| {name}": "watched |" for name in told["margins"]["watched"]},
    }


Runs = dict[str, Any]
ELSEWHERE: Final[Runs] = {}
"""A run on the release of another dataset."""
ERASED: Final[Runs] = {"reason": ""}
"""A run from before one of its cases was erased, which the other one came after."""


def scene(baseline: Runs | None, candidate: Runs | None, **released: Any) -> Callable[[], PromptVersion]:
    """Makes both runs on a new release with these changes, and gives the candidate; None: no run."""

    def make() -> PromptVersion:
        elsewhere, release = make_release("other"), make_release(**released)
        version = make_candidate()
        runs = [(baseline, label_version(PRODUCTION)), (candidate, version)]
        for changes, of in sorted(runs, key=lambda run: run[0] is not ERASED):
            if changes is not None:
                make_run(elsewhere if changes is ELSEWHERE else release, of, **changes)
            if changes is ERASED:
                datasets.erase(release.cases.get(key="r1c024"))
        return version

    return make


def production() -> PromptVersion:
    make_run(make_release())
    return label_version(PRODUCTION)


def judged_by(
    name: str, say: Say | None = None, baseline: Runs | None = None, candidate: Runs | None = None
) -> Callable[[], PromptVersion]:
    """Both runs, where the margins name a judge; `say` is its word on labelled cases."""

    def make() -> PromptVersion:
        name_judge(margins._FILE, name)
        if say:
            make_known(say)
        return scene(baseline or {}, candidate or {})()

    return make


UNSCORED: Final[Runs] = {"r1c003": {"scores": {}}}
REFUSED: Final[Runs] = {"r1c003": {"scores": {}, "error_class": "server_error"}}
NO_CATEGORY: Final = {"scores": {name: SCORES[name] for name in SCORES if name != "category_accepted"}}
TRUTHFUL: Final[Say] = lambda _key, fails: fails  # noqa: E731
NEW: Final[Runs] = {"wrong": {"r7c003": {"answer": suggestion(description="Never judged.").to_json()}}}
"""An answer without a verdict, in the release that is made after those whose answers people labelled."""
BARE: Final = dict.fromkeys(METRIC_CASES, NO_CATEGORY)

OF_A_RUN: Final[dict[str, Runs | None]] = {
    "missing": None,
    "other_release": ELSEWHERE,
    "other_split": {"split": "dev"},
    "other_repeats": {"repeats": 2},
    "unfinished": {"state": "failed"},
    "scoring": {"scoring": 9},
    "elsewhere": {"endpoint": "http://localhost:8099/v1"},
    "erased": ERASED,
    "incomplete": {"short": 1},
    "provider_errors": {"wrong": REFUSED},
    "unscored": {"wrong": UNSCORED},
}

FAULTS: Final[dict[str, Callable[[], PromptVersion]]] = {
    "release_changed": scene({}, {}, digest="0" * 64),
    "candidate_is_production": production,
    **{f"baseline_{name}": scene(fault, {}) for name, fault in OF_A_RUN.items()},
    "baseline_too_old": scene({"age": timedelta(days=8)}, {}),
    "baseline_unjudged": judged_by(MODE, TRUTHFUL, NEW),
    **{f"candidate_{name}": scene({}, fault) for name, fault in OF_A_RUN.items()},
    "candidate_unjudged": judged_by(MODE, TRUTHFUL, None, NEW),
    "judge_unknown": judged_by("none"),
    "judge_not_calibrated": judged_by(MODE),
    "no_expectation": scene({"wrong": BARE}, {"wrong": BARE}),
    "no_must_pass": scene({}, {}, first=Tier.METRIC),
    "not_comparable": scene({}, {"wrong": {"r1c003": NO_CATEGORY}}),
}
"""A fault for every check of the gate, by the reason that it gives."""


def removals() -> Iterator[tuple[str, str, object]]:
    """Every check by its reason, with what to put where so that it is gone.

    A check is one rule for one of the two runs, or for what they stand on. That a version, a release or
    margins are not there is no check: without them there is nothing to go on with.
    """
    for removed in trial.CHECKS:
        checks = tuple(check for check in trial.CHECKS if check != removed)
        yield f"{removed[0]}_{removed[1].__name__}", "evals.trial.CHECKS", checks
    for gap in decision.CHECKS[Step.GAP]:
        gaps = tuple(each for each in decision.CHECKS[Step.GAP] if each is not gap)
        yield gap.__name__.removeprefix("_"), "evals.decision.CHECKS", decision.CHECKS | {Step.GAP: gaps}
    yield "not_comparable", "evals.comparison.check_comparable", lambda *_runs: None


@pytest.mark.parametrize("reason", FAULTS)
@pytest.mark.usefixtures("own_margins")
def test_a_fault_breaks_the_gate_with_its_own_reason(tmp_path: Path, reason: str) -> None:
    candidate = FAULTS[reason]()
    code, told = gated(tmp_path, f"--candidate={candidate.pk}")
    assert (code, checks(told)) == (3, [reason])
    verdict = Verdict.objects.get()
    assert (verdict.status, len(verdict.reasons)) == ("broken", 1)


@pytest.mark.parametrize("reason", FAULTS)
@pytest.mark.usefixtures("own_margins")
def test_a_fault_is_missed_without_its_own_check_and_no_other(
    reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = Trial(FAULTS[reason](), newest_release())

    def is_told() -> bool:
        try:
            with transaction.atomic():
                found = gate(tried)[1]
        except IntegrityError:  # broken for no reason: the database keeps no such verdict
            return False
        return found.status is Status.BROKEN and [each.check for each in found.reasons] == [reason]

    assert is_told()
    missed = []
    for check, place, rest in removals():
        with monkeypatch.context() as without:
            without.setattr(place, rest)
            if not is_told():
                missed.append(check)
    assert missed == [reason]


def test_every_check_has_its_fault() -> None:
    assert [check for check, *_ in removals()] == list(FAULTS)
    assert len(FAULTS) >= 12


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--candidate=99"], "no_such_version"),
        (["--candidate=1", "--dataset=nobody"], "no_such_release"),
        (["--candidate=1", "--dataset=demo@9"], "no_such_release"),
        (["--candidate=3", "--dataset=other"], "no_margins"),
    ],
)
def test_what_is_named_wrong_breaks_it(tmp_path: Path, words: list[str], reason: str) -> None:
    candidate, other = make_candidate(), make_release("other")
    for version in (label_version(PRODUCTION), candidate):
        make_run(other, version)
    make_release()
    code, told = gated(tmp_path, *words)
    assert (code, checks(told)) == (3, [reason])


def test_who_is_about_to_pay_for_a_pass_in_vain_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    demo, candidate, _main = make_release(), make_candidate(), make_release("main")
    told = []

    def pay(*_words: str, **_options: object) -> None:
        told.append(capsys.readouterr().err)

    monkeypatch.setattr("evals.management.commands.gate.call_command", pay)
    words = (f"--candidate={candidate.pk}", "--dataset=demo", "--run-missing")
    gated(tmp_path, *words)
    in_vain = "A PASS on demo@1 (gate, 3 repeats) cannot move production: main@1 decides"
    assert told[0].startswith(in_vain)
    make_run(demo), make_run(demo, candidate)
    assert gated(tmp_path, *words)[0] == 0
    assert in_vain in (tmp_path / "verdict.md").read_text()
    for release, few in ((demo, {"split": "dev"}), (newest_release(), {"repeats": 2})):
        asked = (f"--{name}={value}" for name, value in few.items())
        gated(tmp_path, *words[:1], f"--dataset={release}", *asked)
        assert "cannot move production" in capsys.readouterr().err
    gated(tmp_path, *words[:1])
    assert "cannot move production" not in capsys.readouterr().err


@pytest.mark.parametrize("part", [{"only": ["r1c001"]}, {"limit": 1}])
def test_a_run_over_some_of_the_cases_is_none_to_it(tmp_path: Path, part: dict[str, Any]) -> None:
    release, candidate = make_release(), make_candidate()
    make_run(release)
    make_run(release, candidate, **part)
    assert checks(gated(tmp_path, f"--candidate={candidate.pk}")[1]) == ["candidate_missing"]
    make_run(release, candidate, age=timedelta(hours=2))
    assert gated(tmp_path, f"--candidate={candidate.pk}")[0] == 0


def test_a_trial_is_not_judged(tmp_path: Path) -> None:
    make_run(make_release())
    code, told = gated(tmp_path, f"--candidate={make_trial().pk}")
    assert (code, checks(told)) == (3, ["no_such_version"])
    assert "is a trial. Save it in the prompt lab first." in told["reasons"][0]["text"]


def test_results_that_are_gone_break_it_and_the_command_is_told(tmp_path: Path) -> None:
    release, candidate = make_release(), make_candidate()
    make_run(release, short=1)
    code, told = gated(tmp_path, f"--candidate={candidate.pk}")
    assert code == 3
    assert checks(told) == ["baseline_incomplete", "candidate_missing"]
    make = "evaluate --prompt=3 --dataset=demo@1 --split=gate --repeats=3"
    assert told["reasons"][1]["text"].endswith(make)
    assert make in (tmp_path / "verdict.md").read_text()


def test_the_newest_complete_run_is_the_baseline(tmp_path: Path) -> None:
    release, candidate = make_release(), make_candidate()
    make_run(release, age=timedelta(days=6), wrong={"r1c003": WRONG})
    newest = make_run(release)
    make_run(release, state="failed", age=timedelta(0))
    make_run(release, label_version(FLOOR), age=timedelta(0))
    make_run(release, age=timedelta(0), repeat_from=4)  # its A/A run
    make_run(release, candidate)
    assert gated(tmp_path, f"--candidate={candidate.pk}")[1]["baseline_run"] == newest.pk


def test_an_aa_run_is_no_run_of_the_candidate(tmp_path: Path) -> None:
    release, candidate = make_release(), make_candidate()
    make_run(release), make_run(release, candidate, repeat_from=4)
    assert checks(gated(tmp_path, f"--candidate={candidate.pk}")[1]) == ["candidate_missing"]


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
    assert (code, checks(told)) == (3, ["baseline_too_old", "candidate_missing"])
    assert EvalRun.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_it_runs_it_judges(tmp_path: Path, provider: ProviderServer) -> None:
    running.make_release(tmp_path / "cases", count=2)
    candidate = make_candidate()
    code, told = gated(tmp_path, f"--candidate={candidate.pk}", "--repeats=1", "--run-missing")
    assert (code, checks(told)) == (3, ["no_margins"])  # for a set of two cases nobody declared any
    made = dict(EvalRun.objects.complete().values_list("version", "pk"))
    assert made == {1: told["baseline_run"], candidate.pk: told["candidate_run"]}
