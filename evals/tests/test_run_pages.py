"""The admin's pages of runs: asked for, followed, stopped, taken up again, and read."""

import re
from html import unescape
from pathlib import Path
from typing import Final

import pytest
from django.contrib.auth import get_user_model
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from aiprefill.public import FLOOR, label_version
from aiprefill.tests.provider_server import ProviderServer
from evals import runner
from evals.models import CaseResult, EvalRun, HoldoutOpening, Release, RunState
from evals.tests.running import make_release, order, performed

pytestmark = pytest.mark.django_db(transaction=True)

FORM: Final = {"version": 1, "split": "gate", "repeats": 1, "concurrency": 2, "max_cost": 1}


@pytest.fixture
def release(tmp_path: Path, media: Path, transactional_db: None) -> Release:
    return make_release(tmp_path / "cases", count=3)


@pytest.fixture
def ada(transactional_db: None) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("ada@example.org"))
    return client


def page(client: Client, run: EvalRun, query: str = "") -> str:
    response = client.get(reverse("admin:evals_evalrun_change", args=[run.pk]) + query)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", unescape(response.content.decode()))


def test_a_run_is_asked_for_followed_and_read(
    ada: Client, release: Release, provider: ProviderServer
) -> None:
    form = FORM | {"release": release.pk, "repeats": 2}
    response = ada.post(reverse("admin:evals_evalrun_add"), form)
    run = EvalRun.objects.get()
    assert response["location"] == reverse("admin:evals_evalrun_change", args=[run.pk])
    assert (run.state, run.planned, run.max_cost_micros) == (RunState.QUEUED, 6, 1_000_000)
    waiting = page(ada, run)
    assert "Waiting for a worker" in waiting
    assert "data-reload" in waiting
    assert '<meta http-equiv="refresh"' in waiting
    provider.next_modes.extend(["nothing"] * 2)  # both repeats of the first case, or one of two
    assert runner.perform_next()
    done = page(ada, run, "?metric=title_right")
    assert "data-reload" not in done
    assert "By category and tag: title right" in done
    assert "6 / 6" in done
    assert f"<dt>asked at</dt><dd>{provider.url}</dd>" in done
    assert re.search(r"<del>no answer</del> <ins>headphones</ins>", done)
    assert done.count('role="img"') >= 5


def test_a_run_that_asks_the_same_goes_on(ada: Client, release: Release, provider: ProviderServer) -> None:
    run = performed(order(release, max_cost_micros=0))
    said = page(ada, run)
    assert "another call could cost more" in said
    go_on = reverse("admin:evals_go_on_with_run", args=[run.pk])
    ada.post(go_on, {"max_cost": "much"})
    assert not runner.due_count()
    ada.post(go_on, {"max_cost": "1.50"})
    run.refresh_from_db()
    assert (run.state, run.max_cost_micros) == (RunState.QUEUED, 1_500_000)
    ada.post(reverse("admin:evals_stop_run", args=[run.pk]))
    run.refresh_from_db()
    assert (run.state, run.reason) == (RunState.STOPPED, "Stopped by a person.")


def test_the_holdout_is_opened_with_a_reason_and_shows_no_case(
    ada: Client, tmp_path: Path, provider: ProviderServer
) -> None:
    release = make_release(tmp_path / "sealed", count=2, split="holdout", category="books")
    form = FORM | {"release": release.pk, "split": "holdout"}
    refused = ada.post(reverse("admin:evals_evalrun_add"), form)
    assert "sealed" in refused.content.decode()
    ada.post(reverse("admin:evals_evalrun_add"), form | {"why": "Before the launch"})
    assert HoldoutOpening.objects.get().why == "Before the launch"
    assert runner.perform_next()
    told = page(ada, EvalRun.objects.get())
    assert "its cases are not shown" in told
    assert "c000" not in told
    assert "By category and tag" not in told


def test_a_must_pass_case_that_is_right_in_half_of_its_repeats_is_told_as_failed(
    ada: Client, tmp_path: Path, provider: ProviderServer
) -> None:
    release = make_release(tmp_path / "must", count=1, tier="must_pass")
    provider.next_modes.append("nothing")
    assert "1 of 1 must-pass cases failed" in page(ada, performed(order(release, repeats=2)))


def test_errors_and_erased_cases_do_not_break_the_page(
    ada: Client, release: Release, provider: ProviderServer
) -> None:
    provider.next_modes.append("400")
    run = performed(order(release, repeats=1))
    CaseResult.objects.filter(run=run, error_class="").update(answer=None, erased_at=Now())
    told = page(ada, run)
    assert "bad request" in told
    assert page(ada, performed(order(release, version=label_version(FLOOR)))).count("no answer") == 9
