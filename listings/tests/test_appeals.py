"""A hidden listing: its seller changes it and asks us to look again, and what is answered."""

import re
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from listings import actions, appeals, messaging, reports
from listings.models import Listing, Mail, Outcome, Reason, Report, Seller, Status
from listings.rules import NotAllowed
from listings.tests.cast import make_listing
from listings.tests.page import Page
from listings.tests.test_detail import words
from listings.tests.test_reports import decide, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(db: None) -> Client:
    client = Client()
    client.force_login(Seller.objects.create_superuser("staff@example.org"))
    return client


@pytest.fixture
def hidden(staff: Client, seller: Seller) -> Listing:
    """Hidden by staff, who gave this reason."""
    listing = make_listing(seller)
    decide(staff, tell(listing), "hidden", "The photo is not yours.")
    listing.refresh_from_db()
    return listing


def ask(listing: Listing, text: str = "It is a photo of mine.") -> Report:
    assert listing.seller
    return appeals.ask(listing, listing.seller, uuid.uuid4(), text)


def test_its_seller_sees_why_and_what_can_be_done(seller_client: Client, hidden: Listing) -> None:
    for place in (hidden.get_absolute_url(), "/my/listings/"):
        page = seller_client.get(place).content.decode()
        assert "The photo is not yours." in page
        assert f"/listings/{hidden.pk}/edit/" in page
        assert f"/listings/{hidden.pk}/appeal/" in page
        assert "Put back on sale" not in page


def test_changing_it_shows_it_to_nobody(seller_client: Client, stranger: Client, hidden: Listing) -> None:
    page = Page(seller_client, f"/listings/{hidden.pk}/edit/").write(title="My own lamp").press("save")
    assert "Hidden from buyers." in page.text
    hidden.refresh_from_db()
    assert (hidden.title, hidden.status) == ("My own lamp", Status.HIDDEN)
    assert hidden.hidden_reason == "The photo is not yours."
    for button in ("post", "review"):
        seller_client.post(f"/listings/{hidden.pk}/edit/", page.data | {"do": button})
    for change in ("put_back", "renew", "reserve", "mark_sold"):
        seller_client.post(f"/listings/{hidden.pk}/change/", {"change": change})
    assert Listing.objects.get(pk=hidden.pk).status == Status.HIDDEN
    assert stranger.get(hidden.get_absolute_url()).status_code == 404
    assert "My own lamp" not in stranger.get("/").content.decode()


def test_its_seller_asks_once_and_staff_read_it_among_the_reports(
    seller_client: Client, staff: Client, seller: Seller, hidden: Listing
) -> None:
    page = Page(seller_client, f"/listings/{hidden.pk}/appeal/")
    assert "The photo is not yours." in page.text
    page.write(text="It is a photo of mine.").send()
    appeal = Report.objects.appeals().get()
    assert (appeal.listing, appeal.reporter, appeal.text) == (hidden, seller, "It is a photo of mine.")
    assert page.address == appeal.get_absolute_url()
    assert "A person will look at your listing again." in page.text
    assert "You asked us to look again" in seller_client.get("/my/listings/").content.decode()
    assert Page(seller_client, f"/listings/{hidden.pk}/appeal/").address == appeal.get_absolute_url()
    queue = staff.get("/admin/listings/report/?outcome__exact=").content.decode()
    assert "Its seller asks us to look again" in queue
    shown = words(staff.get(f"/admin/listings/report/{appeal.pk}/change/").content.decode())
    for told in ("It is a photo of mine.", "The photo is not yours.", "Show it to buyers again"):
        assert told in shown
    assert seller.email not in shown


def test_no_words_are_needed(seller_client: Client, hidden: Listing) -> None:
    Page(seller_client, f"/listings/{hidden.pk}/appeal/").send()
    assert Report.objects.appeals().get().text == ""


def test_a_second_click_is_the_same_appeal_and_another_form_is_told_so(
    seller_client: Client, hidden: Listing
) -> None:
    page, other = (Page(seller_client, f"/listings/{hidden.pk}/appeal/") for _ in range(2))
    for _ in range(2):
        assert seller_client.post(page.address, page.data).status_code == 302
    other.write(text="And this is the bill.").send()
    assert other.status == 422
    assert "You have asked us already." in other.text
    assert other.data["text"] == "And this is the bill."
    assert Report.objects.appeals().count() == 1


def test_staff_show_it_again_and_its_seller_reads_so(
    staff: Client, seller_client: Client, hidden: Listing
) -> None:
    appeal = ask(hidden)
    assert "Buyers see it again" in decide(staff, appeal, "shown")
    hidden.refresh_from_db()
    appeal.refresh_from_db()
    assert (hidden.status, hidden.hidden_reason, appeal.outcome) == (Status.LIVE, "", Outcome.SHOWN)
    assert Mail.objects.latest("id").subject == "No longer hidden: “Desk lamp, brass”"
    assert "showed it to buyers again" in seller_client.get(appeal.get_absolute_url()).content.decode()
    history = staff.get(f"/admin/listings/listing/{hidden.pk}/history/").content.decode()
    assert "Shown again." in history
    assert staff.post(f"/admin/listings/report/{appeal.pk}/change/", {"decision": "shown"}).status_code == 403


