"""A conversation that was reported: decided on its own, for the one who reported it."""

import re
import uuid

import pytest
from django.test import Client

from listings import actions, messaging, reports
from listings.models import Conversation, Listing, Outcome, Reason, Report, Seller, Status
from listings.tests.cast import make_listing

pytestmark = pytest.mark.django_db

TOLD = {"reason": Reason.ABUSE, "text": "This is a threat."}


@pytest.fixture
def staff_account(db: None) -> Seller:
    return Seller.objects.create_superuser("staff@example.org")


@pytest.fixture
def staff(staff_account: Seller) -> Client:
    client = Client()
    client.force_login(staff_account)
    return client


@pytest.fixture
def listing(seller: Seller) -> Listing:
    return make_listing(seller)


@pytest.fixture
def talk(listing: Listing, neighbour: Seller) -> Conversation:
    """The neighbour writes to the seller about the listing."""
    return messaging.begin(listing, neighbour, "I know where you live.", uuid.uuid4()).conversation


def of_talk(talk: Conversation, reporter: Seller) -> Report:
    return reports.report(talk.listing, talk, uuid.uuid4(), TOLD, reporter=reporter, unit=None)


def of_listing(listing: Listing) -> Report:
    return reports.report(listing, None, uuid.uuid4(), TOLD, reporter=None, unit=uuid.uuid4())


def page_of(report: Report) -> str:
    return f"/admin/listings/report/{report.pk}/change/"


def choices(staff: Client, report: Report) -> list[str]:
    """The decisions that staff are offered, and the other inputs beside them."""
    page = staff.get(page_of(report)).content.decode()
    return re.findall(r'name="decision" value="(\w+)"', page) + re.findall(r'name="(why)"', page)


def decide(staff: Client, report: Report, decision: str, why: str = "") -> str:
    response = staff.post(page_of(report), {"decision": decision, "why": why}, follow=True)
    report.refresh_from_db()
    return response.content.decode()


def outcomes(*told: Report) -> list[str]:
    return [Report.objects.get(pk=each.pk).outcome for each in told]


@pytest.mark.parametrize("decision", [Outcome.KEPT, Outcome.HIDDEN])
def test_what_is_decided_of_the_listing_leaves_it_open(
    staff: Client, seller: Seller, listing: Listing, talk: Conversation, decision: Outcome
) -> None:
    threat, first, second = of_talk(talk, seller), of_listing(listing), of_listing(listing)
    decide(staff, first, decision, "Not yours to sell.")
    assert outcomes(threat, first, second) == [Outcome.OPEN, decision, decision]


@pytest.mark.parametrize("decision", [Outcome.KEPT, Outcome.BARRED])
def test_what_is_decided_of_it_settles_nothing_else(
    staff: Client, seller: Seller, neighbour: Seller, listing: Listing, talk: Conversation, decision: Outcome
) -> None:
    theirs, mine, other = of_talk(talk, seller), of_talk(talk, neighbour), of_listing(listing)
    decide(staff, theirs, decision)
    assert outcomes(theirs, mine, other) == [decision, Outcome.OPEN, Outcome.OPEN]


def test_staff_block_who_threatened_and_the_receipt_says_so(
    staff: Client,
    staff_account: Seller,
    seller_client: Client,
    neighbour_client: Client,
    seller: Seller,
    neighbour: Seller,
    talk: Conversation,
) -> None:
    threat = of_talk(talk, seller)
    assert choices(staff, threat) == ["barred", "kept"]  # the listing is the reporter's own
    assert "Blocked: whoever reported it hears no more of the other." in decide(staff, threat, "barred")
    assert (threat.outcome, threat.settled_by) == (Outcome.BARRED, staff_account)
    assert messaging.standing(seller, neighbour) == messaging.Standing(has_blocked=True, is_blocked=False)
    with pytest.raises(messaging.Blocked):
        messaging.reply(talk, neighbour, "Answer me!", uuid.uuid4())
    assert (
        "We have blocked this person for you" in seller_client.get(f"/reports/{threat.pk}/").content.decode()
    )
    assert neighbour_client.get(f"/reports/{threat.pk}/").status_code == 404
    assert Listing.objects.get().status == Status.LIVE


