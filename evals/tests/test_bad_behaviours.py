"""What the gate says of bad habits and of harmless rewordings, in short; `make gate-faults` is long."""

from collections import Counter
from dataclasses import replace

import pytest

from evals.decision import Decision, Reason, Status
from evals.proofs import faults
from evals.proofs.faults import (
    LEAST_SEEN,
    MOST_FAILED_REWORDINGS,
    REWORDINGS,
    behaviours,
    noise,
    print_faults,
    verdict,
)

DRAWS = 200


def test_bad_habits_fail_by_the_metric_that_names_them_and_none_passes() -> None:
    habits = behaviours()
    found = [
        verdict(noise(0), noise(number + 1, habit.line), draws=DRAWS) for number, habit in enumerate(habits)
    ]

    assert len({habit.name for habit in habits}) == 20
    assert all(habit.why for habit in habits)
    assert Status.PASS not in {decision.status for decision in found}
    assert sum(map(faults.Behaviour.is_named, habits, found)) >= LEAST_SEEN


def test_harmless_rewordings_seldom_fail_and_never_break_the_gate() -> None:
    found = Counter(
        verdict(noise(7000), noise(7001 + number), draws=DRAWS).status for number in range(REWORDINGS)
    )

    assert found[Status.FAIL] <= MOST_FAILED_REWORDINGS
    assert found[Status.BROKEN] == 0


def test_no_habit_is_seen_where_there_is_none() -> None:
    equal = verdict(noise(0), noise(0), draws=DRAWS)

    assert equal.status is Status.PASS
    assert not any(habit.is_named(equal) for habit in behaviours())


@pytest.mark.parametrize(
    ("line", "sees", "held"),
    [
        ("case.contact=.2", "no_contact", True),
        ("case.contact=.2", "right_language", False),
        ("", "no_contact", False),
    ],
)
def test_the_proof_fails_where_a_fault_goes_by_another_name_or_unseen(
    line: str, sees: str, held: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    habit = replace(behaviours()[0], line=line, sees=(sees,))
    monkeypatch.setattr(faults, "behaviours", lambda: [habit])
    monkeypatch.setattr(faults, "LEAST_SEEN", 1)
    monkeypatch.setattr(faults, "REWORDINGS", 1)

    assert print_faults(rounds=1, pairs=1, draws=DRAWS) is held


@pytest.mark.parametrize(("rounds", "held"), [(1, True), (2, False)])
def test_the_proof_fails_where_a_habit_passes_under_other_noise(
    rounds: int, held: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    habit = replace(behaviours()[0], sees=("no_contact",))
    seen = Decision(Status.FAIL, (Reason("watched", "no_contact is worse.", "no_contact"),))
    monkeypatch.setattr(faults, "behaviours", lambda: [habit])
    monkeypatch.setattr(faults, "LEAST_SEEN", 1)
    monkeypatch.setattr(
        faults,
        "verdict",
        lambda baseline, *_asked, **_draws: seen if baseline == noise(0) else Decision(Status.PASS),
    )

    assert faults._print_behaviours(rounds, DRAWS) is held
