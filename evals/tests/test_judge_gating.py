"""A judge that was measured on people's labels: what it decides, what it waits for, where it is told."""

import json
import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Any, Final

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import transaction
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from aiprefill.public import ANNOTATORS, PRODUCTION, PromptVersion, label_version
from aiprefill.tests.provider_server import ProviderServer
from evals.gate import gate
from evals.judges.gating import judged_scores, missing
from evals.judges.subjects import subjects
from evals.models import CaseResult, EvalRun, JudgeVerdict, Release, Verdict
from evals.tests import running
from evals.tests.answers import suggestion
from evals.tests.judged import make_candidate, make_release, make_run
from evals.tests.judges import (
    MODE,
    finding,
    make_judged,
    make_known,
    name_judge,
    scripted,
    unseen_claim,
    verdict,
)
from evals.trial import Trial

pytestmark = pytest.mark.django_db

METRIC: Final = f"judge:{MODE}"


@pytest.fixture
def named(own_margins: Path) -> Path:
    """The judge agrees with people, and the margins name it."""
    name_judge(own_margins, MODE)
    make_known()
    return own_margins


def gated(folder: Path, candidate: PromptVersion, *words: str) -> tuple[int, dict[str, Any]]:
    """The exit code, and the JSON."""
    files = [f"--json={folder / 'verdict.json'}", f"--markdown={folder / 'verdict.md'}"]
    code = 0
    try:
        call_command("gate", f"--candidate={candidate.pk}", *words, *files)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, json.loads((folder / "verdict.json").read_text())


def reasons(told: dict[str, Any]) -> list[tuple[str, str]]:
    return [(reason["check"], reason["metric"]) for reason in told["reasons"]]


def keys(release: Release, count: int) -> list[str]:
    """The first so many cases that are counted."""
    return sorted(release.cases.values_list("key", flat=True))[1 : count + 1]


@pytest.mark.parametrize(
    ("margin", "lost", "code", "why"),
    [
        (None, 0, 0, []),
        (None, 1, 0, []),
        (None, 12, 1, [("watched", METRIC)]),
        (0.3, 0, 0, []),
        (0.12, 0, 2, [("not_shown", METRIC)]),
        (0.3, 12, 1, [("worse", METRIC)]),
    ],
)
def test_it_decides_as_any_other_yes_no_metric(
    named: Path, tmp_path: Path, margin: float | None, lost: int, code: int, why: list[tuple[str, str]]
) -> None:
    name_judge(named, MODE, margin)
    release, candidate = make_release(), make_candidate()
    make_judged(release), make_judged(release, candidate, keys(release, lost))
    found, told = gated(tmp_path, candidate)
    assert (found, reasons(told)) == (code, why)
    metric = told["comparison"]["metrics"][METRIC]
    assert (metric["cases"], metric["regressed"]) == (24, keys(release, lost))
    judge = metric["judge"]
    assert (judge["question"], judge["tpr"], judge["tnr"]) == (unseen_claim().question, 1, 1)
    assert min(judge["passing"], judge["failing"]) >= 20
    assert 0.5 < judge["keeps"] < 0.75
    written = (tmp_path / "verdict.md").read_text()
    labels = f"TPR 1.000 on {judge['passing']} labels, TNR 1.000 on {judge['failing']}."
    assert f"{METRIC}: {unseen_claim().question} {labels}" in written
    assert ("Of its margin it would show" in written) is (margin is not None)


def test_the_margin_is_told_as_what_is_true_and_held_as_what_the_judge_shows(
    named: Path, tmp_path: Path
) -> None:
    name_judge(named, MODE, 0.12)
    release, candidate = make_release(), make_candidate()
    make_judged(release), make_judged(release, candidate)
    told = gated(tmp_path, candidate)[1]
    metric = told["comparison"]["metrics"][METRIC]
    seen = 0.12 * metric["judge"]["keeps"]
    assert seen < -metric["lower"] < 0.12  # a perfect judge would pass it
    text = f"more than its margin of 12.0 points, {100 * seen:.1f} points as its judge sees it: difference"
    assert text in told["reasons"][0]["text"]


