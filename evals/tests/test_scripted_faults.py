"""Bad habits over real HTTP: what the server answers is what the proofs score, and the gate stops it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from aiprefill.public import PRODUCTION, create_version, label_version
from aiprefill.tests.provider_server import ProviderServer
from aiprefill.tests.provider_wire import Script
from evals import datasets
from evals.content import Split
from evals.datasets.synthetic import expectations
from evals.models import EvalRun, Release
from evals.proofs.faults import ERRORS, MUST_PASS, answered
from evals.scripted.faults import FAULTS
from evals.scripted.model import Scripted
from evals.tests.folders import cases_of

pytestmark = pytest.mark.django_db(transaction=True)


def synthetic(provider: ProviderServer, count: int) -> Release:
    """The first cases of the proofs' set, and the model that knows them."""
    call_command("make_cases", str(count), "--name=synthetic", "--seed=1", f"--must-pass={MUST_PASS}")
    release = datasets.find_release("synthetic")
    provider.script = Script(answers=Scripted(expectations(cases_of(release, Split.GATE))), events=2)
    return release


def evaluated(line: str) -> EvalRun:
    """A run, once, of a version with this line in its prompt."""
    production = label_version(PRODUCTION)
    spec = replace(production.spec, instructions=f"You sell.\nscripted: {line}")
    version = create_version(spec, line, copied_from=production)
    call_command("evaluate", f"--prompt={version.pk}", "--dataset=synthetic", "--split=gate", "--repeats=1")
    return EvalRun.objects.get(version=version)


def test_a_fault_scores_over_http_as_in_the_proofs(provider: ProviderServer) -> None:
    synthetic(provider, MUST_PASS + 2)
    for fault in (*FAULTS, *ERRORS):
        run = evaluated(f"case.{fault}=1")
        told = {result.case.key: result.scores for result in run.results.select_related("case")}
        expected = {f"s{number:05}": answered(number, (fault,))[0] for number in range(MUST_PASS + 2)}
        assert (fault, told) == (fault, expected)


def test_a_bad_habit_is_stopped_by_the_commands_alone(provider: ProviderServer, tmp_path: Path) -> None:
    synthetic(provider, 110)
    call_command("evaluate", "--prompt=production", "--dataset=synthetic", "--split=gate", "--repeats=1")
    candidate = evaluated("case.capitals=.25").version
    told = tmp_path / "verdict.json"
    with pytest.raises(SystemExit) as ended:
        call_command("gate", f"--candidate={candidate.pk}", "--repeats=1", f"--json={told}")
    found: dict[str, Any] = json.loads(told.read_text())

    assert ended.value.code == found["exit_code"] == 1
    assert [(reason["check"], reason["metric"]) for reason in found["reasons"]] == [
        ("watched", "plain_words")
    ]
