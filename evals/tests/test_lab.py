"""The prompt lab: what is tried, on what, at whose permission, and what never is."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from aiprefill.public import (
    PRODUCTION,
    ModelOutput,
    PrefillJob,
    PromptVersion,
    label_version,
    save_trial,
    try_version,
)
from aiprefill.tests.provider_server import ProviderServer
from evals import lab, runner
from evals.models import CaseResult, EvalRun, Release, RunState
from evals.tests.running import make_release, order, performed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def release(tmp_path: Path, media: Path, transactional_db: None) -> Release:
    """Three gate cases, of which the model gets none right, and one of the dev split."""
    make_release(tmp_path / "gate", count=3, category="books")
    return make_release(tmp_path / "dev", count=1, first=100, split="dev")


@pytest.fixture
def baseline(provider: ProviderServer, release: Release) -> EvalRun:
    """Production, measured."""
    return performed(order(release, repeats=3))


@pytest.fixture
def trial(transactional_db: None) -> PromptVersion:
    first = label_version(PRODUCTION)
    return try_version(replace(first.spec, instructions="Be brief."), copied_from=first)


def person(*permissions: str) -> Client:
    """One of the staff who may do this much."""
    account = get_user_model().objects.create_user(f"{len(permissions)}@example.org", is_staff=True)
    account.user_permissions.add(*Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture
def ada(transactional_db: None) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("ada@example.org"))
    return client


@pytest.fixture
def by(ada: Client) -> int:
    return int(get_user_model().objects.get().pk)


def prompt(instructions: str = "Be brief.") -> dict[str, Any]:
    """What the page posts for production's prompt with other instructions."""
    spec = label_version(PRODUCTION).spec
    names = ("request", "language_rule", "model", "parameters", "picture_size")
    return {name: getattr(spec, name) for name in names} | {"instructions": instructions}


def press(client: Client, button: str, query: str = "", **posted: Any) -> str:
    """The page after the button, or where it leads."""
    data = prompt() | {"do": button} | posted
    response = client.post(f"{reverse('evals:lab')}{query}", data)
    return response.headers.get("Location", "").partition("#")[0] or text(response.content)


def text(content: bytes) -> str:
    return re.sub(r"\s+", " ", unescape(content.decode()))


def look_at(client: Client, query: str = "") -> str:
    response = client.get(f"{reverse('evals:lab')}{query}")
    assert response.status_code == 200
    return text(response.content)


def test_what_is_tried_twice_is_asked_once(ada: Client, baseline: EvalRun, provider: ProviderServer) -> None:
    asked = len(provider.ledger)
    first = press(ada, "worst")
    assert runner.perform_next()
    assert len(provider.ledger) == asked + 3
    assert press(ada, "worst") == first
    assert press(ada, "worst", first[first.index("?") :]) == first
    assert not runner.due_count()
    tried = EvalRun.objects.get(version__is_trial=True)
    assert (tried.only, tried.repeats, tried.split) == (["c000", "c001", "c002"], 1, "gate")
    assert "3 of 3 answers" in look_at(ada, first[first.index("?") :])
    assert tried.version.created_by == tried.asked_by == get_user_model().objects.get()


def test_a_try_that_met_errors_is_asked_again(
    by: int, baseline: EvalRun, trial: PromptVersion, provider: ProviderServer
) -> None:
    first = lab.try_worst(trial, by)
    provider.next_modes.append("400")
    assert runner.perform_next()
    first.refresh_from_db()
    assert (first.state, first.errors) == (RunState.DONE, 1)
    second = lab.try_worst(trial, by)
    assert second != first
    assert runner.perform_next()
    assert lab.try_worst(trial, by) == second
    second.refresh_from_db()
    assert (second.errors, second.from_cache) == (0, 2)


def test_a_case_of_the_dev_split_is_tried_beside_production(
    ada: Client, baseline: EvalRun, provider: ProviderServer
) -> None:
    case = lab.dev_cases(9)[0]
    asked = len(provider.ledger)
    address = press(ada, "photo", photo=f"case:{case.pk}")
    assert "this one comes after run" in look_at(ada, address[address.index("?") :])
    while runner.perform_next():
        pass
    assert len(provider.ledger) == asked + 2  # production had not seen it
    assert "Right in both: title, category, price" in look_at(ada, address[address.index("?") :])
    press(ada, "photo", photo=f"case:{case.pk}")
    assert not runner.due_count()


def test_without_a_run_of_production_it_says_so_and_starts_one(
    ada: Client, provider: ProviderServer, release: Release
) -> None:
    assert "nobody knows its worst cases" in look_at(ada)
    assert "it needs a run over the gate split" in press(ada, "worst")
    started = press(ada, "baseline", instructions="Half a though")
    assert "Half a though" in started
    run = EvalRun.objects.get()
    assert (run.version, run.only, run.repeats, run.split) == (label_version(PRODUCTION), None, 3, "gate")
    assert 'hx-trigger="every 2s"' in started
    assert "Run production over" not in started
    assert runner.perform_next()
    assert "Try on these 3 cases" in look_at(ada)


def test_without_any_release_it_says_how_to_make_one(ada: Client, provider: ProviderServer) -> None:
    assert "nobody knows its worst cases" in look_at(ada)
    assert "manage.py dataset release" in press(ada, "baseline")


