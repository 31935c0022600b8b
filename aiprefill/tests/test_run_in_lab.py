"""*Run this job's photos with version N*, on the page of a job: what it reads, and when it does not."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from aiprefill import actions, jobs, limits
from aiprefill.annotators import GROUP
from aiprefill.models import JobState, ModelOutput, OutputPurpose, PrefillJob, PromptVersion, Purpose
from aiprefill.prompts import create_version
from aiprefill.tests.desk import History, annotator_client, history, listing_of
from aiprefill.tests.provider_server import ProviderServer
from aiprefill.tests.test_admin import said, story_of
from listings.models import Listing, Seller
from listings.tests.cast import UNIT, make_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def annotator(db: None) -> Client:
    return annotator_client()


@pytest.fixture
def past(provider: ProviderServer, seller: Seller) -> History:
    return history(provider, seller)


def run_in_lab(client: Client, job: PrefillJob, version: PromptVersion) -> Any:
    return client.post(
        reverse("admin:aiprefill_run_in_lab", args=[job.pk]), {"version": version.pk}, follow=True
    )


def test_the_lab_reads_a_posted_listings_photos_again(
    annotator: Client, past: History, provider: ProviderServer
) -> None:
    before = listing_of(past.kept)
    response = run_in_lab(annotator, past.kept, past.second)
    assert said(response) == [f"Queued with {past.second}."]
    made = PrefillJob.objects.get(purpose=Purpose.LAB)
    assert jobs.perform_next()
    made.refresh_from_db()
    assert (made.state, made.version, made.listing, made.seller) == (JobState.DONE, past.second, before, None)
    assert made.photo_ids == past.kept.photo_ids
    output = ModelOutput.objects.get(job=made)
    assert (output.purpose, output.version) == (OutputPurpose.LAB, past.second)
    listing = Listing.objects.get(pk=before.pk)
    assert (listing.revision, listing.fields) == (before.revision, before.fields)
    page = story_of(annotator, made)
    assert re.search("Black<del>[^<]*over-ear[^<]*</del>", page)
    assert str(made.pk) in story_of(annotator, past.kept)
    assert not made.corrections.exists()


def test_the_lab_counts_for_no_seller(annotator: Client, past: History, settings: LazySettings) -> None:
    seller = past.kept.seller
    assert seller
    settings.PREFILL_JOBS_A_DAY_ACCOUNT = 6
    settings.PREFILL_JOBS_A_DAY_ANONYMOUS = 1
    for _ in range(3):
        run_in_lab(annotator, past.kept, past.second)
    assert not limits.is_used_up(UNIT, seller.pk)
    assert not limits.is_used_up(UNIT, None)
    assert isinstance(actions.ask(make_draft(seller), unit=UNIT, seller=seller, language="en"), PrefillJob)
    assert limits.is_used_up(UNIT, seller.pk)


def test_the_lab_says_why_it_does_not_run(
    annotator: Client, past: History, settings: LazySettings, seller: Seller
) -> None:
    actions.turn_off("The model swears.")
    assert said(run_in_lab(annotator, past.kept, past.second)) == ["Suggestions are off: The model swears."]
    actions.turn_on()
    assert said(run_in_lab(annotator, past.erased, past.second)) == ["The photos of this job are gone."]
    judge = create_version(replace(past.second.spec, taxonomy=()), "Judges.")
    assert said(run_in_lab(annotator, past.kept, judge)) == [f"{judge} makes no suggestions."]
    settings.PREFILL_DAY_BUDGET_MICROS = 1
    assert said(run_in_lab(annotator, past.kept, past.second)) == [
        "The day's budget for suggestions is spent."
    ]
    settings.OPENAI_BASE_URL = ""
    assert said(run_in_lab(annotator, past.kept, past.second)) == ["No openai model is connected."]
    assert not PrefillJob.objects.filter(purpose=Purpose.LAB).exists()


def test_the_lab_is_asked_by_post_and_by_those_who_may(annotator: Client, past: History) -> None:
    address = reverse("admin:aiprefill_run_in_lab", args=[past.kept.pk])
    assert annotator.get(address).status_code == 405
    for version in ("", "x", "99", "9" * 30):
        assert annotator.post(address, {"version": version}).status_code == 404
    Group.objects.get(name=GROUP).permissions.filter(codename="add_prefilljob").delete()
    assert annotator.post(address, {"version": "1"}).status_code == 403
    assert "Run this job" not in story_of(annotator, past.kept)
