"""Photos that go and come back: they are the same photos, and the same reading."""

import io

import pytest
from django.test import Client, TestCase

from aiprefill import actions
from aiprefill.models import Correction, CorrectionKind, JobState, PrefillJob
from aiprefill.tests.job_steps import asked, run
from aiprefill.tests.provider_server import ProviderServer
from aiprefill.tests.selling import EMPTY, Page
from listings import actions as listing_actions
from listings.models import Listing, Seller
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


@pytest.fixture
def own_draft(seller: Seller, client: Client) -> Listing:
    """A draft of somebody signed in, with a photo and nothing written."""
    client.force_login(seller)
    return make_draft(seller, **EMPTY)


def read(client: Client, draft: Listing) -> PrefillJob:
    """Have the photos read by the page's button, and write down what the page then shows."""
    Page(client, draft).press("read")
    job = run(PrefillJob.objects.get(state=JobState.QUEUED))
    Page(client, draft).press("save")
    return job


def post(client: Client, draft: Listing) -> dict[PrefillJob, list[CorrectionKind]]:
    """Post what stands on the page; the kinds of corrections by job."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        Page(client, draft).press("post")
    draft.refresh_from_db()
    assert draft.is_on_show
    written: dict[PrefillJob, list[CorrectionKind]] = {}
    for correction in Correction.objects.select_related("job"):
        written.setdefault(correction.job, []).append(CorrectionKind(correction.kind))
    return written


def test_what_was_kept_counts_for_the_reading_that_the_page_showed(
    own_draft: Listing, client: Client, provider: ProviderServer
) -> None:
    first = read(client, own_draft)
    added = listing_actions.add_photos(own_draft, [(io.BytesIO(jpeg(5)), "back.jpg")]).added[0]
    assert read(client, own_draft) != first
    listing_actions.remove_photo(own_draft, added.pk)
    assert Page(client, own_draft).response.context["job"] == first
    assert post(client, own_draft) == {first: [CorrectionKind.KEPT] * 5}


def test_of_photos_that_were_never_read_the_newest_reading_counts(
    own_draft: Listing, client: Client, provider: ProviderServer
) -> None:
    read(client, own_draft)
    listing_actions.add_photos(own_draft, [(io.BytesIO(jpeg(5)), "back.jpg")])
    second = read(client, own_draft)
    listing_actions.add_photos(own_draft, [(io.BytesIO(jpeg(6)), "side.jpg")])
    assert Page(client, own_draft).response.context["job"] == second
    assert set(post(client, own_draft)) == {second}


def test_no_reading_of_other_photos_begins_after_the_posting(
    own_draft: Listing, client: Client, provider: ProviderServer
) -> None:
    first = read(client, own_draft)
    added = listing_actions.add_photos(own_draft, [(io.BytesIO(jpeg(5)), "back.jpg")]).added[0]
    Page(client, own_draft).press("read")
    listing_actions.remove_photo(own_draft, added.pk)
    assert set(post(client, own_draft)) == {first}
    assert PrefillJob.objects.exclude(pk=first.pk).get().state == JobState.CANCELLED