@pytest.mark.parametrize("why", ["", "The bill names somebody else."], ids=["as before", "another reason"])
def test_staff_keep_it_hidden_and_its_seller_reads_why_and_may_ask_again(
    staff: Client, seller_client: Client, seller: Seller, hidden: Listing, why: str
) -> None:
    appeal = ask(hidden)
    assert "It stays hidden" in decide(staff, appeal, "kept", why)
    hidden.refresh_from_db()
    appeal.refresh_from_db()
    reason = why or "The photo is not yours."
    assert (hidden.status, hidden.hidden_reason, appeal.outcome) == (Status.HIDDEN, reason, Outcome.KEPT)
    mail = Mail.objects.latest("id")
    assert (mail.recipient, mail.subject) == (seller.email, "Still hidden: “Desk lamp, brass”")
    assert reason in mail.body
    assert reason in seller_client.get(appeal.get_absolute_url()).content.decode()
    history = staff.get(f"/admin/listings/listing/{hidden.pk}/history/").content.decode()
    assert f"Kept hidden: {reason}" in history
    assert "Ask us to look again" in seller_client.get("/my/listings/").content.decode()
    assert ask(hidden).outcome == Outcome.OPEN


def test_showing_it_from_its_own_page_answers_the_appeal(staff: Client, hidden: Listing) -> None:
    appeal = ask(hidden)
    staff.post(f"/admin/listings/listing/{hidden.pk}/show-again/")
    appeal.refresh_from_db()
    assert appeal.outcome == Outcome.SHOWN


def test_an_appeal_and_a_report_are_decided_each_on_its_own(
    seller: Seller, neighbour: Seller, hidden: Listing
) -> None:
    Listing.objects.filter(pk=hidden.pk).update(status=Status.LIVE)
    talk = messaging.begin(hidden, neighbour, "Is it still there?", uuid.uuid4()).conversation
    Listing.objects.filter(pk=hidden.pk).update(status=Status.HIDDEN)
    told = {"reason": Reason.ABUSE, "text": "Rude"}
    report = reports.report(hidden, talk, uuid.uuid4(), told, reporter=neighbour, unit=None)
    appeal = ask(hidden)
    reports.keep(report, seller)
    appeal.refresh_from_db()
    assert (report.outcome, appeal.outcome) == (Outcome.KEPT, Outcome.OPEN)


def test_who_decides_second_is_told(neighbour: Seller, hidden: Listing) -> None:
    appeal = ask(hidden)
    mine, theirs = (Report.objects.get(pk=appeal.pk) for _ in range(2))
    appeals.refuse(mine, neighbour, "")
    with pytest.raises(reports.Settled):
        appeals.grant(theirs, neighbour)
    assert Listing.objects.get(pk=hidden.pk).status == Status.HIDDEN


def test_only_what_is_hidden_is_asked_about(seller: Seller, seller_client: Client) -> None:
    live = make_listing(seller)
    with pytest.raises(NotAllowed):
        ask(live)
    assert seller_client.get(f"/listings/{live.pk}/appeal/").url == live.get_absolute_url()  # type: ignore[attr-defined]


def test_too_many_are_not_taken(neighbour: Seller, hidden: Listing) -> None:
    for _ in range(reports.A_DAY):
        appeals.refuse(ask(hidden), neighbour, "")
    with pytest.raises(reports.Enough, match="tomorrow"):
        ask(hidden)


def test_an_appeal_cannot_be_made_by_the_form_of_a_report(
    neighbour_client: Client, seller: Seller, neighbour: Seller
) -> None:
    page = Page(neighbour_client, f"/listings/{make_listing(seller).pk}/report/")
    assert not re.search("asks us to look again", page.text)
    assert page.write(reason="appeal").send().status == 422


def test_the_database_holds_one_open_appeal_that_hides_nothing(hidden: Listing) -> None:
    appeal = ask(hidden)
    row = {"listing": hidden, "reason": Reason.APPEAL}
    with pytest.raises(IntegrityError, match="one_appeal_at_a_time"), transaction.atomic():
        Report.objects.create(pk=uuid.uuid4(), **row)
    with pytest.raises(IntegrityError, match="appeal_shows"), transaction.atomic():
        Report.objects.filter(pk=appeal.pk).update(outcome=Outcome.HIDDEN, settled_at="2026-01-31T00:00Z")


def test_a_deleted_listing_settles_its_appeal_without_its_words(
    seller_client: Client, hidden: Listing
) -> None:
    appeal = ask(hidden)
    actions.delete(hidden)
    appeal.refresh_from_db()
    assert (appeal.outcome, appeal.text) == (Outcome.GONE, "")
    assert "You have deleted the listing." in seller_client.get(appeal.get_absolute_url()).content.decode()
