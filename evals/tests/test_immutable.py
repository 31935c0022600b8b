"""The database itself refuses to change the evidence."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from django.contrib.auth import get_user_model
from django.db import Error, connection, models, transaction
from django.db.models.functions import Now

from aiprefill.public import PRODUCTION, label_version
from evals.content import CaseContent, release_digest
from evals.models import (
    Case,
    CaseFile,
    CaseResult,
    Dataset,
    EvalRun,
    HoldoutOpening,
    Release,
    ReleaseCase,
    Report,
    RunState,
    Verdict,
    VerdictStatus,
)

pytestmark = pytest.mark.django_db

SHA: Final = "a" * 64


def make_case(dataset: Dataset, key: str = "c1", **values: Any) -> Case:
    digest = CaseContent(key, (SHA,)).digest
    values = {"split": "gate", "tier": "metric", "expected": {}, "provenance": {}, "digest": digest} | values
    case = Case.objects.create(dataset=dataset, key=key, **values)
    CaseFile.objects.create(case=case, position=0, sha256=SHA, phash=0, width=1, height=1, size=1)
    return case


def make_release(*cases: Case, number: int = 1, count: int | None = None) -> Release:
    digest = release_digest(case.digest for case in cases)
    release = Release.objects.create(
        dataset=cases[0].dataset, number=number, digest=digest, case_count=count or len(cases)
    )
    ReleaseCase.objects.bulk_create(
        ReleaseCase(release=release, case=case, cluster=case.key) for case in cases
    )
    return release


@pytest.fixture
def case() -> Case:
    return make_case(Dataset.objects.create(name="set"))


@pytest.fixture
def run(case: Case) -> EvalRun:
    return EvalRun.objects.create(
        release=make_release(case), split="gate", version=label_version(PRODUCTION), planned=3
    )


def refused(change: Callable[[], object]) -> bool:
    """Whether the database refuses the change at once, or when it commits."""
    try:
        with transaction.atomic():
            change()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except Error:
        return True
    return False


def result(run: EvalRun, case: Case, repeat: int = 1) -> CaseResult:
    return CaseResult.objects.create(run=run, case=case, repeat=repeat, cache_key="k", answer={"a": 1})


def test_evidence_takes_no_update_and_no_delete(run: EvalRun, case: Case) -> None:
    version = run.version
    verdict = Verdict.objects.create(candidate=version, status=VerdictStatus.BROKEN, reasons=["no baseline"])
    Report.objects.create(version=version, verdict=verdict, body="It is faster.")
    HoldoutOpening.objects.create(dataset=case.dataset, how="test", why="to see")
    result(run, case)
    changes: dict[type[models.Model], dict[str, Any]] = {
        Case: {"expected": {"category": "other"}},
        CaseFile: {"sha256": "b" * 64},
        Release: {"note": "other"},
        ReleaseCase: {"cluster": "other"},
        HoldoutOpening: {"why": "other"},
        CaseResult: {"scores": {"category": 1}},
        Verdict: {"reasons": ["other"]},
        Report: {"body": "other"},
        EvalRun: {"repeats": 5},
    }
    for model, change in changes.items():
        rows = model._default_manager.all()
        assert rows.exists()
        assert refused(lambda rows=rows, change=change: rows.update(**change)), model  # type: ignore[misc]
        assert refused(lambda rows=rows: rows._raw_delete(rows.db)), model  # type: ignore[misc]


def test_a_case_ends_once_and_is_erased_once(case: Case) -> None:
    rows = Case.objects.filter(pk=case.pk)
    erased: dict[str, Any] = {"expected": None, "provenance": None, "tags": [], "clusters": [], "why": ""}
    assert not refused(lambda: rows.update(valid_to=Now()))
    assert refused(lambda: rows.update(valid_to=Now()))
    assert refused(lambda: rows.update(valid_to=None))
    assert refused(lambda: rows.update(erased_at=Now(), digest="", **erased))
    assert not refused(lambda: rows.update(erased_at=Now(), **erased))
    assert refused(lambda: rows.update(erased_at=Now()))


def test_a_release_commits_whole_and_stays_so(case: Case) -> None:
    other = make_case(case.dataset, "c2")
    assert refused(lambda: make_release(case, count=2))
    assert refused(lambda: make_release(case, other, count=1))
    release = make_release(case)
    assert not refused(lambda: None)
    assert refused(lambda: ReleaseCase.objects.create(release=release, case=other, cluster="c2"))
    late = CaseFile(case=case, position=1, sha256=SHA, phash=0, width=1, height=1, size=1)
    assert refused(late.save)


def test_a_release_must_be_the_cases_of_its_digest(case: Case) -> None:
    other = make_case(case.dataset, "c2")

    def mislabel() -> None:
        digest = release_digest([other.digest])
        release = Release.objects.create(dataset=case.dataset, number=1, digest=digest, case_count=1)
        ReleaseCase.objects.create(release=release, case=case, cluster="c1")

    assert refused(mislabel)
    foreign = make_case(Dataset.objects.create(name="other"), "c3")
    assert refused(lambda: make_release(case, foreign))


def test_a_run_that_is_done_takes_nothing_more(run: EvalRun, case: Case) -> None:
    rows = EvalRun.objects.filter(pk=run.pk)
    result(run, case)
    assert not refused(lambda: rows.update(index_digest="i"))
    assert refused(lambda: rows.update(index_digest="j"))
    assert refused(lambda: rows.update(state=RunState.DONE, ended_at=Now(), finished=2))
    assert not refused(lambda: rows.update(state=RunState.DONE, ended_at=Now(), finished=3))
    assert refused(lambda: result(run, case, 2))
    assert refused(lambda: rows.update(state=RunState.QUEUED, ended_at=None))


def test_a_result_is_erased_once(run: EvalRun, case: Case) -> None:
    rows = CaseResult.objects.filter(pk=result(run, case).pk)
    assert refused(lambda: rows.update(answer={"a": 2}))
    assert not refused(lambda: rows.update(answer=None, erased_at=Now()))
    assert refused(lambda: rows.update(erased_at=Now()))


def test_a_report_is_signed_once_by_a_person(run: EvalRun) -> None:
    report = Report.objects.create(version=run.version, body="It is faster.")
    rows = Report.objects.filter(pk=report.pk)
    signer = get_user_model().objects.create_user("signer@example.org")
    assert refused(lambda: rows.update(signed_at=Now()))
    signed: dict[str, Any] = {"signed_at": Now(), "signed_by": signer, "signed_words": "It will do."}
    for part, lack in (("signed_at", None), ("signed_by", None), ("signed_words", ""), ("signed_words", " ")):
        assert refused(lambda part=part, lack=lack: rows.update(**signed | {part: lack}))  # type: ignore[misc]
    assert not refused(lambda: rows.update(**signed))
    for change in (
        {"signed_words": "more"},
        signed,
        dict.fromkeys(("signed_at", "signed_by")),
        {"body": "x"},
    ):
        assert refused(lambda change=change: rows.update(**change))  # type: ignore[misc]
    assert refused(lambda: Report.objects.create(version=run.version, body="It is slower.", **signed))


def test_no_verdict_but_broken_stands_without_its_runs(run: EvalRun) -> None:
    for status in set(VerdictStatus) - {VerdictStatus.BROKEN}:
        verdict = Verdict(candidate=run.version, status=status, reasons=["a reason"], candidate_run=run)
        assert refused(verdict.save)
