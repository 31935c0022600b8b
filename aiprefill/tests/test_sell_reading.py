"""The buttons of a reading, the thumbs, and what follows: review, sign-in, posting."""

import io

import pytest
from django.test import Client

from aiprefill.models import Feedback, JobState, PrefillJob
from aiprefill.tests.selling import CONTROLS, EMPTY, FIELDS, Page, asked, done
from listings.actions import add_photos, remove_photo
from listings.models import Listing, Seller
from listings.tests.cast import jpeg, make_draft

pytestmark = pytest.mark.django_db


def test_stop_and_try_again(draft: Listing, unit_client: Client) -> None:
    job = asked(draft, fields={"title": FIELDS["title"]})
    Page(unit_client, draft).press("stop", description="Kept")
    assert Page(unit_client, draft).status == "Stopped: you write this one yourself. 1 filled before that."
    Page(unit_client, draft).press("again")
    job.refresh_from_db()
    assert (job.state, job.arms, set(job.fields)) == (JobState.QUEUED, 2, {"title"})
    assert Page(unit_client, draft).form["description"] == "Kept"


def test_a_press_of_the_script_brings_no_fields_and_loses_none(draft: Listing, unit_client: Client) -> None:
    job = asked(draft)
    Page(unit_client, draft).press("save", title="Mine")
    response = unit_client.post(f"/sell/{draft.pk}/", {"do": "stop", "job": str(job.pk)}, follow=True)
    assert "Stopped: you write this one yourself." in response.content.decode()
    draft.refresh_from_db()
    assert draft.title == "Mine"


def test_other_photos_can_be_read_and_the_earlier_suggestions_stay(
    draft: Listing, unit_client: Client
) -> None:
    done(draft)
    Page(unit_client, draft).press("save", price="")
    add_photos(draft, [(io.BytesIO(jpeg(5)), "back.jpg")])
    page = Page(unit_client, draft)
    assert "Read the photos again" in page.text
    assert 'data-changed="yes"' in page.text
    assert page.shown["title"] == "filled"
    page.press("read")
    page = Page(unit_client, draft)
    assert PrefillJob.objects.count() == 2
    assert page.status == "Waiting to read your photos. You can already write."
    assert page.form["title"] == "Black headphones"
    page.press("read")
    assert PrefillJob.objects.count() == 2


def test_new_suggestions_stand_beside_the_earlier_ones(draft: Listing, unit_client: Client) -> None:
    done(draft)
    Page(unit_client, draft).press("save", price="")
    add_photos(draft, [(io.BytesIO(jpeg(5)), "back.jpg")])
    other = {"value": "Headphones with a cable", "reason": "", "dropped": None}
    done(draft, title=other, price=FIELDS["price"])
    page = Page(unit_client, draft)
    assert (page.form["title"], page.shown["title"]) == ("Black headphones", "beside")
    assert (page.form["price"], page.shown["price"]) == ("18", "filled")


def test_going_back_to_the_earlier_photos_costs_nothing(draft: Listing, unit_client: Client) -> None:
    job = done(draft)
    added = add_photos(draft, [(io.BytesIO(jpeg(5)), "back.jpg")]).added[0]
    asked(draft)
    remove_photo(draft, added.pk)
    page = Page(unit_client, draft)
    assert page.response.context["job"] == job
    assert 'data-changed="no"' in page.text


def test_photos_added_to_a_draft_without_any_can_be_read(unit_client: Client) -> None:
    draft = make_draft(None, photos=0, **EMPTY)
    assert "Read the photos" not in Page(unit_client, draft).text
    add_photos(draft, [(io.BytesIO(jpeg(5)), "lamp.jpg")])
    page = Page(unit_client, draft)
    assert "Read the photos" in page.text
    page.press("read", title="Mine")
    page = Page(unit_client, draft)
    assert (page.status, page.form["title"]) == (
        "Waiting to read your photos. You can already write.",
        "Mine",
    )


def test_thumbs_and_a_word(draft: Listing, unit_client: Client) -> None:
    job = done(draft)
    address = f"/sell/{draft.pk}/"
    for do, word in [("down:title", None), ("word:title", "not black"), ("up:", None), ("up:title", None)]:
        body = {"do": do, "job": str(job.pk)} | ({"word_title": word} if word else {})
        assert unit_client.post(address, body).status_code == 204
    assert set(Feedback.objects.values_list("field", "up", "word")) == {
        ("title", True, "not black"),
        ("", True, ""),
    }
    unit_client.post(address, {"do": "up:town", "job": str(job.pk)})
    unit_client.post(address, {"do": "word:price", "word_price": "no thumb", "job": str(job.pk)})
    assert Feedback.objects.count() == 2
    page = Page(unit_client, draft)
    assert page.text.count('aria-pressed="true"') == 2
    assert 'value="not black"' in page.text


def test_a_thumb_without_scripts_saves_what_was_written(draft: Listing, unit_client: Client) -> None:
    done(draft)
    Page(unit_client, draft).press("down:price", price="99", word_price="worth more")
    draft.refresh_from_db()
    assert str(draft.price) == "99.00"
    assert Feedback.objects.get().word == "worth more"


def test_the_review_says_that_it_was_drafted_with_help(draft: Listing, unit_client: Client) -> None:
    done(draft)
    response = Page(unit_client, draft).press("review")
    review = unit_client.get(response["Location"]).content.decode()
    assert "Drafted with AI help, checked by you." in review
    assert "Black headphones" in review


def test_the_review_says_so_after_other_photos_were_read(draft: Listing, unit_client: Client) -> None:
    done(draft)
    Page(unit_client, draft).press("save", price="18")
    add_photos(draft, [(io.BytesIO(jpeg(5)), "back.jpg")])
    done(draft)
    page = Page(unit_client, draft)
    assert page.shown["title"] == "none"
    review = unit_client.get(page.press("review")["Location"]).content.decode()
    assert "Drafted with AI help, checked by you." in review


def test_the_review_of_a_listing_written_by_hand_does_not(unit_client: Client) -> None:
    draft = make_draft(None)
    done(draft)
    page = Page(unit_client, draft)
    for name in CONTROLS:
        page.press(f"dismiss:{name}")
        page = Page(unit_client, draft)
    review = unit_client.get(page.press("review")["Location"]).content.decode()
    assert "AI" not in review


def test_what_is_missing_is_said_and_everything_stays(draft: Listing, unit_client: Client) -> None:
    done(draft, title=FIELDS["title"])
    response = Page(unit_client, draft).press("post", description="All of it", price="a lot")
    page = response.content.decode()
    assert response.status_code == 422
    assert "Write the price as a number of euros" in page
    assert "a lot" in page
    assert "Black headphones" in page
    draft.refresh_from_db()
    assert draft.description == "All of it"


def test_posting_asks_a_stranger_to_sign_in_and_keeps_the_draft(draft: Listing, unit_client: Client) -> None:
    done(draft)
    response = Page(unit_client, draft).press("post")
    assert response["Location"].startswith("/account/login/")
    assert str(draft.pk) in response["Location"]
    draft.refresh_from_db()
    assert draft.title == "Black headphones"


def test_a_posted_listing_is_edited_without_suggestions(seller: Seller, client: Client) -> None:
    client.force_login(seller)
    draft = make_draft(seller, **EMPTY)
    done(draft)
    Page(client, draft).press("post")
    page = client.get(f"/sell/{draft.pk}/").content.decode()
    assert 'id="assistant"' not in page
    assert "Save changes" in page
