"""`manage.py gate --run-missing` where the margins name a judge: over the wire, up to the verdict."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import transaction

from aiprefill.public import PRODUCTION
from aiprefill.tests.provider_server import ProviderServer
from evals.judges.agreement import Part, part
from evals.judges.gating import to_judge
from evals.models import CaseResult, JudgeVerdict
from evals.tests import running
from evals.tests.judged import make_candidate
from evals.tests.judges import (
    METRIC,
    MODE,
    finding,
    gated,
    label_all,
    make_known,
    name_judge,
    reasons,
    scripted,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("claims", "code"), [(False, 0), (True, 1)])
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


def test_what_people_labelled_is_judged_too_and_the_judge_measured_by_it(
    own_margins: Path, tmp_path: Path, provider: ProviderServer
) -> None:
    name_judge(own_margins, MODE, dataset="set")
    provider.script.answers = scripted(
        lambda picture: f"A cable {picture[:8]}. {'It is tested.' if int(picture[0], 16) % 2 else 'Black.'}",
        lambda text: finding("tested" in text["description"]),
    )
    provider.script.events = 2
    run = running.performed(
        running.order(running.make_release(tmp_path / "cases", count=150), repeats=1, concurrency=16)
    )
    label_all(run, lambda text: "tested" in text)
    candidate = make_candidate()
    assert [mode.name for mode in to_judge("set", run)] == [MODE]
    found, told = gated(tmp_path, candidate, "--dataset=set", "--repeats=1", "--run-missing")
    assert (found, reasons(told)) == (0, [])
    assert told["baseline_run"] == run.pk
    judge = told["comparison"]["metrics"][METRIC]["judge"]
    assert (judge["tpr"], judge["tnr"]) == (1, 1)
    assert judge["passing"] + judge["failing"] == sum(
        part(key) is Part.TEST for key in run.results.values_list("case__key", flat=True)
    )
    assert JudgeVerdict.objects.count() == 150
    assert not [*to_judge("set", run)]


def test_what_its_money_does_not_reach_breaks_it_and_it_goes_on(
    own_margins: Path, tmp_path: Path, provider: ProviderServer, settings: LazySettings
) -> None:
    with transaction.atomic():
        make_known()
    name_judge(own_margins, MODE, dataset="set")
    provider.script.answers = scripted(
        lambda picture: f"A cable {picture[:8]}.", lambda _text: finding(False)
    )
    provider.script.events = 2
    running.make_release(tmp_path / "cases", count=20)
    candidate = make_candidate()
    words = ["--dataset=set", "--repeats=1", "--run-missing"]
    for version in (PRODUCTION, str(candidate.pk)):
        call_command("evaluate", f"--prompt={version}", "--dataset=set", "--repeats=1")
    settings.PREFILL_CALL_RESERVE_MICROS = 10_000
    found, told = gated(tmp_path, candidate, *words, "--max-cost-usd=0.01")
    assert (found, reasons(told)) == (3, [("baseline_unjudged", ""), ("candidate_unjudged", "")])
    assert gated(tmp_path, candidate, *words)[0] == 0


def test_no_verdicts_are_bought_that_would_change_nothing(
    own_margins: Path, tmp_path: Path, provider: ProviderServer
) -> None:
    name_judge(own_margins, MODE, dataset="set")
    running.make_release(tmp_path / "cases", count=20)
    found, told = gated(tmp_path, make_candidate(), "--dataset=set", "--repeats=1", "--run-missing")
    assert (found, reasons(told)) == (3, [("judge_not_calibrated", "")])
    assert CaseResult.objects.count() == len(provider.requests) == 40
