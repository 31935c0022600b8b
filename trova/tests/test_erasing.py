"""What is deleted is gone from every table and folder, and no log line ever held it."""

import io
import logging
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import LazySettings
from django.core.mail import send_mail
from django.db import connection
from django.test import Client

from aiprefill import actions, corrections
from aiprefill.corrections import offer_digest
from aiprefill.models import How, PrefillJob
from aiprefill.prompts import PRODUCTION, create_version, label_version
from aiprefill.suggestion import SuggestedField
from aiprefill.tests.job_steps import run
from aiprefill.tests.provider_server import ProviderServer
from listings import actions as listing_actions
from listings import messaging, reports, tokens
from listings.models import Conversation, Listing, Mail, Reason, Report, Seller
from listings.tests.cast import UNIT, jpeg, make_draft, make_listing

pytestmark = pytest.mark.django_db(transaction=True)

MARK: Final = "Quxotl"
"""Stands in everything that the seller writes, and nowhere else."""
ADDRESSES: Final = ("mark.quxotl@example.org", "quxotl@elsewhere.example")
IN_LOGS: Final = re.compile(
    r"[\w.+-]+@[\w-]+\.\w|data:image|[A-Za-z0-9+/]{200}|Quxotl|headphones", re.IGNORECASE
)


@pytest.fixture(autouse=True)
def outbox(settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = "listings.mail.OutboxBackend"


@pytest.fixture
def seller(db: None) -> Seller:
    seller = Seller.objects.create_user(ADDRESSES[0], first_name=MARK)
    tokens.issue(seller, MARK)
    for address in ADDRESSES:
        EmailAddress.objects.create(
            user=seller, email=address, verified=True, primary=address == seller.email
        )
        send_mail("Your code", f"{MARK}, it is 1234.", None, [address])
    return seller


def sell(seller: Seller) -> PrefillJob:
    """A listing read by the model, corrected, judged and posted."""
    draft = make_draft(seller, photos=2, title=f"{MARK} lamp", description=MARK, town=MARK)
    job = actions.ask(draft, unit=UNIT, seller=seller, language="en")
    assert isinstance(job, PrefillJob)
    run(job)
    for name, data in job.fields.items():
        corrections.trace(job, name, offer_digest(name, SuggestedField.from_json(name, data)), How.FILLED)
    actions.give_feedback(job, "title", up=False, word=f"{MARK} is another")
    listing_actions.publish(draft, seller)
    corrections.sweep()
    assert job.corrections.filter(final__contains=MARK).exists()
    return job


def rows_with(word: str) -> list[str]:
    """The tables in which the word stands anywhere."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT count(*) FROM {table} AS row WHERE row::text ILIKE %s", [f"%{word}%"])  # noqa: S608  our own tables
            if cursor.fetchone()[0]:
                found.append(model._meta.label)
    return found


def test_an_account_leaves_nothing_behind(
    seller: Seller, provider: ProviderServer, media: Path, client: Client
) -> None:
    job = sell(seller)
    answer = job.fields["description"]["value"][-30:]
    assert {"listings.Listing", "aiprefill.Correction", "aiprefill.Feedback"} <= set(rows_with(MARK))
    assert "aiprefill.ModelOutput" in rows_with(answer)
    assert list(media.rglob("*.webp"))
    client.force_login(seller)
    client.post("/my/account/delete/", {"email": seller.email})
    client.get("/")
    assert rows_with(MARK) == []
    assert rows_with("quxotl") == []
    assert rows_with(answer) == []
    assert not Mail.objects.exists()
    assert [file for file in media.rglob("*") if file.is_file()] == []
    job.refresh_from_db()
    assert (job.seller, job.listing, bool(job.erased_at)) == (None, None, True)


def talk(seller: Seller) -> Conversation:
    """The seller's listing is asked about and reported; the seller answers, and asks about another's."""
    buyer = Seller.objects.create_user("buyer@elsewhere.example")
    asked = messaging.begin(Listing.objects.get(), buyer, "Is it still there?", uuid4()).conversation
    messaging.reply(asked, seller, f"{MARK} says yes", uuid4())
    theirs = make_listing(buyer)
    messaging.begin(theirs, seller, f"{MARK} asks", uuid4())
    told = {"reason": Reason.OTHER, "text": f"{MARK} thinks this is wrong"}
    reports.report(theirs, None, uuid4(), told, reporter=seller, unit=None)
    reports.report(asked.listing, asked, uuid4(), told, reporter=buyer, unit=None)
    kept = messaging.keep(theirs, UNIT, f"{MARK} waits", uuid4())
    messaging.block(buyer, seller)
    with pytest.raises(messaging.Blocked):
        messaging.send_kept(kept.pk, UNIT, seller)
    return asked


def test_a_person_leaves_no_word_in_any_conversation(seller: Seller, provider: ProviderServer) -> None:
    sell(seller)
    asked = talk(seller)
    assert {"listings.Message", "listings.Report", "listings.KeptMessage", "listings.Mail"} <= set(
        rows_with(MARK)
    )
    listing_actions.erase_account(seller)
    assert rows_with(MARK) == []
    # What the other side wrote is theirs; without them too, nothing is left.
    assert [message.text for message in asked.messages.order_by("id")] == ["Is it still there?", ""]
    assert Report.objects.count() == 2
    listing_actions.erase_account(Seller.objects.get(email="buyer@elsewhere.example"))
    assert not Conversation.objects.exists()
    assert not Report.objects.exclude(text="").exists()


def test_a_listing_is_named_in_no_conversation(seller: Seller, provider: ProviderServer) -> None:
    sell(seller)
    asked = talk(seller)
    listing_actions.delete(Listing.objects.get(seller=seller))
    assert set(rows_with(f"{MARK} lamp")) <= {"listings.Mail"}
    assert not Mail.objects.filter(subject__contains=f"{MARK} lamp").exists()
    assert [message.text for message in asked.messages.order_by("id")] == [
        "Is it still there?",
        f"{MARK} says yes",
    ]


def test_a_listing_leaves_only_numbers(
    seller: Seller, provider: ProviderServer, media: Path, client: Client
) -> None:
    job = sell(seller)
    listing = Listing.objects.get()
    client.force_login(seller)
    client.post(f"/listings/{listing.pk}/delete/")
    assert set(rows_with(MARK)) <= {
        "listings.Seller",
        "listings.ApiToken",
        "listings.Mail",
        "account.EmailAddress",
    }
    assert [file for file in media.rglob("*") if file.is_file()] == []
    assert job.outputs.get().input_tokens


def test_an_account_under_what_never_changes_stays_whole(seller: Seller, client: Client) -> None:
    draft = make_draft(seller)
    first = label_version(PRODUCTION)
    create_version(replace(first.spec, instructions="Say what you see."), "Shorter.", by=seller)
    client.force_login(seller)
    response: Any = client.post("/my/account/delete/", {"email": seller.email}, follow=True)
    assert "Ask an administrator" in response.content.decode()
    assert Listing.objects.filter(pk=draft.pk, seller=seller, photos__isnull=False).exists()
    assert Mail.objects.count() == len(ADDRESSES)


def test_logs_hold_ids_and_no_contents(
    seller: Seller, provider: ProviderServer, media: Path, caplog: pytest.LogCaptureFixture, client: Client
) -> None:
    caplog.set_level(logging.INFO)
    sell(seller)
    for mode in ("billing", "nothing"):
        provider.mode = mode
        sell_again = actions.ask(make_draft(seller, title=MARK), unit=UNIT, seller=seller, language="en")
        assert isinstance(sell_again, PrefillJob)
        run(sell_again)
    client.post("/account/login/code/", {"email": ADDRESSES[0]})
    client.post("/account/login/", {"login": ADDRESSES[0], "password": MARK})
    client.post("/sell/", {"do": "continue", "photos": io.BytesIO(jpeg())})
    client.get(f"/?category={MARK}")
    listing_actions.erase_account(seller)
    lines = caplog.text.splitlines()
    assert len(lines) > 5
    assert [line for line in lines if IN_LOGS.search(line) or len(line) > 2000] == []
