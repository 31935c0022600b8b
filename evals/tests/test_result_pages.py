"""Single results, calls, judgements and pictures: found when looked for, sealed where they are sealed."""

from pathlib import Path
from typing import Any, Final

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aiprefill.public import ANNOTATORS, PRODUCTION, OutputPurpose, label_version, open_call
from evals import datasets
from evals.content import Split
from evals.models import Case, CaseResult, EvalRun, JudgeVerdict, RunCall
from evals.tests.folders import folder_of

pytestmark = pytest.mark.django_db

MODELS: Final = ("casefile", "caseresult", "runcall", "judgeverdict")


@pytest.fixture
def run(tmp_path: Path) -> EvalRun:
    folder = folder_of(
        tmp_path / "set", {"id": "lamp", "split": "gate"}, {"id": "quoxtl", "split": "holdout"}
    )
    datasets.import_cases("set", folder)
    release = datasets.release(datasets.find_dataset("set"))
    run = EvalRun.objects.create(release=release, split=Split.GATE, version=label_version(PRODUCTION))
    for key in ("lamp", "quoxtl"):
        settle(run, Case.objects.get(key=key), 1)
    return run


def settle(run: EvalRun, case: Case, repeat: int) -> None:
    """A result, and a judge's word on it that a call brought."""
    CaseResult.objects.create(run=run, case=case, repeat=repeat, cache_key="k", answer={})
    output = open_call(OutputPurpose.JUDGE, run.version, "{}")
    RunCall.objects.create(run=run, case=case, repeat=repeat, output=output)
    JudgeVerdict.objects.create(
        mode="unseen_claim",
        version=run.version,
        answer_digest=f"{output.pk:064x}",
        output=output,
        fails=True,
        reason=f"What was said of {case.key}",
    )


def staff(**told: Any) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create(email="ada@example.org", is_staff=True, **told))
    return client


def page(client: Client, model: str, query: str = "") -> Any:
    return client.get(reverse(f"admin:evals_{model}_changelist") + query)


def keys(client: Client, model: str, query: str = "") -> set[str]:
    rows = page(client, model, query).context["cl"].result_list
    return {row.key if model == "judgeverdict" else row.case.key for row in rows}


@pytest.mark.parametrize("model", MODELS)
def test_what_is_sealed_is_left_out_until_it_is_opened(run: EvalRun, model: str) -> None:
    client, sealed = staff(is_superuser=True), Case.objects.get(key="quoxtl")
    rows: dict[str, QuerySet[Any]] = {
        "casefile": sealed.files.all(),
        "caseresult": sealed.results.all(),
        "runcall": RunCall.objects.filter(case=sealed),
        "judgeverdict": JudgeVerdict.objects.filter(output__run_call__case=sealed),
    }
    one = reverse(f"admin:evals_{model}_change", args=[rows[model].get().pk])
    assert keys(client, model) == {"lamp"}
    assert keys(client, model, "?q=quoxtl") == set()
    assert client.get(one).status_code == 302  # as for a row that is not there
    client.post(reverse("admin:evals_open_holdout", args=[sealed.pk]), {"why": "Before the launch"})
    assert keys(client, model) == {"lamp", "quoxtl"}
    assert keys(client, model, "?q=quoxtl") == {"quoxtl"}
    assert client.get(one).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_a_list_asks_no_more_for_more_rows(run: EvalRun, model: str) -> None:
    client, lamp = staff(is_superuser=True), Case.objects.get(key="lamp")
    page(client, model)  # content types are read once
    with CaptureQueriesContext(connection) as few:
        page(client, model)
    for repeat in (2, 3):
        settle(run, lamp, repeat)
    with CaptureQueriesContext(connection) as more:
        page(client, model)
    assert len(more) == len(few)


def test_annotators_see_results_and_not_what_judges_said(run: EvalRun) -> None:
    client = staff()
    get_user_model().objects.get(email="ada@example.org").groups.add(Group.objects.get(name=ANNOTATORS))
    assert [page(client, model).status_code for model in MODELS] == [200, 200, 200, 403]


def test_results_are_found_by_run_case_and_error(run: EvalRun) -> None:
    client, lamp = staff(is_superuser=True), Case.objects.get(key="lamp")
    CaseResult.objects.create(
        run=run, case=lamp, repeat=2, cache_key="l", answer={}, error_class="refused", cost_micros=1200
    )
    found = page(client, "caseresult", "?q=refused")
    assert [row.repeat for row in found.context["cl"].result_list] == [2]
    assert "$0.0012" in found.content.decode()
    assert keys(client, "caseresult", f"?q={run.pk}") == {"lamp"}
    assert page(client, "caseresult", "?error_class__isempty=0").context["cl"].result_count == 1
    assert "What was said of lamp" in page(client, "judgeverdict").content.decode()
