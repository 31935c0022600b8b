"""The off switch: what has not begun is not sent, and whoever waited for it is told."""

import pytest
from django.core.management import call_command
from django.test import Client

from aiprefill import actions, jobs, leases
from aiprefill.models import JobState, PrefillJob
from aiprefill.providers.base import ErrorClass, Reply, SuggestionFailed
from aiprefill.tests.job_steps import asked, lose_the_worker, run
from aiprefill.tests.provider_server import ProviderServer
from aiprefill.tests.selling import Page
from listings.models import Listing

pytestmark = pytest.mark.django_db

GAVE_UP = (JobState.GAVE_UP, "switched_off")


def turn_off() -> None:
    call_command("suggestions", "off", "--why", "The model writes nonsense.")


def stands(job: PrefillJob) -> tuple[str, str]:
    job.refresh_from_db()
    return job.state, job.error_class


def test_a_job_that_waits_gives_up_and_its_open_page_says_so(
    draft: Listing, unit_client: Client, provider: ProviderServer
) -> None:
    job = asked(draft)
    poll = Page(unit_client, draft).response.context["progress_url"]
    turn_off()
    assert stands(job) == GAVE_UP
    told = unit_client.get(f"{poll}&after=1").json()
    words = "Suggestions are off for this listing. Your photos and what you wrote are safe."
    assert (told["phase"], told["words"], told["under_way"]) == ("gave_up", words, False)
    assert not jobs.perform_next()
    assert provider.requests == []


def test_turned_on_again_the_seller_can_try_again(
    draft: Listing, unit_client: Client, provider: ProviderServer
) -> None:
    job = asked(draft)
    turn_off()
    refused = Page(unit_client, draft).press("again")
    assert "Suggestions are off right now." in unit_client.get(refused["Location"]).content.decode()
    assert stands(job) == GAVE_UP
    call_command("suggestions", "on")
    assert not jobs.perform_next()  # it is the seller's to say
    Page(unit_client, draft).press("again")
    assert run(job).state == JobState.DONE
    assert len(provider.requests) == 1


def test_a_job_that_waits_for_its_next_try_gives_up(provider: ProviderServer) -> None:
    provider.mode = "503"
    job = run(asked())
    assert job.state == JobState.QUEUED
    turn_off()
    assert stands(job) == GAVE_UP


def test_a_job_whose_worker_was_lost_gives_up(provider: ProviderServer) -> None:
    job = asked()
    attempt = jobs.claim()
    assert attempt
    leases.release(attempt.held)
    turn_off()
    assert stands(job) == (JobState.RUNNING, "")
    lose_the_worker(job)
    assert (jobs.due_count(), jobs.claim()) == (0, None)
    jobs.sweep()
    assert stands(job) == GAVE_UP


def test_a_call_under_way_that_fails_is_not_tried_again(provider: ProviderServer) -> None:
    job = asked()
    attempt = jobs.claim()
    assert attempt
    leases.release(attempt.held)
    turn_off()
    attempt.settle(SuggestionFailed(ErrorClass.SERVER, "", Reply(), 1.0), lambda: 0.0)
    assert stands(job) == (JobState.QUEUED, "server")
    assert (jobs.due_count(), jobs.claim()) == (0, None)
    jobs.sweep()
    assert stands(job) == GAVE_UP


def test_what_was_asked_for_in_the_moment_is_not_claimed(provider: ProviderServer) -> None:
    """An asking may look at the switch before it is thrown and be committed after."""
    job = asked()
    turn_off()
    PrefillJob.objects.filter(pk=job.pk).update(state=JobState.QUEUED, ended_at=None, error_class="")
    assert (jobs.due_count(), jobs.perform_next()) == (0, False)
    jobs.sweep()
    assert stands(job) == GAVE_UP
    assert provider.requests == []


def test_turned_on_nothing_gives_up(provider: ProviderServer) -> None:
    turn_off()
    actions.turn_on()
    job = asked()
    jobs.sweep()
    assert run(job).state == JobState.DONE
