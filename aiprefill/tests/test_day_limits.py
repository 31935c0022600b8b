"""What one person may ask for in a day: what they asked for on another does not count."""

import uuid
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client

from aiprefill import actions
from aiprefill.actions import NotAsked, Reason, ask
from aiprefill.models import JobState, PrefillJob
from aiprefill.tests.job_steps import asked
from aiprefill.tests.selling import Page, upload
from listings.models import Listing, Seller
from listings.tests.cast import UNIT, make_draft

pytestmark = pytest.mark.django_db


def try_again(job: PrefillJob) -> PrefillJob | NotAsked:
    """Press *try again* on a reading that failed."""
    PrefillJob.objects.filter(pk=job.pk).update(
        state=JobState.FAILED, ended_at=Now(), error_class="timeout", lease_until=None
    )
    return actions.try_again(job)


def test_what_was_asked_for_yesterday_leaves_today_whole(settings: LazySettings) -> None:
    settings.PREFILL_JOBS_A_DAY_ANONYMOUS = 5
    job = asked()
    for _ in range(3):
        assert isinstance(try_again(job), PrefillJob)
    PrefillJob.objects.update(armed_at=F("armed_at") - timedelta(days=1))
    assert isinstance(try_again(job), PrefillJob)  # the first of today
    for _ in range(4):
        asked()
    refused = ask(make_draft(), unit=UNIT, seller=None, language="en")
    assert refused == try_again(job) == NotAsked(Reason.LIMIT_UNIT)


def start(client: Client) -> str:
    """Start a draft with a photo; the page that follows."""
    told = {"photos": [upload()], "do": "continue", "form_key": str(uuid.uuid4())}
    page = client.post("/sell/", told, follow=True).content.decode()
    assert 'name="title"' in page  # the form, read or not
    return page


def test_browsers_without_cookies_share_the_day_of_their_address(settings: LazySettings) -> None:
    settings.PREFILL_JOBS_A_DAY_ADDRESS = 3
    pages = [start(Client()) for _ in range(8)]
    told = ["from your internet connection, and yours were not. Sign in" in page for page in pages]
    assert told == [False] * 3 + [True] * 5
    assert "You have used today’s suggestions" not in pages[-1]  # others did
    assert (Listing.objects.count(), PrefillJob.objects.count()) == (8, 3)


def test_trying_again_counts_for_the_address(settings: LazySettings) -> None:
    settings.PREFILL_JOBS_A_DAY_ADDRESS = 2
    client = Client()
    start(client)
    draft = Listing.objects.get()
    for words in ("Waiting to read your photos.", "from your internet connection"):
        Page(client, draft).press("stop")
        Page(client, draft).press("again")
        assert words in Page(client, draft).text
    assert PrefillJob.objects.get().arms == 2


def test_signed_in_since_what_is_tried_again_is_the_accounts(
    settings: LazySettings, seller: Seller, client: Client
) -> None:
    settings.PREFILL_JOBS_A_DAY_ADDRESS = settings.PREFILL_JOBS_A_DAY_ANONYMOUS = 1
    settings.PREFILL_JOBS_A_DAY_ACCOUNT = 3  # the first, asked for signed out, and two more
    start(client)
    draft = Listing.objects.get()
    client.force_login(seller)
    actions.set_preference(seller, False)
    tried = ["Waiting to read"] * 2
    told = ["Your photos are not read", *tried, "You have used today’s suggestions"]
    for words in told:
        Page(client, draft).press("stop")
        Page(client, draft).press("again")
        assert words in Page(client, draft).text
        actions.set_preference(seller, True)
    assert (PrefillJob.objects.get().seller, PrefillJob.objects.get().arms) == (seller, 3)


def test_an_account_has_a_day_of_its_own_at_any_address(
    settings: LazySettings, seller: Seller, client: Client
) -> None:
    settings.PREFILL_JOBS_A_DAY_ADDRESS = 1
    start(Client())
    client.force_login(seller)
    for _ in range(2):
        assert "Waiting to read your photos." in start(client)


def test_what_is_refused_for_another_reason_is_not_counted(settings: LazySettings) -> None:
    settings.PREFILL_JOBS_A_DAY_ADDRESS = 1
    actions.turn_off("A test")
    start(Client())
    actions.turn_on()
    assert "Waiting to read your photos." in start(Client())
