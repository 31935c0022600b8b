"""What the gate decides, rule by rule and in their order."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest

from evals.comparison import compare
from evals.decision import CHECKS, Decision, Reason, Status, broken, decide, judge
from evals.margins import BadMarginsError, Margins, NoMarginsError, margins_for, parse_margins
from evals.run_scores import CaseScores, RunScores
from evals.scoring import Judge
from evals.statistics import tango_lower, tango_p_worse
from evals.tests.runs import by_judge, case, flipped, run

POINTS = Margins("test", {"category_accepted": 0.05})


def decided(lost: int, won: int, n: int = 250, margins: Margins = POINTS) -> Decision:
    return decide(compare(*flipped(n, lost, won), margins.metrics), margins)


def checks(decision: Decision) -> list[str]:
    return [reason.check for reason in decision.reasons]


@pytest.mark.parametrize(
    ("lost", "won", "status"),
    [
        (0, 0, Status.PASS),
        (12, 12, Status.PASS),
        (5, 14, Status.PASS),
        (16, 9, Status.INCONCLUSIVE),
        (20, 5, Status.FAIL),
        (30, 2, Status.FAIL),
    ],
)
def test_the_bounds_decide(lost: int, won: int, status: Status) -> None:
    found = decided(lost, won)

    assert found.status is status
    shown = tango_lower(lost, won, 250, 0.05) > -0.05
    worse = tango_p_worse(lost, won, 250) < 0.05
    assert (shown, worse and not shown) == (status is Status.PASS, status is Status.FAIL)
    assert (
        checks(found) == {Status.PASS: [], Status.FAIL: ["worse"], Status.INCONCLUSIVE: ["not_shown"]}[status]
    )
    assert all(reason.metric == "category_accepted" for reason in found.reasons)


def test_a_real_loss_within_the_margin_passes_with_a_warning() -> None:
    found = decided(6, 0)

    assert found.status is Status.PASS
    assert [warning.check for warning in found.warnings] == ["tolerated"]
    assert not decided(3, 2).warnings


def judged(keeps: float, margin: float, lost: int = 0) -> Decision:
    judge = Judge("Does it claim too much?", 0.95, 0.9, 40, 30, keeps)
    cases = {f"c{index:03}": by_judge(f"c{index:03}", 1, 1, 1) for index in range(250)}
    wrong = {key: by_judge(key, 0, 0, 0) for key in list(cases)[:lost]}
    margins = Margins("test", {"judge:x": margin})
    before, after = (replace(run(each), judges={"judge:x": judge}) for each in (cases, cases | wrong))
    return decide(compare(before, after, margins.metrics), margins)


def test_a_judge_is_held_to_what_it_shows_of_its_margin() -> None:
    bound = tango_lower(6, 0, 250, 0.05)

    assert judged(1.0, 0.05, lost=6).status is Status.PASS
    assert judged(0.8, -bound / 0.8 + 1e-9, lost=6).status is Status.PASS
    short = judged(0.8, -bound / 0.8 - 1e-9, lost=6)
    assert (short.status, checks(short)) == (Status.FAIL, ["worse"])
    (text,) = (reason.text for reason in judged(0.2, 0.05).reasons)
    assert text.startswith(
        "judge:x may lose more than its margin of 5.0 points, 1.0 points as its judge sees it"
    )


def test_alpha_is_split_over_the_critical_metrics() -> None:
    lost, won = 19, 8
    assert tango_p_worse(lost, won, 250) < 0.05 < 3 * tango_p_worse(lost, won, 250)
    three = Margins("test", dict.fromkeys(("category_accepted", "title_right", "no_contact"), 0.05))

    assert decided(lost, won).status is Status.FAIL
    assert decided(lost, won, margins=three).status is Status.INCONCLUSIVE


def test_every_critical_metric_has_to_be_shown_and_the_worse_one_is_named() -> None:
    both = Margins("test", {"category_accepted": 0.05, "title_right": 0.05})
    found = decide(compare(*flipped(250, 30, 0, "title_right"), both.of), both)

    assert found.status is Status.FAIL
    assert [(reason.check, reason.metric) for reason in found.reasons] == [("worse", "title_right")]
    assert "difference -12.0 points" in found.reasons[0].text


WATCHING: Final = Margins("test", {"category_accepted": 0.05}, watched=("title_right",))


def watched(lost: int, won: int, margins: Margins = WATCHING) -> Decision:
    return decide(compare(*flipped(250, lost, won, "title_right"), margins.metrics), margins)


@pytest.mark.parametrize(
    ("lost", "won", "status"),
    [
        (0, 0, Status.PASS),
        (16, 9, Status.PASS),  # inconclusive if it were critical
        (6, 0, Status.FAIL),  # tolerated if it were
        (30, 0, Status.FAIL),
    ],
)
def test_a_watched_metric_fails_a_version_when_it_is_shown_to_be_worse_and_never_holds_it_up(
    lost: int, won: int, status: Status
) -> None:
    found = watched(lost, won)

    assert found.status is status
    assert [(reason.check, reason.metric) for reason in found.reasons] == (
        [("watched", "title_right")] if status is Status.FAIL else []
    )
    assert not found.warnings


def test_alpha_is_split_over_the_watched_metrics_too() -> None:
    lost, won = 19, 8
    many = Margins("test", {"category_accepted": 0.05}, watched=("title_right", "no_contact"))

    assert decided(lost, won).status is Status.FAIL
    assert decided(lost, won, margins=many).status is Status.INCONCLUSIVE
    assert watched(lost, won, replace(many, of={"category_accepted": 0.05}, watched=("title_right",))).reasons
    assert not watched(lost, won, many).reasons


def test_a_watched_loss_comes_before_the_critical_ones() -> None:
    base, cand = flipped(250, 30, 0)
    cases = {
        key: case(key, category_accepted=float(n >= 30), title_right=float(n >= 40))
        for n, key in enumerate(base.cases)
    }
    found = decide(compare(base, replace(cand, cases=cases), WATCHING.metrics), WATCHING)

    assert [(reason.check, reason.metric) for reason in found.reasons] == [
        ("watched", "title_right"),
        ("worse", "category_accepted"),
    ]


def guarded(n: int = 250, lost: int = 0, won: int = 0, **wrong: Any) -> Decision:
    """With one must-pass case and whatever is wrong with it."""
    base, cand = flipped(n, lost, won)
    return decide(
        compare(
            replace(base, cases={**base.cases, "must": case("must", must_pass=True)}),
            replace(cand, cases={**cand.cases, "must": case("must", must_pass=True, **wrong)}),
            POINTS.of,
        ),
        POINTS,
    )


@pytest.mark.parametrize(
    ("wrong", "check"),
    [
        ({"no_forbidden_claim": [0, 1, 0]}, ["must_pass"]),
        ({"no_forbidden_claim": [0, 1, 1]}, []),
        ({"category_exact": [0, 0, 0]}, []),
        ({"valid": [1, 1, 0]}, ["must_be_valid"]),
        ({"absurd": ("price 5 where 4000 to 6000 is expected",)}, ["absurd"]),
    ],
)
def test_some_things_fail_a_version_alone(wrong: dict[str, Any], check: list[str]) -> None:
    found = guarded(**wrong)

    assert checks(found) == check
    assert found.status is (Status.FAIL if check else Status.PASS)


def test_what_fails_alone_comes_before_what_the_bounds_say() -> None:
    found = guarded(lost=30, no_contact=0, valid=[1, 1, 0], absurd=("a price",))

    assert checks(found) == ["must_pass", "must_be_valid", "absurd", "worse"]


@pytest.mark.parametrize(("more", "status"), [(1, Status.PASS), (3, Status.PASS), (4, Status.FAIL)])
def test_more_invalid_answers_than_the_baseline_fail_when_it_is_no_chance(more: int, status: Status) -> None:
    base = {f"c{index:03}": case(f"c{index:03}") for index in range(250)}
    cand = base | {key: case(key, valid=[1, 0, 1]) for key in list(base)[:more]}
    fewer = decide(compare(run(cand), run(base), POINTS.of), POINTS)

    assert decide(compare(run(base), run(cand), POINTS.of), POINTS).status is status
    assert fewer.status is Status.PASS


def without(scores: RunScores, metric: str) -> RunScores:
    def bare(each: CaseScores) -> CaseScores:
        return replace(
            each, scores=tuple({k: v for k, v in one.items() if k != metric} for one in each.scores)
        )

    return replace(scores, cases={key: bare(each) for key, each in scores.cases.items()})


def test_what_cannot_be_judged_is_broken() -> None:
    base, cand = flipped(250, 0, 0)
    expectant = Margins("test", {"rightly_silent": 0.05})

    assert checks(decide(compare(base, cand), expectant)) == ["no_expectation"]
    assert checks(decide(compare(base, cand), replace(POINTS, watched=("rightly_silent",)))) == [
        "no_expectation"
    ]
    assert checks(decide(compare(base, cand), replace(POINTS, must_pass_cases=1))) == ["no_must_pass"]
    for decision, check in (
        (judge("nobody-knows", base, cand), "no_margins"),
        (judge("main", base, replace(cand, release="d2")), "not_comparable"),
        (judge("main", base, without(cand, "title_right")), "not_comparable"),
        (
            judge("main", *(without(each, "title_right") for each in flipped(250, 0, 0, must_pass=1))),
            "no_expectation",
        ),
        (judge("main", *flipped(10, 0, 0)), "no_margins"),
        (judge("demo", *flipped(30, 0, 0)), "no_must_pass"),
        (judge("main", *flipped(250, 0, 0)), "no_must_pass"),
        (judge("synthetic", *flipped(250, 0, 0)), "no_must_pass"),
    ):
        assert decision.status is Status.BROKEN
        assert checks(decision) == [check]
    assert broken(Reason("x", "y")).status.exit_code == 3


def invalid(answers: int) -> Decision:
    base, cand = flipped(250, 0, 0)
    worse = {key: case(key, valid=[1, 0, 1]) for key in list(base.cases)[:answers]}
    return decide(compare(base, replace(cand, cases={**cand.cases, **worse}), POINTS.of), POINTS)


EXPECTANT: Final = Margins("test", {"rightly_silent": 0.05})
PRICED: Final = Margins("test", {"price_closeness": 0.02})
BOTH: Final = Margins("test", {"category_accepted": 0.05, "price_closeness": 0.02})

SCENES: Final[dict[str, Callable[[], Decision]]] = {
    "no_expectation": lambda: decided(0, 0, margins=EXPECTANT),
    "no_must_pass": lambda: decided(0, 0, margins=replace(POINTS, must_pass_cases=1)),
    "must_pass": lambda: guarded(no_forbidden_claim=[0, 1, 0]),
    "must_be_valid": lambda: guarded(valid=[1, 1, 0]),
    "valid": lambda: invalid(4),
    "absurd": lambda: guarded(absurd=("price 5 where 4000 to 6000 is expected",)),
    "watched": lambda: watched(30, 0),
    # Two things keep it from passing, so that it fails whichever of them is seen.
    "worse": lambda: decided(20, 0, 60, BOTH),
    "too_few": lambda: decided(0, 0, 60, PRICED),
    "not_shown": lambda: decided(16, 9),
    "tolerated": lambda: decided(6, 0),
}
"""What each rule of the gate decides alone, by its name."""

RULES: Final = [(step, rule) for step, rules in CHECKS.items() for rule in rules]


@pytest.mark.parametrize("scene", SCENES)
def test_each_rule_is_missed_by_its_own_scene_and_no_other(
    scene: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def seen() -> tuple[Status, list[str]]:
        found = SCENES[scene]()
        return found.status, [reason.check for reason in found.reasons + found.warnings]

    whole, missed = seen(), []
    assert set(whole[1]) == {scene}
    for step, rule in RULES:
        without = tuple(each for each in CHECKS[step] if each is not rule)
        monkeypatch.setattr("evals.decision.CHECKS", CHECKS | {step: without})
        if seen() != whole:
            missed.append(rule.__name__.removeprefix("_"))
    assert missed == [scene]


def test_every_rule_has_its_scene() -> None:
    assert [rule.__name__.removeprefix("_") for _step, rule in RULES] == list(SCENES)


def test_a_continuous_metric_of_too_few_cases_keeps_the_question_open_where_it_is_critical() -> None:
    decision = judge("main", *flipped(99, 0, 0, must_pass=1))

    assert decision.status is Status.INCONCLUSIVE
    assert [(reason.check, reason.metric) for reason in decision.reasons] == [("too_few", "price_closeness")]
    assert judge("photos", *flipped(99, 0, 0)).status is Status.PASS


def test_equal_runs_of_the_declared_sets_pass_and_leave_readable_json() -> None:
    decision = judge("synthetic", *flipped(250, 0, 0, must_pass=1))

    assert decision.status is Status.PASS
    told = json.loads(json.dumps(decision.to_json()))
    assert (told["status"], told["exit_code"]) == ("pass", 0)
    critical = {"category_accepted": 0.05, "title_right": 0.05, "price_closeness": 0.02}
    assert told["margins"]["of"] == critical
    assert "condition_right" in told["margins"]["watched"]
    assert [status.exit_code for status in Status] == [0, 1, 2, 3]


def test_margins_narrow_with_the_size_of_the_set_and_the_demos_are_marked() -> None:
    assert margins_for("main", 250).of["category_accepted"] == 0.05
    assert margins_for("main", 699).of["category_accepted"] == 0.05
    assert margins_for("main", 700).of["category_accepted"] == 0.03
    assert margins_for("demo", 32).of["category_accepted"] == 0.12
    assert margins_for("main", 700).of["price_closeness"] == 0.02
    assert margins_for("main", 250).metrics == margins_for("main", 700).metrics
    assert margins_for("demo", 32).mark
    with pytest.raises(NoMarginsError, match="start at more than 5 cases"):
        margins_for("demo", 5)


SIZE: Final = "[margins.a]\nmust_pass_cases = 1\n[[margins.a.sizes]]\n"
CRITICAL: Final = f"{SIZE}cases = 5\n[margins.a.sizes.critical]\n"
CATEGORY: Final = "sizes = [{cases = 5, critical = {category_accepted = 0.1}}]"
WATCHED: Final = f"[margins.a]\nmust_pass_cases = 1\n{CATEGORY}\nwatched = "


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[datasets", "can't be read"),
        ('[datasets]\nmain = "none"', "has no margins none"),
        ('[datasets]\n[margins]\nmain = "wide"', "is no tables"),
        ("datasets = []", "has no table .datasets. that names"),
        ("[datasets]\nmain = ['wide']", "has no table .datasets. that names"),
        (f"{CRITICAL}title_right = 0.1", "has no table .datasets. that names"),
        ("[margins.a]\nmust_pass_cases = 1", "have no sizes"),
        ("[margins.a]\nmust_pass_cases = 1\nsizes = []", "have no sizes"),
        ("[margins.a]\nmust_pass_cases = 1\nsizes = [5]", "have no sizes"),
        (f"{SIZE}cases = true\ncritical = {{title_right = 0.1}}", "lacks its cases"),
        (f"{CRITICAL}title_right = true", "must be above 0"),
        (f"{WATCHED}[]\nmark = 5", "is no text"),
        (f"{SIZE}cases = 5", "lacks its cases or its critical metrics"),
        (f"{SIZE}cases = 5\ncritical = {{}}", "lacks its cases or its critical metrics"),
        (f"{SIZE}cases = 5\nwatched = ['title_right']", "cannot say watched"),
        ("[margins.a]\nwached = ['title_right']", "cannot say wached"),
        (f"{SIZE}critical = {{title_right = 0.1}}", "lacks its cases or its critical metrics"),
        (f"{SIZE}cases = 5\ntitle_right = 0.1", "cannot say title_right"),
        (f"{CRITICAL}price_bias = 0.1", "is no metric that may gate"),
        (f"{CRITICAL}typo = 0.1", "is no metric that may gate"),
        (f"{CRITICAL}title_right = 0", "must be above 0"),
        (f"{CRITICAL}title_right = 5", "must be above 0"),
        (f"{CRITICAL}title_right = 'x'", "must be above 0"),
        (
            "[[margins.a.sizes]]\ncases = 5\ncritical = {title_right = 0.1}",
            "how many must_pass_cases a set needs",
        ),
        *(
            (f"[margins.a]\nmust_pass_cases = {some}", "how many must_pass_cases a set needs")
            for some in ("'one'", "1.0", "-1", "true")
        ),
        (f"{WATCHED}'title_right'", "is no list of metrics"),
        (f"{WATCHED}['price_bias']", "is no metric that may gate"),
        (f"{WATCHED}[5]", "is no metric that may gate"),
        (f"{WATCHED}['category_accepted']", "'category_accepted' stands twice in the margins 'a'"),
        (f"{WATCHED}['title_right', 'title_right']", "'title_right' stands twice in the margins 'a'"),
    ],
)
def test_margins_that_cannot_be_meant_are_refused(text: str, why: str) -> None:
    with pytest.raises(BadMarginsError, match=why):
        parse_margins(text)