@pytest.mark.parametrize("side", ["baseline", "candidate"])
def test_an_answer_without_a_verdict_breaks_it_with_the_command(
    named: Path, tmp_path: Path, side: str
) -> None:
    release, candidate = make_release(), make_candidate()
    new = {keys(release, 1)[0]: {"answer": suggestion(description="Never judged.").to_json()}}
    runs = {
        name: make_run(release, version, wrong=new if name == side else {})
        for name, version in (("baseline", label_version(PRODUCTION)), ("candidate", candidate))
    }
    code, told = gated(tmp_path, candidate)
    assert (code, reasons(told)) == (3, [(f"{side}_unjudged", "")])
    command = f"manage.py judge {MODE} --run {runs[side].pk}"
    assert told["reasons"][0]["text"].endswith(f"no verdict on 3 answers. Have them judged: {command}")


def test_a_verdict_of_another_version_of_the_judge_is_none(named: Path, tmp_path: Path) -> None:
    release, candidate = make_release(), make_candidate()
    answers = {keys(release, 1)[0]: {"answer": suggestion(description="Judged once.").to_json()}}
    run = make_run(release, candidate, wrong=answers)
    make_run(release)
    verdict(subjects(run.results.all())[0], fails=False, version=make_candidate("Another judge."))
    assert reasons(gated(tmp_path, candidate)[1]) == [("candidate_unjudged", "")]


def test_what_claims_nothing_passes_and_what_is_erased_is_left_out(named: Path) -> None:
    release = make_release()
    silent, refused, erased, failing, new, *_ = keys(release, 6)
    text = {"answer": suggestion(description="It is tested.").to_json()}
    answers: dict[str, Mapping[str, Any]] = {
        silent: {"answer": suggestion(title=None, description=None).to_json()},
        refused: {"answer": {}, "error_class": "refused"},
        erased: text,
        failing: text,
        new: {"answer": suggestion(description="Never judged.").to_json()},
        release.cases.order_by("key")[0].key: text,
    }
    run = make_run(release, wrong=answers)
    verdict(next(each for each in subjects(run.results.all()) if "tested" in each.description), fails=True)
    run.results.filter(case__key=erased).update(answer=None, erased_at=Now())
    (scores,) = judged_scores([unseen_claim()], run)
    told = {key: [each.get(METRIC) for each in case.scores] for key, case in scores.cases.items()}
    assert [told[key] for key in (silent, refused)] == [[1.0] * 3] * 2
    assert told[failing] == [0.0] * 3
    assert [told[key] for key in (erased, new)] == [[None] * 3] * 2
    assert not scores.cases[release.cases.order_by("key")[0].key].applying & {METRIC}  # must pass
    assert missing(unseen_claim(), run) == 3
    assert {name for case in scores.cases.values() for wrong in case.wrong for name in wrong} == set()


def test_margins_that_name_no_judge_compare_none(tmp_path: Path) -> None:
    make_known()
    release, candidate = make_release(), make_candidate()
    make_judged(release), make_judged(release, candidate, keys(release, 12))
    code, told = gated(tmp_path, candidate)
    assert code == 0
    assert METRIC not in told["comparison"]["metrics"]


def client(name: str, **fields: Any) -> Client:
    found = Client()
    found.force_login(get_user_model().objects.create(email=f"{name}@example.org", is_staff=True, **fields))
    return found


@pytest.fixture
def ada(db: None) -> Client:
    return client("ada", is_superuser=True)


def page(who: Client, name: str, *args: Any, query: str = "") -> str:
    response = who.get(reverse(name, args=args) + query)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", unescape(response.content.decode()))


def compared(who: Client, *runs: EvalRun, more: str = "") -> str:
    return page(who, "admin:evals_compare", query=f"?a={runs[0].pk}&b={runs[1].pk}{more}")


def test_the_page_of_a_verdict_names_the_judge_and_how_far_it_agrees(named: Path, ada: Client) -> None:
    name_judge(named, MODE, 0.3)
    release, candidate = make_release(), make_candidate()
    make_judged(release), make_judged(release, candidate)
    told = page(ada, "admin:evals_verdict_change", gate(Trial(candidate, release))[0].pk)
    judge = Verdict.objects.get().evidence["comparison"]["metrics"][METRIC]["judge"]
    assert '<th scope="row">judge: unseen claim <span class="quiet">Does the title' in told
    assert f"TPR 100 % on {judge['passing']} labels, TNR 100 % on {judge['failing']}" in told
    shown = f"{-100 * 0.3 * judge['keeps']:.1f}".replace("-", "−")
    assert f"margin −30.0, {shown} as its judge sees it" in told
    assert f">{shown}</text>" in told  # the line in the plot


