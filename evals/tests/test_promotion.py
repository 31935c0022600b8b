"""`production` moves by its rules alone, whichever way somebody tries."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import LazySettings
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models.functions import Now

from aiprefill.public import FLOOR, PRODUCTION, LabelMove, MoveKind, PromptVersion, label_version, move_label
from evals import datasets
from evals.decision import Status
from evals.gate import gate
from evals.models import Release, Verdict
from evals.promotion import REPEATS, NotPromoted, promote, roll_back
from evals.tests.folders import folder_of
from evals.tests.judged import make_candidate, make_release, make_run, make_trial
from evals.trial import Trial

pytestmark = pytest.mark.django_db

Hurt = Callable[[Verdict], dict[str, Any]]

WAYS: Final = ("create", "save", "bulk", "sql")


@pytest.fixture
def candidate() -> PromptVersion:
    return make_candidate()


def person(name: str, **fields: Any) -> int:
    fields = {"is_staff": True} | fields
    return int(get_user_model().objects.create_user(f"{name}@example.org", **fields).pk)


def passed(candidate: PromptVersion, release: Release | None = None, repeats: int = REPEATS) -> Verdict:
    """The gate's own PASS."""
    release = release or make_release()
    make_run(release, repeats=repeats)
    make_run(release, candidate, repeats=repeats)
    verdict, decision = gate(Trial(candidate, release, repeats=repeats))
    assert decision.status is Status.PASS
    return verdict


def copied(verdict: Verdict, **changes: Any) -> Verdict:
    """A verdict written by hand."""
    names = ("candidate", "candidate_run", "baseline_run", "release", "status", "reasons")
    return Verdict.objects.create(**{name: getattr(verdict, name) for name in names} | changes)


def move(way: str, **fields: Any) -> None:
    """Move production, not by `promotion`."""
    fields = {"label": PRODUCTION, "why": "Because."} | fields
    row = LabelMove(**fields)
    match way:
        case "create":
            LabelMove.objects.create(**fields)
        case "save":
            row.save()
        case "bulk":
            LabelMove.objects.bulk_create([row])
        case "sql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO aiprefill_labelmove"
                    " (label, version_id, kind, why, who_id, and_who_id, verdict)"
                    " VALUES (%s, %s, %s, %s, %s, %s, jsonb_build_object('id', %s::bigint))",
                    [PRODUCTION, row.version_id, row.kind, row.why, row.who_id, row.and_who_id, told(row)],
                )


def told(row: LabelMove) -> int | None:
    return (row.verdict or {}).get("id")


def refused(act: Callable[[], object]) -> bool:
    before = label_version(PRODUCTION)
    try:
        with transaction.atomic():
            act()
    except DatabaseError:
        assert label_version(PRODUCTION) == before
        return True
    return False


@pytest.mark.parametrize("way", WAYS)
def test_no_way_around_the_rules(way: str, candidate: PromptVersion) -> None:
    floor, ada, bob = label_version(FLOOR), person("ada"), person("bob")
    verdict = passed(candidate)
    fields: dict[str, Any]
    for fields in (
        {"kind": "gate", "version": floor, "verdict": {"id": verdict.pk}},
        {"kind": "gate", "version": candidate, "verdict": {"id": verdict.pk + 99}},
        {"kind": "gate", "version": candidate, "verdict": {"id": None}},
        {"kind": "override", "version": candidate, "who_id": ada},
        {"kind": "override", "version": candidate, "who_id": ada, "and_who_id": ada},
        {"kind": "override", "version": candidate, "and_who_id": bob},
        {"kind": "rollback", "version": candidate, "who_id": ada},
        {"kind": "bootstrap", "version": candidate},
        {"kind": "whim", "version": candidate, "who_id": ada, "and_who_id": bob},
    ):
        assert refused(lambda fields=fields: move(way, **fields)), fields  # type: ignore[misc]
    newest = LabelMove.objects.filter(label=PRODUCTION)
    assert refused(lambda: newest.update(version=candidate))
    assert refused(newest.get().delete)
    move(way, kind="gate", version=candidate, verdict={"id": verdict.pk})
    assert label_version(PRODUCTION) == candidate


def with_candidate(**changes: Any) -> Hurt:
    return lambda good: {"candidate_run": make_run(good.release, good.candidate, **changes)}  # type: ignore[arg-type]


def with_baseline(**changes: Any) -> Hurt:
    return lambda good: {"baseline_run": make_run(good.release, **changes)}  # type: ignore[arg-type]


def elsewhere() -> Release:
    """The release of another set, from before the one that decides."""
    return Release.objects.get(dataset__name="other")