def test_the_own_listing_of_whoever_reports_cannot_be_hidden(
    staff: Client, seller: Seller, listing: Listing, talk: Conversation
) -> None:
    threat = of_talk(talk, seller)
    assert "Select a valid choice" in decide(staff, threat, "hidden", "A trick")
    listing.refresh_from_db()
    assert (threat.outcome, listing.status) == (Outcome.OPEN, Status.LIVE)


def test_a_buyer_shows_what_the_seller_wrote_and_the_listing_is_hidden(
    staff: Client, neighbour: Seller, listing: Listing, talk: Conversation
) -> None:
    trick, alike = of_talk(talk, neighbour), of_listing(listing)
    assert choices(staff, trick) == ["barred", "hidden", "kept", "why"]
    assert "Say why it is hidden." in decide(staff, trick, "hidden")
    decide(staff, trick, "hidden", "Asks for money first.")
    listing.refresh_from_db()
    assert (listing.status, listing.hidden_reason) == (Status.HIDDEN, "Asks for money first.")
    assert outcomes(trick, alike) == [Outcome.HIDDEN, Outcome.HIDDEN]


def test_a_report_of_a_listing_blocks_nobody(staff: Client, listing: Listing) -> None:
    about = of_listing(listing)
    assert choices(staff, about) == ["hidden", "kept", "why"]
    assert "Select a valid choice" in decide(staff, about, "barred")
    assert about.outcome == Outcome.OPEN


def test_deleting_the_listing_leaves_it_to_be_decided(
    staff: Client, seller: Seller, neighbour: Seller, listing: Listing, talk: Conversation
) -> None:
    threat, about = of_talk(talk, neighbour), of_listing(listing)
    actions.delete(listing)
    assert outcomes(threat, about) == [Outcome.OPEN, Outcome.GONE]
    page = staff.get(page_of(threat)).content.decode()
    assert "This is a threat." in page
    assert "I know where you live." in page
    assert choices(staff, threat) == ["barred", "kept"]
    decide(staff, threat, "barred")
    assert messaging.standing(neighbour, seller).has_blocked


def test_whoever_leaves_takes_what_was_reported_of_them_along(
    staff: Client, seller_client: Client, seller: Seller, neighbour: Seller, talk: Conversation
) -> None:
    threat = of_talk(talk, seller)
    actions.erase_account(neighbour)
    threat.refresh_from_db()
    assert (threat.outcome, threat.text) == (Outcome.GONE, "")
    assert "not on Trova any more" in seller_client.get(f"/reports/{threat.pk}/").content.decode()


def test_where_one_has_left_there_is_nobody_to_block(
    staff: Client, seller: Seller, talk: Conversation
) -> None:
    threat = of_talk(talk, seller)
    Conversation.objects.update(buyer=None)  # as it was before leaving closed such a report
    assert "One of the two has left" in decide(staff, threat, "barred")
    decide(staff, threat, "kept")
    assert threat.outcome == Outcome.KEPT


def test_many_reports_of_the_listing_refuse_none_of_a_conversation(
    seller: Seller, listing: Listing, talk: Conversation
) -> None:
    for _ in range(reports.OF_ONE):
        of_listing(listing)
    with pytest.raises(reports.Enough):
        of_listing(listing)
    assert of_talk(talk, seller).outcome == Outcome.OPEN


def test_who_decides_second_is_told(
    staff_account: Seller, seller: Seller, neighbour: Seller, talk: Conversation
) -> None:
    threat = of_talk(talk, seller)
    late = Report.objects.get(pk=threat.pk)
    reports.keep(threat, staff_account)
    with pytest.raises(reports.Settled):
        reports.block(late, staff_account)
    assert not messaging.standing(seller, neighbour).has_blocked
