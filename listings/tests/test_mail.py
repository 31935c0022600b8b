"""The outbox: what is put in is sent once, and tried again when the server is away."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_string, policy

import pytest
from django.conf import LazySettings
from django.core.mail import EmailMultiAlternatives, send_mail
from django.db import connection, transaction
from django.db.models.functions import Now

from listings import mail, messaging, tasks
from listings.models import Mail, Seller
from listings.tests.cast import make_listing
from listings.tests.smtp_server import Post, smtp_server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def post(settings: LazySettings) -> Iterator[Post]:
    settings.EMAIL_BACKEND = "listings.mail.OutboxBackend"
    with smtp_server() as server:
        settings.DELIVERY = {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": server.port,
        }
        yield server


def put_in(count: int = 1) -> None:
    for number in range(count):
        send_mail(
            f"Your code {number}", "It is 1234.", "Trova <hello@example.org>", [f"{number}@example.org"]
        )


def make_due() -> None:
    Mail.objects.filter(sent_at=None, due_at__isnull=False).update(due_at=Now())


def test_a_mail_waits_until_the_worker_sends_it(post: Post) -> None:
    put_in()
    assert (mail.due_count(), post.arrived) == (1, [])
    tasks.deliver_mail()
    assert mail.due_count() == 0
    assert ["Subject: Your code 0" in post.arrived[0], "It is 1234." in post.arrived[0]] == [True, True]
    assert Mail.objects.get().sent_at
    assert not mail.deliver_next()
    assert len(post.arrived) == 1


def test_each_recipient_gets_a_mail_of_their_own_with_its_html(post: Post) -> None:
    message = EmailMultiAlternatives(
        "Hello", "Plain", "a@example.org", ["b@example.org"], cc=["c@example.org"]
    )
    message.attach_alternative("<p>Rich</p>", "text/html")
    message.send()
    while mail.deliver_next():
        pass
    assert len(post.arrived) == 2
    assert all("<p>Rich</p>" in each for each in post.arrived)
    assert [("To: b@" in each, "To: c@" in each) for each in sorted(post.arrived)].count((True, True)) == 0


def test_a_line_end_in_a_subject_makes_no_header(post: Post) -> None:
    send_mail("Hello\r\nBcc: everybody@example.org", "Plain", "a@example.org", ["b@example.org"])
    mail.deliver_next()
    assert "Subject: Hello Bcc: everybody@example.org" in post.arrived[0]


def test_a_mail_of_a_transaction_that_fails_is_not_sent() -> None:
    with transaction.atomic():
        put_in()
        transaction.set_rollback(True)
    assert mail.due_count() == 0


def test_a_server_that_is_away_is_tried_again_with_longer_waits_and_given_up(post: Post) -> None:
    post.hangs_up = True
    put_in()
    waits = []
    for _ in mail.RETRIES:
        assert mail.deliver_next()
        row = Mail.objects.annotate(now=Now()).get()
        assert row.due_at
        waits.append(round((row.due_at - row.now).total_seconds()))
        assert "SMTPServerDisconnected" in row.error
        assert not mail.deliver_next()
        make_due()
    assert waits == list(mail.RETRIES)
    assert mail.deliver_next()
    assert (Mail.objects.get().due_at, Mail.objects.get().sent_at, mail.due_count()) == (None, None, 0)


def test_a_server_that_comes_back_gets_it(post: Post) -> None:
    post.hangs_up = True
    put_in()
    mail.deliver_next()
    post.hangs_up = False
    make_due()
    mail.deliver_next()
    assert (len(post.arrived), Mail.objects.get().error) == (1, "")


@pytest.mark.parametrize(("answer", "is_tried_again"), [("550 no such user", False), ("450 later", True)])
def test_an_address_that_does_not_exist_is_not_tried_again(
    post: Post, answer: str, is_tried_again: bool
) -> None:
    post.answer = answer
    put_in()
    mail.deliver_next()
    assert (Mail.objects.get().due_at is not None) == is_tried_again


def test_many_workers_send_each_mail_once(post: Post) -> None:
    put_in(30)

    def work(_number: int) -> None:
        try:
            while mail.deliver_next():
                pass
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    subjects = sorted(each.partition("Subject: ")[2].splitlines()[0] for each in post.arrived)
    assert subjects == sorted(f"Your code {number}" for number in range(30))
    assert Mail.objects.filter(sent_at__isnull=False).count() == 30


def test_a_mail_of_a_worker_that_died_is_sent_by_another(post: Post) -> None:
    put_in()
    Mail.objects.update(attempts=1, due_at=Now() + mail.LEASE)
    assert not mail.deliver_next()
    make_due()
    mail.deliver_next()
    assert (len(post.arrived), Mail.objects.get().attempts) == (1, 2)


def test_settled_mail_is_forgotten_after_a_week() -> None:
    put_in(3)
    old = Now() - mail.KEPT - timedelta(hours=1)
    first, second, third = Mail.objects.order_by("pk")
    Mail.objects.filter(pk=first.pk).update(created_at=old, due_at=None, sent_at=Now())
    Mail.objects.filter(pk=second.pk).update(created_at=old)
    Mail.objects.filter(pk=third.pk).update(due_at=None, sent_at=Now())
    mail.forget_old()
    assert list(Mail.objects.order_by("pk")) == [second, third]


def test_a_message_is_mailed_once_and_names_neither_address(
    post: Post, seller: Seller, neighbour: Seller
) -> None:
    talk = messaging.begin(make_listing(seller), neighbour, "Call me", uuid.uuid4()).conversation
    post.hangs_up = True
    assert mail.deliver_next()
    messaging.reply(talk, seller, "No", uuid.uuid4())
    post.hangs_up = False
    make_due()

    def deliver(_worker: int) -> None:
        while mail.deliver_next():
            pass
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(deliver, range(4)))
    letters = [message_from_string(each, policy=policy.default) for each in post.arrived]
    assert sorted(letter["To"] for letter in letters) == [neighbour.email, seller.email]
    for letter in letters:
        said = "".join(value for name, value in letter.items() if name != "To") + letter.get_content()
        assert f"http://localhost:8000/messages/{talk.pk}/" in said
        for secret in (seller.email, neighbour.email, "Call me", "Sanne", "Noor"):
            assert secret not in said