def test_flips_of_a_judge_are_shown_with_its_reasons(named: Path, ada: Client) -> None:
    release, candidate = make_release(), make_candidate()
    lost = keys(release, 3)
    runs = make_judged(release), make_judged(release, candidate, lost)
    told = compared(ada, *runs, more=f"&metric={METRIC}")
    assert 'judge: unseen claim <span class="count">−3 +0</span>' in told
    assert told.count('<article class="flip">') == 3
    assert told.count("The judge: Words of the judge.") == 6
    assert f"of {lost[0]}." in told
    labeller = client("lea")
    user = get_user_model().objects.get(email="lea@example.org")
    user.groups.add(Group.objects.get(name=ANNOTATORS))
    blind = compared(labeller, *runs, more=f"&metric={METRIC}")
    assert "judge: unseen claim" in blind  # its sums
    assert "The judge:" not in blind
    assert '<article class="flip">' not in blind


def test_runs_are_compared_by_a_judge_where_both_are_judged_whole(
    own_margins: Path, ada: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    release, candidate = make_release(), make_candidate()
    before, after = make_judged(release), make_judged(release, candidate, keys(release, 2))

    def told() -> str:
        call_command("compare", before.pk, after.pk)
        return capsys.readouterr().out

    assert METRIC not in told()  # nobody has labelled
    make_known()
    assert f"{METRIC}  " in told()
    assert f"{METRIC}: {unseen_claim().question} TPR 1.000 on " in told()
    assert "By the gate's rule: INCONCLUSIVE" not in told()
    name_judge(own_margins, MODE)
    assert f"{METRIC}, regressed: 2" in told()
    assert "the judge, after: Words of the judge." in told()
    new = {keys(release, 1)[0]: {"answer": suggestion(description="Never judged.").to_json()}}
    after = make_run(release, candidate, wrong=new)
    assert f"{METRIC}  " not in told()
    assert f"By the gate's rule: BROKEN.\n  Run {after.pk}: the judge of {MODE}" in told()
    assert "manage.py judge" in compared(ada, before, after)


def test_a_comparison_is_broken_by_a_judge_that_may_be_shown_and_not_gate(
    own_margins: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_known(lambda key, fails: fails and not key.endswith("1"))
    name_judge(own_margins, MODE)
    release = make_release()
    call_command("compare", make_judged(release).pk, make_judged(release, make_candidate()).pk)
    told = capsys.readouterr().out
    assert f"{METRIC}  " in told
    assert f"BROKEN.\n  The judge of {MODE} cannot gate: it agrees too little with people" in told


@pytest.mark.parametrize(("claims", "code"), [(False, 0), (True, 1)])
@pytest.mark.django_db(transaction=True)
def test_the_gate_runs_and_judges_what_is_missing(
    own_margins: Path, tmp_path: Path, provider: ProviderServer, claims: bool, code: int
) -> None:
    """The candidate claims that things are tested, or it does not: end to end, over the wire."""
    with transaction.atomic():  # a release commits with its cases
        make_known()
    name_judge(own_margins, MODE, dataset="set")

    def answers(body: dict[str, Any]) -> tuple[str, Mapping[str, Any]]:
        more = "It is tested." if claims and "Be brief." in body.get("instructions", "") else "Black."
        answered: tuple[str, Mapping[str, Any]] = scripted(
            lambda picture: f"A cable {picture[:8]}. {more}",
            lambda text: finding("tested" in text["description"], "It says tested."),
        )(body)
        return answered

    provider.script.answers, provider.script.events = answers, 2
    running.make_release(tmp_path / "cases", count=21)
    candidate = make_candidate()
    known = JudgeVerdict.objects.count()
    words = ["--dataset=set", "--repeats=1", "--run-missing"]
    found, told = gated(tmp_path, candidate, *words)
    assert (found, reasons(told)) == (code, [("watched", METRIC)] if claims else [])
    assert told["comparison"]["metrics"][METRIC]["cases"] == 21
    assert JudgeVerdict.objects.count() == known + (42 if claims else 21)  # equal answers share a verdict
    asked = len(provider.requests)
    assert gated(tmp_path, candidate, *words)[0] == code
    assert len(provider.requests) == asked


@pytest.mark.django_db(transaction=True)
def test_no_verdicts_are_bought_that_would_change_nothing(
    own_margins: Path, tmp_path: Path, provider: ProviderServer
) -> None:
    name_judge(own_margins, MODE, dataset="set")
    running.make_release(tmp_path / "cases", count=20)
    found, told = gated(tmp_path, make_candidate(), "--dataset=set", "--repeats=1", "--run-missing")
    assert (found, reasons(told)) == (3, [("judge_not_calibrated", "")])
    assert CaseResult.objects.count() == len(provider.requests) == 40