def made_elsewhere(good: Verdict) -> dict[str, Any]:
    return {
        "release": elsewhere(),
        "candidate_run": make_run(elsewhere(), good.candidate),
        "baseline_run": make_run(elsewhere()),
    }


STATES: Final = "(cand.state, base.state, cand.split, base.split) = ('done', 'done', 'gate', 'gate')"
RELEASES: Final = "(cand.release_id, base.release_id) = (r.id, r.id)"
OVERTAKEN: Final = "overtaken by another verdict"

FAULTS: Final[dict[str, tuple[Hurt, str, str]]] = {
    # The first, for what overtakes it overtakes all that were there before.
    OVERTAKEN: (lambda _good: {}, "later.status <> 'pass'", "FALSE"),
    "fail": (lambda _good: {"status": "fail", "reasons": ["It is worse."]}, "v.status = 'pass' AND", ""),
    "old": (
        lambda _good: {"judged_at": Now() - timedelta(days=7, minutes=1)},
        "AND v.judged_at > now() - interval '7 days'",
        "",
    ),
    "of another version": (
        lambda _good: {"candidate": label_version(FLOOR)},
        "AND v.candidate_id = NEW.version_id",
        "",
    ),
    "over another version's run": (
        lambda good: {"candidate_run": good.baseline_run},
        "cand.version_id = NEW.version_id AND",
        "",
    ),
    "not against production": (
        lambda good: {"baseline_run": good.candidate_run},
        "AND base.version_id = standing",
        "",
    ),
    "unfinished": (
        with_candidate(state="failed"),
        STATES,
        "(base.state, cand.split, base.split) = ('done', 'gate', 'gate')",
    ),
    "against an unfinished run": (
        with_baseline(state="failed"),
        STATES,
        "(cand.state, cand.split, base.split) = ('done', 'gate', 'gate')",
    ),
    "of another split": (
        with_candidate(split="dev"),
        STATES,
        "(cand.state, base.state, base.split) = ('done', 'done', 'gate')",
    ),
    "against another split": (
        with_baseline(split="dev"),
        STATES,
        "(cand.state, base.state, cand.split) = ('done', 'done', 'gate')",
    ),
    "limited": (with_candidate(limit=3), 'cand."limit" IS NULL AND', ""),
    "against a limited run": (with_baseline(limit=3), 'AND base."limit" IS NULL', ""),
    "of another release": (
        lambda good: {"candidate_run": make_run(elsewhere(), good.candidate)},
        RELEASES,
        "base.release_id = r.id",
    ),
    "against another release": (
        lambda _good: {"baseline_run": make_run(elsewhere())},
        RELEASES,
        "cand.release_id = r.id",
    ),
    "on a release that does not decide": (made_elsewhere, "AND r.id = deciding", ""),
    "asked too seldom": (with_candidate(repeats=REPEATS - 1), "cand.repeats >= 3 AND", ""),
    "against one asked too seldom": (with_baseline(repeats=REPEATS - 1), "AND base.repeats >= 3", ""),
}
"""What may be wrong with a verdict; the rule of the database against it, and what is left without it."""


def hurt(good: Verdict, fault: str) -> Verdict:
    """A verdict with one thing wrong."""
    verdict = copied(good, **FAULTS[fault][0](good))
    if fault == OVERTAKEN:
        copied(good, status="fail", reasons=["It is worse."])
    return verdict


def test_a_verdict_with_a_fault_moves_nothing(candidate: PromptVersion) -> None:
    make_release("other")
    good = passed(candidate)
    for fault in FAULTS:
        told = {"id": hurt(good, fault).pk}
        with pytest.raises(IntegrityError, match="fresh PASS"), transaction.atomic():
            move("create", kind="gate", version=candidate, verdict=told)
        assert label_version(PRODUCTION) != candidate, fault


def test_the_release_that_was_made_last_decides_whatever_its_set(candidate: PromptVersion) -> None:
    verdict = passed(candidate, make_release("demo"))
    make_release("main")
    command = "manage.py gate --candidate=3 --dataset=main@1"
    with pytest.raises(NotPromoted, match=f"never judged on main@1, which decides.*{command}"):
        promote(candidate)
    with pytest.raises(IntegrityError, match=f"last word on main@1.*{command}"), transaction.atomic():
        move("create", kind="gate", version=candidate, verdict={"id": verdict.pk})
    assert label_version(PRODUCTION) != candidate
    passed(candidate, make_release("demo"))
    promote(candidate)
    assert label_version(PRODUCTION) == candidate


def test_a_release_without_cases_to_gate_by_decides_nothing(candidate: PromptVersion, tmp_path: Path) -> None:
    passed(candidate)
    datasets.import_cases("photos", folder_of(tmp_path / "photos", {"id": "mug", "split": "dev"}))
    datasets.release(datasets.find_dataset("photos"))
    promote(candidate)
    assert label_version(PRODUCTION) == candidate
    with pytest.raises(NotPromoted, match="is production already"):
        roll_back(candidate, person("ada"))


