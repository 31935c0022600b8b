"""What sellers and staff can do, and what the database then holds."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from aiprefill import actions, jobs
from aiprefill.actions import NotAsked, Reason, ask
from aiprefill.models import Feedback, JobState, PrefillJob, SpendDay, Switch
from aiprefill.tests.provider_server import ProviderServer
from listings import actions as listing_actions
from listings.models import Listing, Seller
from listings.tests.cast import UNIT, make_draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def configured(settings: LazySettings) -> None:
    """Production's provider has an address; nobody calls it here."""
    settings.OPENAI_BASE_URL = "http://localhost:1/v1"


def asked(listing: Listing, seller: Seller | None = None) -> PrefillJob:
    """The job of an asking that must succeed."""
    job = ask(listing, unit=UNIT, seller=seller, language="en")
    assert isinstance(job, PrefillJob), job
    return job


def refused(listing: Listing, seller: Seller | None = None, unit: uuid.UUID = UNIT) -> Reason:
    """The reason of an asking that must not succeed."""
    result = ask(listing, unit=unit, seller=seller, language="en")
    assert isinstance(result, NotAsked), result
    return result.reason


def end(job: PrefillJob, state: JobState = JobState.FAILED) -> PrefillJob:
    PrefillJob.objects.filter(pk=job.pk).update(
        state=state, ended_at=Now(), error_class="timeout", tries=3, attempt=3
    )
    job.refresh_from_db()
    return job


def test_a_job_says_what_was_asked_of_whom(seller: Seller) -> None:
    draft = make_draft(seller, photos=2)
    job = asked(draft, seller)
    job.refresh_from_db()
    assert job.photo_ids == [photo.pk for photo in draft.photos.all()]
    assert (job.version_id, job.unit, job.seller, job.language) == (1, UNIT, seller, "en")
    assert (job.arm, job.share, job.salt) == ("", None, "")
    assert job.deadline - job.armed_at == timedelta(seconds=90)


def test_the_same_photos_are_read_once() -> None:
    draft = make_draft(photos=3)
    job = asked(draft)
    listing_actions.make_cover(draft, job.photo_ids[2])
    assert asked(draft) == job
    assert PrefillJob.objects.count() == 1


def test_other_photos_are_another_job_and_end_the_first() -> None:
    draft = make_draft(photos=2)
    first = asked(draft)
    listing_actions.remove_photo(draft, first.photo_ids[0])
    second = asked(draft)
    first.refresh_from_db()
    assert second != first
    assert first.state == JobState.CANCELLED


def test_the_first_photos_again_are_the_first_job_again() -> None:
    draft = make_draft(photos=1)
    first = asked(draft)
    photo = draft.photos.get()
    draft.photos.update(sha256="0" * 64)
    second = asked(draft)
    draft.photos.update(sha256=photo.sha256)
    assert asked(draft) == first
    assert [job.state for job in PrefillJob.objects.order_by("created_at")] == [
        JobState.QUEUED,
        JobState.CANCELLED,
    ]
    assert second.pk != first.pk


def test_nothing_is_asked_without_photos() -> None:
    assert refused(make_draft(photos=0)) == Reason.NO_PHOTOS


def test_a_deleted_draft_is_not_asked_about(seller: Seller) -> None:
    draft = make_draft(seller)
    stale = Listing.objects.get(pk=draft.pk)
    listing_actions.delete(draft)
    with pytest.raises(Listing.DoesNotExist):
        asked(stale, seller)


def test_the_off_switch_stops_new_jobs(seller: Seller) -> None:
    draft = make_draft()
    job = asked(draft)
    call_command("suggestions", "off", "--why", "The model writes nonsense.")
    assert actions.is_off()
    assert Switch.objects.get().why == "The model writes nonsense."
    assert refused(make_draft(seller), seller) == Reason.OFF
    assert asked(draft) == job
    call_command("suggestions", "on")
    assert not actions.is_off()
    asked(make_draft(seller), seller)


def test_an_account_can_do_without(seller: Seller) -> None:
    actions.set_preference(seller, False)
    assert refused(make_draft(seller), seller) == Reason.OPTED_OUT
    actions.set_preference(seller, True)
    asked(make_draft(seller), seller)


def test_a_browser_has_five_jobs_a_day_and_an_account_thirty(settings: LazySettings, seller: Seller) -> None:
    assert (settings.PREFILL_JOBS_A_DAY_ANONYMOUS, settings.PREFILL_JOBS_A_DAY_ACCOUNT) == (5, 30)
    settings.PREFILL_JOBS_A_DAY_ANONYMOUS, settings.PREFILL_JOBS_A_DAY_ACCOUNT = 2, 1
    for _ in range(2):
        asked(make_draft())
    assert refused(make_draft()) == Reason.LIMIT_UNIT
    asked(make_draft(unit=uuid.uuid4()), seller)
    assert refused(make_draft(seller), seller, uuid.uuid4()) == Reason.LIMIT_ACCOUNT


