"""`manage.py prompt_test`: every must-pass case passes or fails, in words, over real HTTP."""

from collections.abc import Callable
from io import StringIO
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command

from aiprefill.public import PRODUCTION, ModelOutput, label_version
from aiprefill.tests.provider_server import ProviderServer
from aiprefill.tests.provider_wire import ANSWER
from evals.comparison import MustPass
from evals.decision import Status
from evals.models import Case, CaseResult, EvalRun, Release
from evals.prompt_tests import outcome, outcomes, status
from evals.tests.running import make_release, order, performed

pytestmark = pytest.mark.django_db(transaction=True)


def asked(*words: str) -> tuple[int, str]:
    """The exit code, and what was said."""
    said = StringIO()
    try:
        call_command("prompt_test", *words, stdout=said)
    except SystemExit as ended:
        return int(ended.code or 0), said.getvalue()
    return 0, said.getvalue()


def wrong_at_first(times: int, **fields: Any) -> Callable[[dict[str, Any]], tuple[str, dict[str, Any]]]:
    """Answers of a model that gives these fields in its first answers, and then is right."""
    left = [True] * times
    return lambda _body: ("", {**ANSWER, **(fields if left and left.pop() else {})})


@pytest.fixture
def release(media: Path, tmp_path: Path) -> Release:
    return make_release(tmp_path / "cases", count=1, tier="must_pass", forbidden=["leather"])


def test_every_case_passes_and_the_second_time_costs_nothing(
    provider: ProviderServer, release: Release
) -> None:
    code, said = asked()
    assert (code, said.splitlines()[1:]) == (
        0,
        [
            "pass  c000",
            f"PASS: 1 of 1 cases pass. This cost {EvalRun.objects.get().cost_micros / 1e6:.4f} USD.",
        ],
    )
    assert said.startswith(f"{label_version(PRODUCTION)} on set@1: 1 must-pass cases, 3 times each.")
    assert ModelOutput.objects.count() == len(provider.ledger) == 3
    assert "This cost 0.0000 USD." in asked()[1]
    assert len(provider.ledger) == 3
    asked("--fresh")
    assert len(provider.ledger) == 6


@pytest.mark.parametrize(("times", "code", "word"), [(1, 0, "pass"), (2, 1, "FAIL"), (3, 1, "FAIL")])
def test_a_case_fails_when_it_is_wrong_in_most_repeats(
    provider: ProviderServer, release: Release, times: int, code: int, word: str
) -> None:
    books = {"category": {"value": "books", "reason": ""}}
    provider.script.answers = wrong_at_first(times, **books)
    found, said = asked()
    assert found == code
    assert f"{word}  c000: wrong in {times} of 3" in said
    assert f"category_accepted: expected electronics, got books ({times} of 3 times)" in said


def test_what_was_said_is_shown_where_a_text_is_wrong(provider: ProviderServer, release: Release) -> None:
    claim = {"description": {"value": "It is genuine\n leather.", "reason": ""}}
    provider.script.answers = wrong_at_first(3, **claim)
    code, said = asked()
    assert code == 1
    title = ANSWER["title"]["value"]
    assert (
        f"no_forbidden_claim: expected no claim of leather, got {title}; It is genuine leather. (3 of" in said
    )


def test_an_answer_to_what_cannot_be_told_is_shown(provider: ProviderServer, tmp_path: Path) -> None:
    make_release(
        tmp_path / "cases",
        count=1,
        tier="must_pass",
        untellable=["price"],
        price_low_eur=None,
        price_high_eur=None,
    )
    code, said = asked()
    assert code == 1
    assert "rightly_silent: expected nothing about price, got" in said
    assert "€" in said


