"""Reporting a listing or a conversation, the receipt, and the decision in the admin."""

import re
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from listings import actions, messaging, reports
from listings.models import Listing, Mail, Outcome, Reason, Report, Seller, Status
from listings.tests.cast import make_listing
from listings.tests.page import Page
from listings.tests.test_detail import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(db: None) -> Client:
    client = Client()
    client.force_login(Seller.objects.create_superuser("staff@example.org"))
    return client


def tell(listing: Listing, reporter: Seller | None = None, unit: uuid.UUID | None = None) -> Report:
    told = {"reason": Reason.SCAM, "text": "Too cheap to be true."}
    return reports.report(listing, None, uuid.uuid4(), told, reporter=reporter, unit=unit or uuid.uuid4())


def decide(staff: Client, report: Report, decision: str, why: str = "") -> str:
    address = f"/admin/listings/report/{report.pk}/change/"
    response = staff.post(address, {"decision": decision, "why": why}, follow=True)
    return words(response.content.decode().replace('<div id="main"', "<main").replace("</body>", "</main>"))


def test_anybody_reports_a_listing_and_gets_a_receipt(stranger: Client, seller: Seller) -> None:
    listing = make_listing(seller)
    address = f"/listings/{listing.pk}/report/"
    assert address in stranger.get(listing.get_absolute_url()).content.decode()
    page = Page(stranger, address).write(reason="scam", text="Too cheap.").send()
    report = Report.objects.get()
    assert page.address == f"/reports/{report.pk}/"
    assert f"Report {str(report.pk)[:8].upper()}" in page.text
    assert "a person will look at it" in page.text
    assert (report.listing, report.reason, report.reporter) == (listing, "scam", None)
    assert Client().get(page.address).status_code == 404


def test_a_second_click_is_the_same_report(
    neighbour_client: Client, neighbour: Seller, seller: Seller
) -> None:
    page = Page(neighbour_client, f"/listings/{make_listing(seller).pk}/report/").write(reason="scam")
    for _ in range(2):
        assert neighbour_client.post(page.address, page.data).status_code == 302
    assert Report.objects.get().reporter == neighbour


def test_something_else_wants_words_and_nothing_typed_is_lost(stranger: Client, seller: Seller) -> None:
    page = Page(stranger, f"/listings/{make_listing(seller).pk}/report/")
    assert "Choose what is wrong." in page.write(reason="", text="My words").send().text
    assert page.data["text"] == "My words"
    assert "Say in a few words what is wrong." in page.write(reason="other", text="").send().text
    assert not Report.objects.exists()


def test_too_many_reports_are_not_taken(neighbour: Seller, seller: Seller) -> None:
    rows = [make_listing(seller, photos=1) for _ in range(2)]
    for _ in range(reports.A_DAY):
        tell(rows[0], neighbour)
    with pytest.raises(reports.Enough, match="tomorrow"):
        tell(rows[1], neighbour)
    for _ in range(reports.OF_ONE - reports.A_DAY):
        tell(rows[0])
    with pytest.raises(reports.Enough, match="already"):
        tell(rows[0])


@pytest.mark.django_db(transaction=True)
def test_the_same_form_at_once_is_one_report(neighbour: Seller, seller: Seller) -> None:
    listing, key = make_listing(seller), uuid.uuid4()

    def send(_number: int) -> None:
        try:
            told = {"reason": Reason.SCAM, "text": ""}
            reports.report(listing, None, key, told, reporter=neighbour, unit=None)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(4)))
    assert Report.objects.count() == 1


@pytest.mark.parametrize("is_signed_in", [True, False])
@pytest.mark.django_db(transaction=True)
def test_a_burst_never_passes_the_limit(neighbour: Seller, seller: Seller, is_signed_in: bool) -> None:
    rows = [make_listing(seller) for _ in range(2 * reports.A_DAY)]
    unit, start = uuid.uuid4(), threading.Barrier(len(rows))

    def send(listing: Listing) -> bool:
        start.wait()
        try:
            return bool(tell(listing, neighbour if is_signed_in else None, unit))
        except reports.Enough:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(len(rows)) as pool:
        assert sum(pool.map(send, rows)) == reports.A_DAY
    assert Report.objects.count() == reports.A_DAY