def test_yesterday_does_not_count(settings: LazySettings) -> None:
    settings.PREFILL_JOBS_A_DAY_ANONYMOUS = 1
    asked(make_draft())
    PrefillJob.objects.update(armed_at=F("armed_at") - timedelta(days=1))
    asked(make_draft())


def test_a_spent_budget_asks_nothing(settings: LazySettings) -> None:
    asked(make_draft())
    left = settings.PREFILL_CALL_RESERVE_MICROS - 1
    SpendDay.objects.create(
        day=PrefillJob.objects.get().created_at.date(),
        spent_micros=settings.PREFILL_DAY_BUDGET_MICROS - left,
    )
    assert refused(make_draft()) == Reason.BUDGET


def test_what_costs_nothing_needs_no_budget(settings: LazySettings) -> None:
    settings.OPENAI_BASE_URL = ""
    settings.PREFILL_DAY_BUDGET_MICROS = 0
    assert asked(make_draft()).version.provider == "catalogue"


def test_trying_again_is_the_same_row_with_new_time() -> None:
    job = end(asked(make_draft()))
    PrefillJob.objects.update(
        fields={"title": {"value": "A lamp", "reason": "", "dropped": None}},
        deadline=Now(),
        armed_at=Now() - timedelta(seconds=90),
        created_at=Now() - timedelta(seconds=90),
    )
    again = actions.try_again(job)
    assert isinstance(again, PrefillJob)
    assert again == job
    assert (again.state, again.attempt, again.tries, again.arms) == (JobState.QUEUED, 3, 0, 2)
    assert (again.error_class, again.ended_at) == ("", None)
    assert again.deadline - again.armed_at == timedelta(seconds=90)
    assert "title" in again.fields
    assert jobs.due_count() == 1


def test_trying_again_counts_as_a_job_of_the_day(settings: LazySettings) -> None:
    settings.PREFILL_JOBS_A_DAY_ANONYMOUS = 2
    job = end(asked(make_draft()))
    assert isinstance(actions.try_again(job), PrefillJob)
    assert actions.try_again(end(job)) == NotAsked(Reason.LIMIT_UNIT)


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.DONE])
def test_what_did_not_fail_is_not_tried_again(state: JobState) -> None:
    job = asked(make_draft())
    if state == JobState.DONE:
        end(job, state)
    same = actions.try_again(job)
    assert isinstance(same, PrefillJob)
    assert (same.state, same.arms) == (state, 1)


def test_a_job_past_its_deadline_can_be_tried_again_before_the_sweep() -> None:
    job = asked(make_draft())
    PrefillJob.objects.update(created_at=Now() - timedelta(minutes=5), deadline=Now() - timedelta(minutes=1))
    again = actions.try_again(job)
    assert isinstance(again, PrefillJob)
    assert again.arms == 2


def test_a_stopped_job_is_not_done(provider: ProviderServer) -> None:
    job = asked(make_draft())
    assert actions.stop(job)
    assert not actions.stop(job)
    assert not jobs.perform_next()
    job.refresh_from_db()
    assert (job.state, provider.requests) == (JobState.CANCELLED, [])


def test_a_second_thumb_replaces_the_first() -> None:
    job = asked(make_draft())
    actions.give_feedback(job, "title", up=True)
    actions.give_feedback(job, "title", up=False, word="  It is no lamp.  ")
    actions.give_feedback(job, "", up=True)
    given = Feedback.objects.order_by("field").values_list("field", "up", "word")
    assert list(given) == [("", True, ""), ("title", False, "It is no lamp.")]


def in_parallel(times: int, action: Callable[[int], object]) -> list[object]:
    """What `action` returned in as many threads, each with a connection of its own."""
    results: list[object] = []
    start = threading.Barrier(times)

    def run(number: int) -> None:
        start.wait()
        try:
            results.append(action(number))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_a_burst_never_passes_the_limit(settings: LazySettings) -> None:
    drafts = [make_draft() for _ in range(12)]
    results = in_parallel(12, lambda number: ask(drafts[number], unit=UNIT, seller=None, language="en"))
    assert sum(isinstance(result, PrefillJob) for result in results) == 5
    assert results.count(NotAsked(Reason.LIMIT_UNIT)) == 7
    assert PrefillJob.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_a_burst_for_one_draft_is_one_job() -> None:
    draft = make_draft()
    results = in_parallel(12, lambda _: ask(draft, unit=uuid.uuid4(), seller=None, language="en"))
    assert results == [PrefillJob.objects.get()] * 12