def test_it_is_saved_with_its_word_and_only_then_run(
    ada: Client, baseline: EvalRun, provider: ProviderServer
) -> None:
    address = press(ada, "worst")
    here = address[address.index("?") :]
    assert runner.perform_next()
    trial = PromptVersion.objects.get(is_trial=True)
    assert "Save the prompt as a version first" in press(ada, "run", here)
    assert "This field is required." in press(ada, "save", here)
    assert press(ada, "save", here, note="Shorter.") == address
    trial.refresh_from_db()
    assert (trial.is_trial, trial.note, trial.copied_from) == (False, "Shorter.", label_version(PRODUCTION))
    assert "Save the prompt as a version first" in press(ada, "run", here, instructions="Be bold.")
    assert "has exactly this specification" in press(ada, "save", here, note="Once more.")
    each = [output.cost_micros or 0 for output in ModelOutput.objects.filter(version=trial)]
    assert lab.estimate(trial) == round(sum(each) / len(each) * 9)
    assert press(ada, "run", here) == address
    run = EvalRun.objects.get(version=trial, only=None)
    assert (run.planned, run.release, run.state) == (9, baseline.release, RunState.QUEUED)
    assert press(ada, "run", here) == address
    assert EvalRun.objects.filter(version=trial, only=None).count() == 1
    assert runner.perform_next()
    assert f"{reverse('admin:evals_compare')}?a={baseline.pk}&b={run.pk}" in look_at(ada, here)


def test_production_itself_is_not_tried(ada: Client, baseline: EvalRun) -> None:
    own = label_version(PRODUCTION).spec.instructions
    for button, posted in (("worst", {}), ("photo", {"photo": f"case:{lab.dev_cases(1)[0].pk}"})):
        assert "This is production's own prompt" in press(ada, button, instructions=own, **posted)
    assert PromptVersion.objects.count() == 2


def test_a_refusal_says_why_and_leaves_no_trial(
    ada: Client, baseline: EvalRun, settings: LazySettings
) -> None:
    settings.PREFILL_DAY_BUDGET_MICROS = 1
    for button, posted in (("worst", {}), ("photo", {"photo": f"case:{lab.dev_cases(1)[0].pk}"})):
        assert "The day's budget for suggestions is spent." in press(ada, button, **posted)
    assert "Choose one of the photos" in press(ada, "photo")
    assert not PromptVersion.objects.filter(is_trial=True).exists()
    settings.PREFILL_DAY_BUDGET_MICROS = 10**9
    assert "version=3" in press(ada, "worst")


def test_an_address_names_nothing_but_tries_of_its_version(
    ada: Client, baseline: EvalRun, trial: PromptVersion
) -> None:
    other = try_version(replace(trial.spec, instructions="Be bold."))
    look = lab.try_worst(other, get_user_model().objects.get().pk)
    for query in (
        f"?version={trial.pk}&cases={look.pk}",
        f"?version={trial.pk}&cases={baseline.pk}&case={baseline.pk}",
        "?version=1&cases=0&job=nobody&start=nothing",
        f"?version=99999999999&start=-1&job={'0' * 32}",
    ):
        assert f"of v{trial.pk}</a>" not in look_at(ada, query)
    assert f"of v{other.pk}</a>" in look_at(ada, f"?version={other.pk}&cases={look.pk}")


def test_who_may_do_what(baseline: EvalRun, trial: PromptVersion) -> None:
    annotator = person("view_promptversion", "view_evalrun", "add_prefilljob")
    assert annotator.get(reverse("evals:lab")).status_code == 403
    writer = person("add_promptversion")
    shown = look_at(writer)
    for words in ("Try on these", "Try on this photo", "over the gate split", "Cases of the dev split"):
        assert words not in shown
    for button in ("worst", "photo", "run", "baseline"):
        answer = writer.post(reverse("evals:lab"), prompt() | {"do": button})
        assert answer.status_code == 403
    assert "version=3" in press(writer, "save", note="Shorter.")
    reader = person("add_promptversion", "add_prefilljob")
    case = lab.dev_cases(1)[0]
    assert "Choose one of the photos" in press(
        reader, "photo", photo=f"case:{case.pk}", instructions="Be bold."
    )
    assert not PrefillJob.objects.exists()


def test_what_leads_to_the_lab(ada: Client, baseline: EvalRun, trial: PromptVersion) -> None:
    at = reverse("evals:lab")
    versions, run = (
        "/admin/aiprefill/promptversion/",
        reverse("admin:evals_evalrun_change", args=[baseline.pk]),
    )
    for page, link in (
        ("/admin/", at),
        (run, f"{at}?start=1"),
        (f"{versions}1/change/", f"{at}?start=1"),
        (f"{versions}{trial.pk}/change/", f"{at}?start=1&version={trial.pk}"),
        (reverse("admin:aiprefill_copy_version", args=[1]), f"{at}?start=1"),
    ):
        assert f'href="{link}"' in text(ada.get(page).content), page
        assert ada.get(link).status_code == 200
        assert at not in text(person("view_promptversion", "view_evalrun").get(page).content)
        get_user_model().objects.filter(is_superuser=False).delete()


def test_an_erased_answer_does_not_break_the_page(ada: Client, baseline: EvalRun) -> None:
    address = press(ada, "worst")
    assert runner.perform_next()
    look = EvalRun.objects.get(version__is_trial=True)
    CaseResult.objects.filter(run__in=(look, baseline)).update(answer=None, erased_at="2026-01-01T00:00Z")
    assert "3 of 3 answers" in look_at(ada, address[address.index("?") :])


def test_a_saved_version_is_started_from_like_any(
    ada: Client, baseline: EvalRun, trial: PromptVersion
) -> None:
    saved = save_trial(trial, "Shorter.")
    shown = look_at(ada, f"?start={saved.pk}")
    assert "Be brief.</textarea>" in shown
    assert f"Nothing differs from v{saved.pk} yet" in shown
    assert "version=3" in press(ada, "worst", f"?start={saved.pk}")
