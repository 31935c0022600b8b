"""Synthetic cases and the model that errs at known rates, over real HTTP."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from aiprefill.public import (
    PRODUCTION,
    CallEvent,
    ErrorClass,
    Outcome,
    SuggestionFailed,
    SuggestRequest,
    connect,
    label_version,
    suggest,
)
from aiprefill.tests.connection import connected_server
from aiprefill.tests.provider_wire import Script
from evals import datasets
from evals.answer import Answer
from evals.content import Split
from evals.datasets import files
from evals.datasets.synthetic import expectations
from evals.judges.judging import Judging
from evals.judges.modes import find_mode
from evals.models import Case, JudgeVerdict, Release
from evals.scoring import METRICS, Kind, score
from evals.scripted.faults import FAULTS
from evals.scripted.model import Scripted
from evals.scripted.rates import Rates
from evals.tests.folders import cases_of
from evals.tests.judged import make_candidate
from evals.tests.running import order, performed
from listings.photos import model_picture

pytestmark = pytest.mark.django_db

OPTIONS: Final = ("--seed", "3", "--must-pass", "2", "--pairs", "3")

HURTS: Final = {
    "category": {"category_accepted", "category_exact"},
    "title": {"title_right"},
    "untitled": {"title_right", "title_answered", "text_length"},
    "capitals": {"plain_words"},
    "long": {"text_length"},
    "condition": {"condition_right"},
    "price": {"price_inside", "price_covers"},
    "times-ten": {"price_inside", "price_covers"},
    "double": {"price_inside", "price_covers"},
    "claim": {"no_forbidden_claim"},
    "advertising": {"no_advertising"},
    "excited": {"plain_words"},
    "contact": {"no_contact", "description_right", "text_length"},
    "german": {"right_language", "description_right"},
    # A price that is a little off, a range, orders where there are none: seen by no yes/no metric.
    **{name: set() for name in ("pounds", "dear", "cheap", "dearer", "cheaper", "wide", "obey")},
}
"""The metrics that each fault hurts, and no other."""


@pytest.fixture
def release() -> Release:
    call_command("make_cases", "12", *OPTIONS)
    return datasets.find_release("synthetic-12")


@contextmanager
def scripted(release: Release, settings: LazySettings, **models: Rates) -> Iterator[None]:
    """The scripted model that knows this release, as the site's provider; `models` err as is told of them."""
    with connected_server(settings) as server:
        known = expectations(cases_of(release, Split.GATE))
        server.script = Script(answers=Scripted(known, models=models), events=2)
        yield


def ask(case: Case, line: str = "", model: str = "") -> Outcome | SuggestionFailed:
    version = label_version(PRODUCTION)
    spec = replace(version.spec, instructions=f"{version.spec.instructions}\n{line}")
    spec = replace(spec, model=model or spec.model)
    shown = tuple(model_picture(files.read(each.sha256), spec.picture_size) for each in case.files.all())
    request = SuggestRequest(shown, case.language, spec)
    heard: list[CallEvent] = []
    return suggest(request, connect(version), deadline=time.monotonic() + 20, on_event=heard.append)


def wrong(case: Case, outcome: Outcome | SuggestionFailed) -> set[str]:
    assert isinstance(outcome, Outcome)
    scores = score(case.expectation, Answer(outcome.suggestion))
    return {name for name, value in scores.items() if METRICS[name].kind is Kind.YES_NO and value == 0}


def test_it_is_right_everywhere_and_each_fault_hurts_its_own_metric(
    release: Release, settings: LazySettings
) -> None:
    by_the_case = {"abstain", "other", "swap", "new", "joke", "example"}
    assert HURTS.keys() | by_the_case == FAULTS.keys()
    with scripted(release, settings):
        for case in cases_of(release, Split.GATE)[2:4]:
            assert wrong(case, ask(case)) == set()
            for fault, metrics in HURTS.items():
                assert wrong(case, ask(case, f"scripted: {fault}=1")) == metrics
        failed = ask(case, "scripted: refusal=1")
    assert isinstance(failed, SuggestionFailed)
    assert failed.error_class is ErrorClass.REFUSED


@pytest.mark.django_db(transaction=True)
def test_it_judges_whether_a_text_claims_too_much(release: Release, settings: LazySettings) -> None:
    with scripted(release, settings):
        version = label_version(PRODUCTION)
        make_candidate(f"{version.spec.instructions}\nscripted: seed=5 case.claim=.5")
        run = performed(order(release, version=version.copies.get(), repeats=1))
        Judging(find_mode("unseen_claim"), run).perform()
    said = dict(JudgeVerdict.objects.values_list("output__run_call__case", "fails"))
    for result in run.results.filter(case__in=said):  # where nothing was written, there is nothing to judge
        assert said[result.case_id] == (result.scores["no_forbidden_claim"] == 0)
    assert {*said.values()} == {True, False}


def test_its_faults_are_the_same_again_for_a_seed_and_a_repeat(
    release: Release, settings: LazySettings
) -> None:
    cases = cases_of(release, Split.GATE)
    answers = []
    for _server in range(2):
        with scripted(release, settings):
            answers += [
                [wrong(case, ask(case, "scripted: seed=5 category=.5")) for case in cases] for _ in "12"
            ]
    assert answers[:2] == answers[2:]
    assert answers[0] != answers[1]


def test_a_model_errs_as_is_told_of_it_by_name(release: Release, settings: LazySettings) -> None:
    case = cases_of(release, Split.GATE)[2]
    with scripted(release, settings, small=Rates.parse("title=1")):
        assert wrong(case, ask(case, model="small")) == HURTS["title"]
        assert wrong(case, ask(case, model="large")) == set()
        assert wrong(case, ask(case, "scripted: price=1", "small")) == HURTS["price"]


def test_its_rates_are_those_it_is_told() -> None:
    rates = Rates.of("You sell.\nscripted: seed=2 category=.1 case.title=.2\nShort.")
    drawn = [rates.faults(f"picture {number // 3}", number % 3) for number in range(6000)]
    assert sum("category" in faults for faults in drawn) / 6000 == pytest.approx(0.1, abs=0.015)
    assert sum("title" in faults for faults in drawn) / 6000 == pytest.approx(0.2, abs=0.03)
    titles = ["title" in faults for faults in drawn]
    assert titles[0::3] == titles[1::3] == titles[2::3]
    assert Rates.of("You sell.").faults("picture", 1) == []


def test_synthetic_cases_are_the_same_again_for_a_seed(release: Release) -> None:
    cases = list(cases_of(release, Split.GATE))
    assert [case.tier for case in cases] == ["must_pass"] * 2 + ["metric"] * 10
    clusters = list(release.members.values_list("cluster", flat=True))
    assert clusters == ["s00000", "s00000", "s00002", "s00002", "s00004", "s00004"] + [
        case.key for case in cases[6:]
    ]
    call_command("make_cases", "12", "--name", "again", *OPTIONS)
    assert datasets.find_release("again").digest == release.digest
    with pytest.raises(CommandError, match="--name"):
        call_command("make_cases", "12")
