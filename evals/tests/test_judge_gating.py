"""A judge that was measured on people's labels: what it decides, and what it waits for."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.db.models.functions import Now

from aiprefill.public import PRODUCTION, label_version
from evals.judges.gating import judged_scores, missing
from evals.judges.subjects import subjects
from evals.tests.answers import suggestion
from evals.tests.judged import make_candidate, make_release, make_run
from evals.tests.judges import (
    METRIC,
    MODE,
    counted,
    gated,
    make_judged,
    make_known,
    name_judge,
    reasons,
    unseen_claim,
    verdict,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def named(own_margins: Path) -> Path:
    """The judge agrees with people, and the margins name it."""
    name_judge(own_margins, MODE)
    make_known()
    return own_margins


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
    make_judged(release), make_judged(release, candidate, counted(release, lost))
    found, told = gated(tmp_path, candidate)
    assert (found, reasons(told)) == (code, why)
    metric = told["comparison"]["metrics"][METRIC]
    assert (metric["cases"], metric["regressed"]) == (24, counted(release, lost))
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
    new = {counted(release, 1)[0]: {"answer": suggestion(description="Never judged.").to_json()}}
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
    answers = {counted(release, 1)[0]: {"answer": suggestion(description="Judged once.").to_json()}}
    run = make_run(release, candidate, wrong=answers)
    make_run(release)
    verdict(subjects(run.results.all())[0], fails=False, version=make_candidate("Another judge."))
    assert reasons(gated(tmp_path, candidate)[1]) == [("candidate_unjudged", "")]


def test_what_claims_nothing_passes_and_what_is_erased_is_left_out(named: Path) -> None:
    release = make_release()
    silent, refused, erased, failing, new, *_ = counted(release, 6)
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
    make_judged(release), make_judged(release, candidate, counted(release, 12))
    code, told = gated(tmp_path, candidate)
    assert code == 0
    assert METRIC not in told["comparison"]["metrics"]