def test_one_answer_that_breaks_the_schema_fails_its_case(provider: ProviderServer, release: Release) -> None:
    # One call at a time: the first repeat is asked once more after the others, and is broken again.
    provider.next_modes.extend(["schema-invalid", "", "", "schema-invalid"])
    run = performed(order(release, repeats=3, only=frozenset({"c000"}), concurrency=1))
    (case,) = outcomes(run)
    assert (case.wrong, case.passes, status([run], [case])) == (1, False, Status.FAIL)
    assert "valid: expected the answer held its schema, got bad_answer (1 of 3 times)" in case.why


def test_it_decides_as_the_gate_does_once_the_answers_there_are_decide() -> None:
    for repeats in range(1, 6):
        for answers in product((True, False, None), repeat=repeats):
            scores = [
                {} if right is None else {"valid": 1.0, "title_right": float(right)} for right in answers
            ]
            results = [CaseResult(case=Case(expected={}), answer={}, scores=each) for each in scores]
            ends = set()
            for lacking in product((True, False), repeat=answers.count(None)):
                told = iter(lacking)
                whole = [next(told) if right is None else right for right in answers]
                ends.add(
                    not MustPass("c", tuple(() if right else ("title_right",) for right in whole), 0).breaks
                )
            expected = ends.pop() if len(ends) == 1 else None
            assert outcome(EvalRun(repeats=repeats), "c", results).passes is expected, answers


def test_only_must_pass_cases_are_asked_of_every_split_but_the_holdout(
    provider: ProviderServer, media: Path, tmp_path: Path
) -> None:
    make_release(tmp_path / "a", count=1, tier="must_pass", split="dev")
    make_release(tmp_path / "b", count=1, first=1, tier="must_pass", split="holdout")
    make_release(tmp_path / "c", count=1, first=2)
    make_release(tmp_path / "d", count=1, first=3, tier="must_pass")
    code, said = asked("--repeats", "1", "--dataset", "set@4")
    assert (code, [line for line in said.splitlines() if line.startswith("pass")]) == (
        0,
        ["pass  c000", "pass  c003"],
    )
    assert len(provider.ledger) == 2


def test_what_money_ends_is_inconclusive_unless_a_case_failed_before(
    provider: ProviderServer, media: Path, tmp_path: Path, settings: LazySettings
) -> None:
    make_release(tmp_path / "cases", count=2, tier="must_pass")
    settings.PREFILL_CALL_RESERVE_MICROS = 10_000
    code, said = asked("--max-cost-usd", "0.013")
    assert code == 2
    assert "INCONCLUSIVE: " in said
    assert "times: The run may cost 0.01 USD, and another call could cost more." in said
    provider.script.answers = wrong_at_first(99, category={"value": "books", "reason": ""})
    assert asked("--max-cost-usd", "0.013", "--fresh", "--repeats", "1")[0] == 1


@pytest.mark.parametrize(
    ("mode", "why"),
    [
        ("401", "asked 0 of 3 times: not_allowed"),
        ("400", "no answer: the provider failed with bad_request (3 of 3 times)"),
    ],
)
def test_a_provider_that_fails_breaks_it(
    provider: ProviderServer, release: Release, mode: str, why: str
) -> None:
    provider.mode = mode
    code, said = asked()
    assert code == 3
    assert "open  c000" in said
    assert why in said
    assert "BROKEN: 0 of 1 cases pass." in said


def test_what_cannot_be_asked_is_broken_and_told(
    provider: ProviderServer, media: Path, tmp_path: Path, settings: LazySettings
) -> None:
    assert asked() == (
        3,
        "BROKEN: No release has cases in the split gate yet. Make one: manage.py dataset release NAME\n",
    )
    make_release(tmp_path / "cases", count=1)
    assert asked() == (3, "BROKEN: set@1 has no must-pass case that is open.\n")
    assert asked("--prompt", "nobody")[1].startswith("BROKEN: There is no prompt version 'nobody'.")
    make_release(tmp_path / "more", count=1, first=1, tier="must_pass")
    settings.OPENAI_API_KEY = settings.OPENAI_BASE_URL = ""
    code, said = asked()
    assert (code, "BROKEN: No openai model is connected" in said) == (3, True)
