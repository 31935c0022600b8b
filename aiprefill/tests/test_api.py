"""A photo in, a suggestion out: at once or later."""

import time
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Final

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.utils import timezone

from aiprefill import actions, jobs, waiting
from aiprefill.models import JobState, PrefillJob, Purpose
from aiprefill.tests.provider_server import ProviderServer
from aiprefill.tests.selling import FIELDS, upload
from listings import actions as listing_actions
from listings import tokens
from listings.models import Listing, Photo, Seller

ADDRESS: Final = "/api/analyze-image"
LATER: Final = {"Prefer": "wait=3, respond-async"}
TOLD: Final = {
    "title": "Black headphones",
    "description": FIELDS["description"]["value"],
    "category": "Electronics",
    "price": 18.0,
}


def program_of(seller: Seller) -> Client:
    return Client(headers={"Authorization": f"Bearer {tokens.issue(seller, 'test')}"})


@pytest.fixture
def api(seller: Seller) -> Client:
    return program_of(seller)


def end(job: dict[str, Any], **columns: Any) -> None:
    """End a job as a worker would."""
    PrefillJob.objects.filter(pk=job["id"]).update(ended_at=timezone.now(), **columns)


def clock(sleep: Callable[[float], object]) -> SimpleNamespace:
    """A clock for whoever waits, whose pauses do something."""
    return SimpleNamespace(monotonic=time.monotonic, sleep=sleep)


@pytest.mark.django_db(transaction=True)
def test_the_answer_comes_with_the_end_of_the_job(
    api: Client, provider: ProviderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = []

    def work(_seconds: float) -> None:
        held.append(connection.connection)
        jobs.perform_next()

    monkeypatch.setattr(waiting, "time", clock(work))
    response = api.post(ADDRESS, {"image": upload()})
    told = response.json()
    assert (response.status_code, held, told.keys()) == (200, [None], TOLD.keys())
    assert (told["category"], told["description"]) == (TOLD["category"], TOLD["description"])
    assert isinstance(told["price"], float)


def test_nobody_waits_longer_than_that(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    passing = clock(slept.append)
    passing.monotonic = lambda: sum(slept)
    monkeypatch.setattr(waiting, "time", passing)
    assert api.post(ADDRESS, {"image": upload()}).status_code == 202
    assert 19 < sum(slept) <= 20


def test_whoever_does_not_want_to_wait_gets_the_jobs_address(api: Client) -> None:
    response = api.post(ADDRESS, {"image": upload()}, headers=LATER)
    job = response.json()
    assert (response.status_code, response["Preference-Applied"]) == (202, "respond-async")
    assert response["Location"] == job["url"] == f"http://testserver/api/jobs/{job['id']}"
    assert (job["status"], job["suggestion"], job["error"]) == ("queued", None, None)
    end(job, state=JobState.DONE, fields=FIELDS | {"price": {"value": None, "reason": "", "dropped": None}})
    assert api.get(job["url"]).json() == job | {"status": "done", "suggestion": TOLD | {"price": None}}
    assert "no-store" in api.get(job["url"])["Cache-Control"]


def test_a_failure_says_why(api: Client) -> None:
    job = api.post(ADDRESS, {"image": upload()}, headers=LATER).json()
    end(job, state=JobState.FAILED, error_class="refused")
    told = api.get(job["url"]).json()
    assert (told["status"], told["suggestion"]) == ("failed", None)
    assert told["error"] == "We could not describe what is in your photos."


def test_only_so_many_wait(api: Client, settings: LazySettings) -> None:
    held = 0
    while waiting.ROOM.acquire(blocking=False):
        held += 1
    assert held == settings.WEB_THREADS // 4
    assert api.post(ADDRESS, {"image": upload()}).status_code == 202
    for _ in range(held):
        waiting.ROOM.release()


def test_a_job_is_its_askers_alone(api: Client) -> None:
    job = api.post(ADDRESS, {"image": upload()}, headers=LATER).json()
    other = program_of(Seller.objects.create_user("other@example.org"))
    assert other.get(job["url"]).status_code == 404
    assert Client().get(job["url"]).status_code == 401


def test_the_draft_is_hidden_and_gone_after_a_day(api: Client, seller: Seller, media: Any) -> None:
    job = api.post(ADDRESS, {"image": upload()}, headers=LATER).json()
    draft = Listing.objects.get()
    row = PrefillJob.objects.get()
    assert (row.purpose, row.seller, row.listing) == (Purpose.API, seller, draft)
    seller_at_home = Client()
    seller_at_home.force_login(seller)
    assert "No drafts" in seller_at_home.get("/my/drafts/").content.decode()
    assert seller_at_home.get(f"/sell/{draft.pk}/").status_code == 404
    assert seller_at_home.get(f"/listings/{draft.pk}/edit/").status_code == 404
    end(job, state=JobState.DONE, fields=FIELDS)
    listing_actions.sweep_now(timezone.now())
    assert Photo.objects.exists()
    Listing.objects.update(erase_at=timezone.now() - timedelta(seconds=1))
    listing_actions.sweep_now(timezone.now())
    assert not Listing.objects.exists()
    assert api.get(job["url"]).status_code == 404
    row.refresh_from_db()
    assert (row.fields, bool(row.erased_at)) == ({}, True)


def test_limits_and_budget_hold_for_programs(
    api: Client, seller: Seller, settings: LazySettings, provider: ProviderServer
) -> None:
    settings.PREFILL_JOBS_A_DAY_ACCOUNT = 1
    assert api.post(ADDRESS, {"image": upload()}, headers=LATER).status_code == 202
    response = api.post(ADDRESS, {"image": upload(1)}, headers=LATER)
    assert (response.status_code, Listing.objects.count()) == (429, 1)
    assert 0 < int(response["Retry-After"]) <= 86_400
    settings.PREFILL_JOBS_A_DAY_ACCOUNT = 9
    settings.PREFILL_DAY_BUDGET_MICROS = 1
    assert "used up" in api.post(ADDRESS, {"image": upload(1)}, headers=LATER).json()["error"]
    actions.set_preference(seller, wants=False)
    assert api.post(ADDRESS, {"image": upload(1)}).status_code == 403
    actions.turn_off("test")
    assert api.post(ADDRESS, {"image": upload(1)}).status_code == 503
    assert PrefillJob.objects.count() == 1
