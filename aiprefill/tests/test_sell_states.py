"""Each state of a reading: its words, its poll, and the form that can be posted in it."""

from datetime import timedelta
from typing import Any, Final

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aiprefill.models import JobState, PrefillJob
from aiprefill.tests.selling import EMPTY, FIELDS, Page, asked, digest, done
from listings.models import Listing, Seller, Status
from listings.tests.cast import make_draft

pytestmark = pytest.mark.django_db

LEASE = Now() + timedelta(seconds=60)
STATES: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "waiting": ({}, "Waiting to read your photos. You can already write."),
    "reading": ({"state": "running", "lease_until": LEASE}, "Reading 1 photo"),
    "partly": (
        {"state": "running", "lease_until": LEASE, "fields": {"title": FIELDS["title"]}},
        "1 filled so far, still reading",
    ),
    "retrying": (
        {"tries": 1, "error_class": "timeout"},
        "That took too long; trying again. Nothing you wrote is lost.",
    ),
    "ready": (
        {"state": "done", "ended_at": Now(), "fields": FIELDS},
        "All 5 filled. Check them before you post.",
    ),
    "failed": (
        {"state": "failed", "ended_at": Now(), "error_class": "refused"},
        (
            "We could not describe what is in your photos. Your photos and what you wrote are safe. "
            "Try again, or write it yourself."
        ),
    ),
    "gave_up": (
        {"state": "gave_up", "ended_at": Now()},
        "Suggestions are off for this listing. Your photos and what you wrote are safe.",
    ),
    "stopped": ({"state": "cancelled", "ended_at": Now()}, "Stopped: you write this one yourself."),
    "everything dead": (
        {
            "state": "running",
            "lease_until": Now(),
            "created_at": Now() - timedelta(minutes=2),
            "deadline": Now(),
        },
        "Suggestions are off for this listing. Your photos and what you wrote are safe.",
    ),
}


@pytest.mark.parametrize("state", STATES)
def test_each_state_has_its_words_and_can_be_posted(seller: Seller, client: Client, state: str) -> None:
    columns, words = STATES[state]
    client.force_login(seller)
    draft = make_draft(seller, **EMPTY)
    asked(draft, **columns)
    page = Page(client, draft)
    assert page.status == words
    response = page.press("post", title="My lamp", category="books", price="3,50")
    draft.refresh_from_db()
    assert response["Location"] == f"/listings/{draft.pk}/"
    assert (draft.status, draft.title, str(draft.price)) == (Status.LIVE, "My lamp", "3.50")


@pytest.mark.parametrize("state", STATES)
def test_the_poll_tells_the_same_in_one_query(draft: Listing, unit_client: Client, state: str) -> None:
    columns, words = STATES[state]
    job = asked(draft, **columns)
    address = Page(unit_client, draft).response.context["progress_url"]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = unit_client.get(f"{address}&after=0")
    assert len(queries) == 1
    assert '"aiprefill_prefilljob"."id" = ' in queries[0]["sql"]
    data = answer.json()
    assert (data["words"], data["sequence"], set(data["fields"])) == (words, job.sequence, set(job.fields))
    assert "no-store" in answer["Cache-Control"]
    again = unit_client.get(f"{address}&after={job.sequence}")
    assert again.status_code == (200 if state == "everything dead" else 204)


def test_a_poll_brings_fields_as_data(draft: Listing, unit_client: Client) -> None:
    done(
        draft,
        title=FIELDS["title"],
        price=FIELDS["price"],
        condition={"value": None, "reason": "too dark", "dropped": None},
    )
    address = Page(unit_client, draft).response.context["progress_url"]
    fields = unit_client.get(f"{address}&after=0").json()["fields"]
    assert fields == {
        "title": {
            "value": "Black headphones",
            "text": "Black headphones",
            "digest": digest("title"),
            "note": "",
        },
        "condition": {"value": None, "text": "", "digest": "", "note": "Could not tell: too dark"},
        "price": {
            "value": "18",
            "text": "€\xa018",
            "digest": digest("price"),
            "note": "probably €\xa010 to €\xa025: Plain wired headphones",
        },
    }


def test_a_poll_answers_nobody_else(draft: Listing, unit_client: Client, client: Client) -> None:
    asked(draft)
    address = Page(unit_client, draft).response.context["progress_url"]
    assert client.get(address).status_code == 404
    assert unit_client.get(f"/sell/{draft.pk}/progress").status_code == 404
    other = make_draft(None, **EMPTY)
    assert unit_client.get(address.replace(str(draft.pk), str(other.pk))).status_code == 404
    draft.delete()
    assert unit_client.get(address).status_code == 404


def test_a_stranger_finds_no_draft(draft: Listing, client: Client) -> None:
    asked(draft)
    assert client.get(f"/sell/{draft.pk}/").status_code == 404
    for do in ("save", "stop", "again", "read", "up:title", "post"):
        assert client.post(f"/sell/{draft.pk}/", {"do": do}).status_code == 404
    assert PrefillJob.objects.get().state == JobState.QUEUED


@pytest.mark.parametrize("photos", [1, 3])
def test_a_draft_page_asks_the_database_as_often_for_one_photo_as_for_three(
    unit_client: Client, photos: int
) -> None:
    draft = make_draft(None, photos=photos, **EMPTY)
    done(draft)
    with CaptureQueriesContext(connection) as queries:
        Page(unit_client, draft)
    assert len(queries) == 8
