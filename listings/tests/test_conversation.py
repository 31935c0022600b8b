"""GET and POST /messages/<id>/ and the list of all: reading, answering, blocking, what closes it."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from listings import actions, messaging
from listings.messaging import limits
from listings.models import Block, Conversation, Listing, Mail, Message, Seller, Status
from listings.tests.cast import make_listing, minutes_ago, shelve
from listings.tests.page import Page
from listings.tests.test_detail import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def listing(seller: Seller) -> Listing:
    return make_listing(seller)


@pytest.fixture
def talk(listing: Listing, neighbour: Seller) -> Conversation:
    return messaging.begin(listing, neighbour, "Is it still there?", uuid.uuid4()).conversation


def unread(client: Client) -> int:
    found = re.search(r'class="inbox-count">(\d+)<', client.get("/about/").content.decode())
    return int(found[1]) if found else 0


def test_both_sides_talk_and_see_what_is_new(
    seller_client: Client, neighbour_client: Client, talk: Conversation
) -> None:
    address = talk.get_absolute_url()
    assert (unread(seller_client), unread(neighbour_client)) == (1, 0)
    inbox = words(seller_client.get("/messages/").content.decode())
    assert "Noor just now Desk lamp, brass Is it still there? 1 unread" in inbox
    page = Page(seller_client, address)
    assert unread(seller_client) == 0
    page.write(text="Yes, come by.").send()
    assert "You wrote: Yes, come by." in words(page.text)
    assert unread(neighbour_client) == 1
    assert "Sanne" in words(neighbour_client.get("/messages/").content.decode())
    said = words(neighbour_client.get(address).content.decode())
    assert said.index("Is it still there?") < said.index("They wrote: Yes, come by.")
    assert sorted(Mail.objects.values_list("recipient", flat=True)) == [
        "neighbour@example.org",
        "seller@example.org",
    ]


def test_a_script_asks_for_what_is_newer(
    neighbour_client: Client, seller: Seller, talk: Conversation
) -> None:
    first = talk.messages.get()
    address = f"{talk.get_absolute_url()}?after={first.pk}"
    fragment = {"X-Fragment": "messages"}
    assert neighbour_client.get(address, headers=fragment).status_code == 204
    messaging.reply(talk, seller, "Yes <b>of course</b>", uuid.uuid4())
    html = neighbour_client.get(address, headers=fragment).content.decode()
    assert "Yes &lt;b&gt;of course&lt;/b&gt;" in html
    assert "Is it still there?" not in html
    assert unread(neighbour_client) == 0


def test_an_empty_list_says_where_to_begin(neighbour_client: Client) -> None:
    assert "No messages yet" in neighbour_client.get("/messages/").content.decode()


def test_a_conversation_is_nobody_elses(stranger: Client, talk: Conversation) -> None:
    other = Client()
    other.force_login(Seller.objects.create_user("other@example.org", is_staff=True))
    for path in ("", "block/", "report/"):
        assert other.post(f"{talk.get_absolute_url()}{path}").status_code == 404
    assert other.get(talk.get_absolute_url()).status_code == 404
    assert stranger.get(talk.get_absolute_url()).status_code == 302


def test_who_was_signed_out_while_writing_gets_the_text_back(stranger: Client, talk: Conversation) -> None:
    response = stranger.post(talk.get_absolute_url(), {"text": "A long answer", "form_key": uuid.uuid4()})
    assert response.status_code == 401
    assert "A long answer" in response.content.decode()


def test_a_blocked_person_is_told_and_a_blocker_has_to_unblock(
    seller_client: Client, neighbour_client: Client, seller: Seller, talk: Conversation
) -> None:
    page = Page(neighbour_client, talk.get_absolute_url()).write(text="Hello?")
    seller_client.post(f"{talk.get_absolute_url()}block/", {"do": "block"})
    page.send()
    assert page.status == 422
    assert "Your message cannot be delivered" in page.text
    assert page.data["text"] == "Hello?"
    own = seller_client.get(talk.get_absolute_url()).content.decode()
    assert "You have blocked this person." in own
    # About another listing too.
    elsewhere = (
        Page(neighbour_client, f"/listings/{make_listing(seller).pk}/contact/").write(text="Hi").send()
    )
    assert "Your message cannot be delivered" in elsewhere.text
    assert Message.objects.count() == 1
    seller_client.post(f"{talk.get_absolute_url()}block/", {"do": "unblock"})
    assert not Block.objects.exists()
    assert page.send().status == 200


def test_links_pass_once_the_other_side_has_answered_and_stay_text(
    neighbour_client: Client, seller: Seller, talk: Conversation
) -> None:
    page = Page(neighbour_client, talk.get_absolute_url()).write(text="see https://example.com/a")
    assert page.send().status == 422
    assert page.data["text"] == "see https://example.com/a"
    messaging.reply(talk, seller, "Which one? https://example.com/b", uuid.uuid4())
    page.send()
    assert "see https://example.com/a</p>" in page.text
    assert 'href="https://example.com' not in page.text


def test_tricks_are_pointed_out_to_both_and_sent(
    seller_client: Client, neighbour_client: Client, talk: Conversation
) -> None:
    page = Page(neighbour_client, talk.get_absolute_url())
    page.write(text="My courier brings a gift card, call 0470 12 34 56").send()
    assert page.text.count('class="caution"') == 3
    assert "You gave a number or an address." in page.text
    theirs = seller_client.get(talk.get_absolute_url()).content.decode()
    assert theirs.count('class="caution"') == 3
    assert "Do not pay this way" in theirs


@pytest.mark.parametrize(
    ("action", "why"),
    [
        (actions.mark_sold, "This is sold, so the conversation is closed."),
        (lambda listing: actions.hide(listing, "No"), "The listing is not on show any more"),
        (actions.delete, "The listing was deleted, so this conversation is closed."),
        (lambda listing: actions.erase_account(listing.seller), "The other side has left Trova"),
    ],
    ids=["sold", "hidden", "deleted", "left"],
)
def test_what_ends_closes_the_conversation_and_says_so(
    neighbour_client: Client, listing: Listing, talk: Conversation, action: object, why: str
) -> None:
    page = Page(neighbour_client, talk.get_absolute_url()).write(text="Still there?")
    assert callable(action)
    action(listing)
    page.send()
    assert page.status == 422
    assert why in page.text
    assert page.data["text"] == "Still there?"
    shown = Page(neighbour_client, talk.get_absolute_url())
    assert why in shown.text
    assert "Is it still there?" in shown.text
    assert "text" not in shown.data
    if why.startswith("The listing was"):
        assert "Desk lamp" not in shown.text + neighbour_client.get("/messages/").content.decode()
        assert not Mail.objects.filter(subject__contains="Desk lamp").exists()


def test_a_hidden_listing_shows_its_buyer_no_picture(
    neighbour_client: Client, seller_client: Client, listing: Listing, talk: Conversation
) -> None:
    actions.hide(listing, "No")
    for path in ("/messages/", talk.get_absolute_url()):
        assert "/photos/" not in neighbour_client.get(path).content.decode()
        assert "/photos/" in seller_client.get(path).content.decode()


def test_what_was_typed_when_it_was_sold_is_kept_and_told_once(
    seller_client: Client, listing: Listing, talk: Conversation
) -> None:
    page = Page(seller_client, talk.get_absolute_url()).write(text="Tomorrow at six?")
    actions.mark_sold(listing)
    told = page.send()
    assert (told.status, told.data["text"]) == (422, "Tomorrow at six?")
    assert told.text.count("so the conversation is closed.") == 1
    assert "Send" not in told.text


def test_put_back_on_sale_it_opens_again(seller_client: Client, listing: Listing, talk: Conversation) -> None:
    actions.mark_sold(listing)
    actions.put_back(listing)
    assert "Yes" in Page(seller_client, talk.get_absolute_url()).write(text="Yes").send().text


def test_an_account_waits_after_many_first_messages(
    neighbour_client: Client, neighbour: Seller, seller: Seller
) -> None:
    limit = limits.FIRST_MESSAGES[0]
    rows = shelve(seller, minutes_ago(limit.most + 1))
    for row in rows[: limit.most]:
        messaging.begin(row, neighbour, "Hello", uuid.uuid4())
    Conversation.objects.update(created_at=F("created_at") - timedelta(minutes=20))
    page = Page(neighbour_client, f"/listings/{rows[-1].pk}/contact/").write(text="Hello again").send()
    assert page.status == 429
    assert 0 < int(page.response["Retry-After"]) <= 2401
    assert "send it again in 40 minutes." in page.text
    assert page.data["text"] == "Hello again"
    messaging.reply(
        Conversation.objects.all()[0], neighbour, "An answer is not a first message", uuid.uuid4()
    )
    Conversation.objects.update(created_at=F("created_at") - timedelta(minutes=41))
    assert page.send().status == 200


def test_an_account_waits_after_very_many_messages(neighbour: Seller, talk: Conversation) -> None:
    most = limits.MESSAGES[0].most
    Message.objects.bulk_create(
        Message(conversation=talk, author=neighbour, text="Hi", form_key=uuid.uuid4())
        for _ in range(most - 1)
    )
    with pytest.raises(messaging.TooMany, match="send it again in 1 hour"):
        messaging.reply(talk, neighbour, "One more", uuid.uuid4())


def test_long_conversations_come_in_pages(
    neighbour_client: Client, neighbour: Seller, talk: Conversation
) -> None:
    Message.objects.bulk_create(
        Message(conversation=talk, author=neighbour, text=f"Message {number}", form_key=uuid.uuid4())
        for number in range(1, 70)
    )
    page = neighbour_client.get(talk.get_absolute_url()).content.decode()
    shown = re.findall(r">Message (\d+)<", page)
    assert shown == [str(number) for number in range(10, 70)]
    older = re.search(r'href="(\?before=\d+)"', page)
    assert older
    page = neighbour_client.get(talk.get_absolute_url() + older[1]).content.decode()
    assert re.findall(r">Message (\d+)<", page) == [str(number) for number in range(1, 10)]
    assert "Is it still there?" in page


@pytest.mark.parametrize("count", [1, 3])
def test_all_messages_cost_six_queries(
    seller_client: Client,
    seller: Seller,
    neighbour: Seller,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(count):
        messaging.begin(make_listing(seller), neighbour, "Hello", uuid.uuid4())
    with django_assert_num_queries(6):  # session, seller, count, conversations, covers, unread messages
        seller_client.get("/messages/")


def test_a_title_carries_no_address_into_a_mail(seller: Seller, neighbour: Seller) -> None:
    listing = make_listing(seller, title="Lamp, write to sanne@example.net or see lamps.example.com")
    messaging.begin(listing, neighbour, "Hello", uuid.uuid4())
    mail = Mail.objects.get()
    assert "example.net" not in mail.subject + mail.body
    assert "lamps.example.com" not in mail.subject + mail.body


def test_reserved_stays_open(neighbour_client: Client, listing: Listing, talk: Conversation) -> None:
    actions.reserve(listing)
    assert listing.status == Status.RESERVED
    assert Page(neighbour_client, talk.get_absolute_url()).write(text="And?").send().status == 200
