"""Contact seller: a first message, kept while its writer signs in, and sent once."""

import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.db import connection
from django.test import Client

from listings import messaging
from listings.models import Conversation, KeptMessage, Listing, Mail, Message, Seller, Status
from listings.tests.cast import make_listing
from listings.tests.page import Page
from listings.tests.test_claim import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outbox(settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = "listings.mail.OutboxBackend"
    cache.clear()


def contact(client: Client, listing: Listing) -> Page:
    return Page(client, f"/listings/{listing.pk}/contact/")


def test_a_message_reaches_the_seller_with_one_mail(
    neighbour_client: Client, seller_client: Client, seller: Seller, neighbour: Seller
) -> None:
    listing = make_listing(seller, status=Status.RESERVED)
    page = contact(neighbour_client, listing).write(text="Is it still there?").send()
    conversation = Conversation.objects.get()
    assert page.address == f"/messages/{conversation.pk}/"
    assert "Is it still there?" in page.text
    assert "Is it still there?" in seller_client.get(page.address).content.decode()
    mail = Mail.objects.get()
    assert (mail.recipient, mail.subject) == (seller.email, "New message about “Desk lamp, brass”")
    assert f"http://localhost:8000/messages/{conversation.pk}/" in mail.body
    said = f"{mail.sender} {mail.subject} {mail.body} {mail.html}"
    for secret in (seller.email, neighbour.email, "Noor", "Is it still there?"):
        assert secret not in said
    assert contact(neighbour_client, listing).address == page.address  # one conversation


def test_what_was_written_signed_out_is_sent_at_the_sign_in(stranger: Client, seller: Seller) -> None:
    listing = make_listing(seller)
    page = contact(stranger, listing).write(text="Can I fetch it today?").send()
    assert page.address.startswith("/account/")
    assert "Your message is kept." in page.text
    assert not Message.objects.exists()
    page = sign_in(page, "buyer@example.org")
    message = Message.objects.get()
    assert page.address == f"/messages/{message.conversation_id}/"
    assert "Signed in. Your message is sent." in page.text
    assert (message.author, message.text) == (
        Seller.objects.get(email="buyer@example.org"),
        "Can I fetch it today?",
    )
    assert not KeptMessage.objects.exists()
    assert Mail.objects.filter(recipient=seller.email).count() == 1
    # The way back in the browser's history leads to the conversation too.
    assert Page(stranger, f"/messages/kept/{message.form_key}/").address == page.address


def test_what_is_refused_at_the_sign_in_waits_with_its_text(stranger: Client, seller: Seller) -> None:
    listing = make_listing(seller)
    page = contact(stranger, listing).write(text="My own lamp?").send()
    page = sign_in(page, seller.email)
    assert "This listing is your own." in page.text
    assert page.data["text"] == "My own lamp?"
    assert not Message.objects.exists()


def test_a_kept_message_is_nobody_elses(stranger: Client, neighbour_client: Client, seller: Seller) -> None:
    contact(stranger, make_listing(seller)).write(text="Hello").send()
    address = f"/messages/kept/{KeptMessage.objects.get().pk}/"
    assert stranger.get(address).status_code == 200
    assert neighbour_client.get(address).status_code == 404
    assert Client().get(address).status_code == 404


def test_a_second_click_sends_nothing_more(neighbour_client: Client, seller: Seller) -> None:
    page = contact(neighbour_client, make_listing(seller)).write(text="Hello")
    data, address = page.data, page.action
    for _ in range(2):
        assert neighbour_client.post(address, data).status_code == 302
    assert (Message.objects.count(), Mail.objects.count()) == (1, 1)


@pytest.mark.parametrize("status", [Status.SOLD, Status.HIDDEN])
def test_what_is_not_on_show_takes_no_message(
    neighbour_client: Client, seller: Seller, status: Status
) -> None:
    listing = make_listing(seller, status=status)
    response = neighbour_client.post(
        f"/listings/{listing.pk}/contact/", {"text": "Hello", "form_key": str(uuid.uuid4())}
    )
    assert response.status_code == (422 if status == Status.SOLD else 404)
    assert not Conversation.objects.exists()
    if status == Status.SOLD:
        said = response.content.decode()
        assert "This is sold, so the conversation is closed." in said
        assert "Hello" in said


def test_a_stranger_sends_no_link(neighbour_client: Client, seller: Seller) -> None:
    page = contact(neighbour_client, make_listing(seller)).write(text="Look at www.example.com/lamp").send()
    assert page.status == 422
    assert "Links can be sent once the other side has answered." in page.text
    assert page.data["text"] == "Look at www.example.com/lamp"
    assert not Conversation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_first_messages_at_once_are_one_conversation(seller: Seller, neighbour: Seller) -> None:
    listing = make_listing(seller)
    same = uuid.uuid4()

    def send(key: uuid.UUID) -> None:
        try:
            messaging.begin(listing, neighbour, "Hello", key)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, [same, same, uuid.uuid4(), same]))
    assert Conversation.objects.count() == 1
    assert (Message.objects.count(), Mail.objects.count()) == (2, 2)


def test_the_detail_page_offers_it_to_everybody_else(
    stranger: Client, seller_client: Client, seller: Seller
) -> None:
    listing = make_listing(seller)
    address = f"/listings/{listing.pk}/contact/"
    assert address in stranger.get(listing.get_absolute_url()).content.decode()
    assert address not in seller_client.get(listing.get_absolute_url()).content.decode()
    sold = make_listing(seller, status=Status.SOLD)
    assert not re.search(r"/contact/", stranger.get(sold.get_absolute_url()).content.decode())