def test_a_pass_that_asked_too_seldom_promotes_nothing(candidate: PromptVersion) -> None:
    passed(candidate, repeats=REPEATS - 1)
    with pytest.raises(NotPromoted, match=r"\(gate, 2 repeats\) cannot move production.*at least 3 repeats"):
        promote(candidate)


def test_a_later_pass_that_counts_for_nothing_takes_no_pass_back(candidate: PromptVersion) -> None:
    release = make_release()
    passed(candidate, release)
    passed(candidate, release, repeats=1)
    promote(candidate)
    assert label_version(PRODUCTION) == candidate


def test_no_verdict_stands_on_a_run_over_chosen_cases(candidate: PromptVersion) -> None:
    release = make_release()
    good = passed(candidate, release)
    for role, version in (("candidate_run", candidate), ("baseline_run", label_version(PRODUCTION))):
        look = make_run(release, version, only=["r1c001"], age=timedelta(0))
        with pytest.raises(IntegrityError, match="is no evidence"), transaction.atomic():
            copied(good, **{role: look})
    with pytest.raises(IntegrityError, match="chosen_cases_are_open"), transaction.atomic():
        make_run(release, candidate, only=["r1c001"], split="holdout")


def test_each_rule_of_the_database_is_there_for_one_fault_and_no_other(candidate: PromptVersion) -> None:
    make_release("other")
    good = passed(candidate)
    told = {fault: {"id": hurt(good, fault).pk} for fault in FAULTS}
    function = import_module("evals.migrations.0010_last_word").FORWARD

    def moves(fault: str) -> bool:
        """Whether production moves; it is put back."""
        with transaction.atomic():
            act = partial(move, "create", kind="gate", version=candidate, verdict=told[fault])
            moved = not refused(act)
            transaction.set_rollback(True)
        return moved

    for fault, (_hurt, rule, without) in FAULTS.items():
        assert function.count(rule) == 1, rule
        with connection.cursor() as cursor:
            cursor.execute(function.replace(rule, without))
        assert [each for each in FAULTS if moves(each)] == [fault]


def test_the_loop_by_commands(capsys: pytest.CaptureFixture[str], candidate: PromptVersion) -> None:
    production = label_version(PRODUCTION)
    for name, is_staff in (("ada", True), ("bob", True), ("eve", False)):
        person(name, is_staff=is_staff)
    by_ada = "--by=ada@example.org"
    refusals = {
        ("promote", "99"): "no prompt version",
        ("promote", str(make_trial().pk)): "is a trial. Save it in the prompt lab first",
        ("promote", str(candidate.pk)): "was never judged",
        ("promote", str(candidate.pk), "--override=Now", by_ada): "takes two people",
        ("promote", str(candidate.pk), "--override=Now", by_ada, "--and-by=ADA@example.org"): "two different",
        ("promote", str(candidate.pk), "--override=Now", by_ada, "--and-by=eve@example.org"): "no account",
        ("rollback", str(candidate.pk), by_ada): "never was production",
    }
    for words, why in refusals.items():
        with pytest.raises(CommandError, match=why):
            call_command(*words)
    verdict = passed(candidate)
    call_command("promote", str(candidate.pk))
    kept = LabelMove.objects.filter(label=PRODUCTION).first()
    assert kept
    assert kept.verdict == {"id": verdict.pk, "status": "pass", "release": "demo@1"}
    call_command("rollback", str(production.pk), by_ada)
    assert label_version(PRODUCTION) == production
    call_command("promote", "2", "--override=It costs nothing.", by_ada, "--and-by=bob@example.org")
    assert label_version(PRODUCTION) == label_version(FLOOR)
    with pytest.raises(CommandError, match="production moves on a fresh PASS"):
        call_command("promote", str(candidate.pk))  # it was judged against another version
    assert "Production is again v1" in capsys.readouterr().out


def test_what_the_gate_did_not_pass_is_not_promoted(
    candidate: PromptVersion, settings: LazySettings, capsys: pytest.CaptureFixture[str]
) -> None:
    gate(Trial(candidate, make_release()))
    with pytest.raises(CommandError, match="is broken: There is no run of v1"):
        call_command("promote", str(candidate.pk))
    assert refused(lambda: move_label(PRODUCTION, candidate, MoveKind.BOOTSTRAP, "As if nothing."))
    settings.OPENAI_MODEL = "another"
    call_command("first_prompt")
    assert "Production stays v1" in capsys.readouterr().out
    assert label_version(PRODUCTION).pk == 1
