"""Photos that go and come back: they are the same photos, and the same reading."""

import io

import pytest

from aiprefill import actions
from aiprefill.models import JobState, PrefillJob
from aiprefill.tests.job_steps import asked, run
from aiprefill.tests.provider_server import ProviderServer
from listings import actions as listing_actions
from listings.models import Listing
from listings.tests.cast import jpeg, make_draft

pytestmark = pytest.mark.django_db


def exchange(draft: Listing, number: int) -> None:
    """Remove a photo and add the same file again."""
    listing_actions.remove_photo(draft, draft.photos.all()[number].pk)
    added = listing_actions.add_photos(draft, [(io.BytesIO(jpeg(number)), "again.jpg")]).added
    assert len(added) == 1


def tried_again(job: PrefillJob) -> PrefillJob:
    again = actions.try_again(job)
    assert isinstance(again, PrefillJob), again
    return again


def test_a_photo_added_again_is_read_when_it_is_tried_again(provider: ProviderServer) -> None:
    draft = make_draft()
    job = asked(draft)
    assert actions.stop(job)
    exchange(draft, 0)
    again = run(tried_again(job))
    assert (again.pk, again.state, again.error_class) == (job.pk, JobState.DONE, "")
    assert again.photo_ids == [draft.photos.get().pk]
    assert len(provider.requests) == 1


def test_of_two_photos_both_are_read_in_the_order_they_stand_in_now(provider: ProviderServer) -> None:
    draft = make_draft(photos=2)
    job = asked(draft)
    assert actions.stop(job)
    exchange(draft, 0)
    again = run(tried_again(job))
    assert (again.state, again.photo_ids) == (JobState.DONE, [photo.pk for photo in draft.photos.all()])
    assert again.photo_ids[0] == job.photo_ids[1]


def test_a_reading_of_earlier_photos_stays_one_of_those(provider: ProviderServer) -> None:
    draft = make_draft(photos=2)
    job = asked(draft)
    assert actions.stop(job)
    listing_actions.remove_photo(draft, job.photo_ids[0])
    listing_actions.add_photos(draft, [(io.BytesIO(jpeg(7)), "other.jpg")])
    assert tried_again(job).photo_ids == job.photo_ids