def test_staff_hide_a_listing_and_its_seller_reads_why(
    staff: Client, seller_client: Client, neighbour_client: Client, neighbour: Seller, seller: Seller
) -> None:
    listing = make_listing(seller)
    report, other = tell(listing, neighbour), tell(listing)
    assert "Say why it is hidden." in decide(staff, report, "hidden")
    assert "is hidden, and its seller is told why" in decide(staff, report, "hidden", "Not yours to sell.")
    listing.refresh_from_db()
    other.refresh_from_db()
    assert (listing.status, listing.hidden_reason) == (Status.HIDDEN, "Not yours to sell.")
    assert other.outcome == Outcome.HIDDEN
    mail = Mail.objects.get()
    assert (mail.recipient, mail.subject) == (seller.email, "Hidden: “Desk lamp, brass”")
    assert "Not yours to sell." in mail.body
    assert neighbour.email not in mail.body
    assert "Not yours to sell." in seller_client.get("/my/listings/").content.decode()
    assert "We have hidden the listing." in neighbour_client.get(report.get_absolute_url()).content.decode()
    actions.delete(listing)
    assert not Mail.objects.exists()


def test_staff_take_a_hiding_back_and_its_seller_reads_so(staff: Client, seller: Seller) -> None:
    listing = make_listing(seller)
    page, again = (f"/admin/listings/listing/{listing.pk}/{name}/" for name in ("change", "show-again"))
    assert "Show it to buyers again" not in staff.get(page).content.decode()
    decide(staff, tell(listing), "hidden", "Not yours to sell.")
    assert again in staff.get(page).content.decode()
    assert "Buyers see it again" in staff.post(again, follow=True).content.decode()
    listing.refresh_from_db()
    assert (listing.status, listing.hidden_reason, listing.ended_at) == (Status.LIVE, "", None)
    assert Mail.objects.latest("id").subject == "No longer hidden: “Desk lamp, brass”"
    history = staff.get(f"/admin/listings/listing/{listing.pk}/history/").content.decode()
    assert "Hidden: Not yours to sell." in history
    assert "Shown again." in history
    staff.post(again)
    assert Mail.objects.count() == 2


def test_staff_keep_a_listing(
    staff: Client, neighbour_client: Client, neighbour: Seller, seller: Seller
) -> None:
    listing = make_listing(seller)
    report = tell(listing, neighbour)
    assert "It stays as it is." in decide(staff, report, "kept")
    listing.refresh_from_db()
    assert listing.status == Status.LIVE
    assert (
        "nothing that is against our rules"
        in neighbour_client.get(report.get_absolute_url()).content.decode()
    )
    assert not Mail.objects.exists()
    assert staff.post(f"/admin/listings/report/{report.pk}/change/", {"decision": "kept"}).status_code == 403


def test_who_decides_second_is_told(seller: Seller, neighbour: Seller) -> None:
    report = tell(make_listing(seller))
    mine, theirs = (Report.objects.get(pk=report.pk) for _ in range(2))
    reports.keep(mine, neighbour)
    with pytest.raises(reports.Settled):
        reports.hide(theirs, neighbour, "No")


def test_a_deleted_listing_settles_its_reports_without_their_words(
    staff: Client, neighbour_client: Client, neighbour: Seller, seller: Seller
) -> None:
    listing = make_listing(seller)
    report = tell(listing, neighbour)
    actions.delete(listing)
    report.refresh_from_db()
    assert (report.outcome, report.text, report.reason) == (Outcome.GONE, "", "scam")
    assert "not on Trova any more" in neighbour_client.get(report.get_absolute_url()).content.decode()
    assert staff.get(f"/admin/listings/report/{report.pk}/change/").status_code == 200


def test_a_conversation_is_read_where_it_was_reported_and_nowhere_else(
    staff: Client, neighbour_client: Client, neighbour: Seller, seller: Seller
) -> None:
    listing = make_listing(seller)
    talk = messaging.begin(listing, neighbour, "Is it still there?", uuid.uuid4()).conversation
    Page(neighbour_client, f"{talk.get_absolute_url()}report/").write(reason="abuse", text="Rude").send()
    report = Report.objects.get()
    assert (report.conversation, report.listing, report.reporter) == (talk, listing, neighbour)
    shown = staff.get(f"/admin/listings/report/{report.pk}/change/").content.decode()
    assert "Is it still there?" in shown
    assert neighbour.email not in shown
    for path in ("report/", "conversation/", f"conversation/{talk.pk}/change/"):
        assert "Is it still there?" not in staff.get(f"/admin/listings/{path}").content.decode()
    about_the_listing = tell(make_listing(seller))
    shown = staff.get(f"/admin/listings/report/{about_the_listing.pk}/change/").content.decode()
    assert not re.search("Is it still there", shown)
