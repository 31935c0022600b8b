"""What a judge is worth: its agreement with people, what it found, and that the gate refuses the rest."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import Error, transaction
from django.db.models.functions import Now

from evals.judges.agreement import ENOUGH, Calibration, Part, Share, can_gate, part, why_not
from evals.judges.evidence import calibration, judged, mistakes
from evals.judges.labelling import AlreadyLabelled, label, newest_label, to_label
from evals.judges.subjects import Subject
from evals.models import CaseResult, EvalRun, JudgeLabel, JudgeVerdict, Verdict
from evals.statistics import corrected_share
from evals.tests.judged import make_candidate, make_release, make_run
from evals.tests.judges import (
    MODE,
    by_key,
    make_answered,
    make_known,
    name_judge,
    person,
    unseen_claim,
    verdict,
)

pytestmark = pytest.mark.django_db


def of_part(run: EvalRun, wanted: Part) -> list[Subject]:
    return [subject for subject in by_key(run) if part(subject.result.case.key) is wanted]


def refused(change: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            change()
    except Error:
        return True
    return False


def test_without_labels_nothing_is_shown() -> None:
    run = make_answered()
    for subject in by_key(run):
        verdict(subject, fails=False)
    found = judged(unseen_claim(), run)
    assert (found.answers, found.verdicts, found.rate) == (24, 24, None)  # the must-pass case is not counted
    assert found.calibration.lacks == (ENOUGH, ENOUGH)
    assert why_not(found.calibration) == "the test part needs 20 + 20 more labels (pass + fail)"


def test_only_the_test_part_counts() -> None:
    run = make_answered()
    for subject in by_key(run):
        verdict(subject, fails=False)
        if part(subject.result.case.key) is not Part.TEST:
            label(subject, unseen_claim(), person(), fails=False)
    told = calibration(unseen_claim())
    assert (told.passing, told.failing, told.tpr.of, told.versions) == (0, 0, 0, 0)
    test = of_part(run, Part.TEST)
    for subject in test:
        label(subject, unseen_claim(), person(), fails=False)
    told = calibration(unseen_claim())
    assert (told.passing, told.tpr.of, told.tpr.holds, told.versions) == (len(test), len(test), len(test), 1)


def test_mistakes_are_told_of_the_dev_part_alone() -> None:
    run = make_answered()
    for subject in by_key(run):
        label(subject, unseen_claim(), person(), fails=False)
        verdict(subject, fails=True)
    dev = [(subject.result.case.key, True, "Words of the judge.") for subject in of_part(run, Part.DEV)]
    assert dev
    assert mistakes(unseen_claim()) == dev


def test_what_most_people_say_counts_and_a_draw_does_not() -> None:
    run = make_answered()
    first, second = of_part(run, Part.TEST)[:2]
    for name, fails in (("ann", True), ("ben", True), ("cat", False)):
        label(first, unseen_claim(), person(name), fails=fails)
    for name, fails in (("ann", True), ("ben", False)):
        label(second, unseen_claim(), person(name), fails=fails)
    told = calibration(unseen_claim())
    assert (told.passing, told.failing, told.unjudged) == (0, 1, 1)


def test_another_version_of_the_judge_is_measured_anew() -> None:
    run = make_answered()
    subject = of_part(run, Part.TEST)[0]
    label(subject, unseen_claim(), person(), fails=True)
    verdict(subject, fails=True, version=make_candidate())
    told = calibration(unseen_claim())
    assert (told.failing, told.tnr.of, told.versions) == (1, 0, 1)
    verdict(subject, fails=True)
    told = calibration(unseen_claim())
    assert (told.tnr.of, told.tnr.holds, told.versions) == (1, 1, 2)


def test_what_another_server_said_is_not_this_judge_s_word(settings: LazySettings) -> None:
    run = make_answered()
    subject = of_part(run, Part.TEST)[0]
    label(subject, unseen_claim(), person(), fails=True)
    settings.OPENAI_BASE_URL = "http://localhost:1/v1"
    verdict(subject, fails=True)
    assert calibration(unseen_claim()).tnr.of == 1
    settings.OPENAI_BASE_URL = "http://localhost:2/v1"
    assert calibration(unseen_claim()).tnr.of == 0
    verdict(subject, fails=False)
    assert calibration(unseen_claim()).tnr == Share(0, 1, 1.0)


def test_a_judge_that_is_known_is_shown_corrected() -> None:
    runs = make_known(lambda key, fails: fails and not key.endswith("1"))  # lenient with one in five
    found = judged(unseen_claim(), runs[0])
    told = found.calibration
    assert min(told.passing, told.failing) >= ENOUGH
    assert told.tpr.value == 1
    assert 0.6 < told.tnr.value < 0.95
    assert not can_gate(told)
    assert why_not(told).startswith(f"it agrees too little with people: TNR {told.tnr.value:.3f}")
    rate = found.rate
    assert rate
    assert rate.raw == pytest.approx(15 / 24)  # 12 of the 24 truly pass, and 3 more as it says
    expected = corrected_share(15 / 24, 24, told.tnr.value, told.tnr.of, 1.0, told.tpr.of)
    assert (rate.corrected, rate.interval) == expected
    assert rate.interval
    assert rate.interval.low < 0.5 < rate.interval.high


def test_a_person_labels_an_answer_once_and_may_correct_it() -> None:
    run = make_answered()
    subject = by_key(run)[0]
    first = label(subject, unseen_claim(), person(), fails=True, why="tested")
    assert first
    for again in (True, False):
        with pytest.raises(AlreadyLabelled):
            label(subject, unseen_claim(), person(), fails=again)
    with pytest.raises(AlreadyLabelled):  # not one's own
        label(subject, unseen_claim(), person("ben"), fails=False, corrects=first)
    second = label(subject, unseen_claim(), person(), fails=False, corrects=first)
    with pytest.raises(AlreadyLabelled):  # that one is corrected already
        label(subject, unseen_claim(), person(), fails=True, corrects=first)
    assert list(JudgeLabel.objects.in_force()) == [second]
    assert newest_label(run, unseen_claim(), person()) == second
    waiting, of = to_label(run, unseen_claim(), person())
    assert (len(waiting), of) == (24, 25)
    assert subject.digest not in {each.digest for each in waiting}


def test_an_erased_answer_takes_no_label() -> None:
    run = make_answered()
    subject = by_key(run)[0]
    CaseResult.objects.filter(pk=subject.result.pk).update(answer=None, erased_at=Now())
    assert label(subject, unseen_claim(), person(), fails=True) is None


def test_labels_and_verdicts_never_change() -> None:
    subject = by_key(make_answered())[0]
    assert label(subject, unseen_claim(), person(), fails=True, why="tested")
    verdict(subject, fails=True)
    labels, verdicts = JudgeLabel.objects.all(), JudgeVerdict.objects.all()
    for rows, words in ((labels, "why"), (verdicts, "reason")):
        assert refused(lambda rows=rows: rows.update(fails=False))  # type: ignore[misc]
        assert refused(lambda rows=rows: rows._raw_delete(rows.db))  # type: ignore[misc]
        assert refused(lambda rows=rows: rows.update(erased_at=Now()))  # type: ignore[misc]
        erased: dict[str, Any] = {words: "", "erased_at": Now()}
        assert refused(lambda rows=rows, erased=erased: rows.update(fails=False, **erased))  # type: ignore[misc]
        assert not refused(lambda rows=rows, erased=erased: rows.update(**erased))  # type: ignore[misc]
        assert refused(lambda rows=rows, erased=erased: rows.update(**erased))  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "say", "reason", "text"),
    [
        ("none", None, "judge_unknown", "There is no failure mode 'none'"),
        (MODE, None, "judge_not_calibrated", "needs 20 + 20 more labels"),
        (MODE, lambda key, fails: fails and key[-1] != "1", "judge_not_calibrated", "agrees too little"),
    ],
)
def test_the_gate_is_broken_by_a_judge_in_the_margins(
    own_margins: Path,
    tmp_path: Path,
    name: str,
    say: Callable[[str, bool], bool] | None,
    reason: str,
    text: str,
) -> None:
    name_judge(own_margins, name)
    if say:
        make_known(say)
    release = make_release()
    make_run(release), make_run(release, candidate := make_candidate())
    with pytest.raises(SystemExit) as ended:
        call_command("gate", f"--candidate={candidate.pk}", f"--json={tmp_path / 'verdict.json'}")
    assert ended.value.code == 3
    (told,) = json.loads((tmp_path / "verdict.json").read_text())["reasons"]
    assert told["check"] == reason
    assert text in told["text"]
    assert Verdict.objects.get().status == "broken"


def test_a_judge_that_agrees_can_gate() -> None:
    make_known()
    told = calibration(unseen_claim())
    assert isinstance(told, Calibration)
    assert can_gate(told)
    assert why_not(told) == ""
