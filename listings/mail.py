"""All mail of the site: rows of an outbox first, sent by the worker.

A row is claimed before it is sent, so two workers never send one; a worker that dies between the sending and
the writing down leaves the only case in which a mail goes out twice.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, models, transaction
from django.db.models import Q
from django.db.models.functions import Now

from listings.models import Mail

log = logging.getLogger("listings.mail")

SECONDS: Final = 15
"""What one delivery may take at each step of its conversation."""
LEASE: Final = timedelta(minutes=5)
"""How long a claimed mail is left to its worker."""
RETRIES: Final = (15, 60, 300, 1800, 7200)
"""Seconds to wait after each failure; after one more the mail is given up."""
KEPT: Final = timedelta(days=7)
"""How long settled mail, which holds codes and addresses, stays readable."""

_DUE = Q(sent_at=None, due_at__lte=Now())


class OutboxBackend(BaseEmailBackend):
    """Django's way in: each recipient of each message becomes a row, in the transaction of the caller."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        Mail.objects.bulk_create(row for message in email_messages for row in _rows(message))
        _ring()
        return len(email_messages)


def post(recipient: str, subject: str, body: str) -> Mail:
    """Put one mail of the site's own into the outbox, in the transaction of the caller."""
    row = Mail.objects.create(
        sender=settings.DEFAULT_FROM_EMAIL, recipient=recipient, subject=_line(subject), body=body
    )
    _ring()
    return row


def due_count() -> int:
    """How many mails wait to be sent now."""
    return Mail.objects.filter(_DUE).count()


def deliver_next() -> bool:
    """Send the mail that waited longest; False when none is due. Holds no connection while it sends."""
    mail = _claim()
    if mail is None:
        return False
    connection.close()
    try:
        _send(mail)
    except SMTPRecipientsRefused as error:
        codes = {code for code, _reason in error.recipients.values()}
        _failed(mail, error, is_final=all(code >= 500 for code in codes))
    except OSError as error:  # SMTP's errors are of this kind too
        _failed(mail, error, is_final=False)
    except ValueError as error:  # an address or a header that no server would take
        _failed(mail, error, is_final=True)
    else:
        _mine(mail).update(sent_at=Now(), due_at=None, error="")
    return True


def forget_old() -> None:
    """Remove the mail that was sent or given up a week ago."""
    Mail.objects.filter(due_at=None, created_at__lt=Now() - KEPT).delete()


def _ring() -> None:
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY mail")  # heard at the commit


def _line(subject: str) -> str:
    return " ".join(subject.split())[:254]  # a line end here would be another header


def _rows(message: EmailMessage) -> Iterable[Mail]:
    alternatives = message.alternatives if isinstance(message, EmailMultiAlternatives) else []
    html = next((content for content, kind in alternatives if kind == "text/html"), "")
    for recipient in message.recipients():
        yield Mail(
            sender=message.from_email,
            recipient=recipient,
            subject=_line(str(message.subject)),
            body=str(message.body),
            html=str(html),
        )


def _claim() -> Mail | None:
    with transaction.atomic():
        waiting = Mail.objects.filter(_DUE).order_by("due_at").select_for_update(skip_locked=True)
        if mail := waiting.first():
            mail.attempts += 1
            mail.due_at = Now() + LEASE
            mail.save(update_fields=["attempts", "due_at"])
    return mail


def _send(mail: Mail) -> None:
    server: dict[str, Any] = settings.DELIVERY
    message = EmailMultiAlternatives(mail.subject, mail.body, mail.sender, [mail.recipient])
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    message.connection = get_connection(
        server["EMAIL_BACKEND"],
        host=server.get("EMAIL_HOST"),
        port=server.get("EMAIL_PORT"),
        username=server.get("EMAIL_HOST_USER"),
        password=server.get("EMAIL_HOST_PASSWORD"),
        use_tls=server.get("EMAIL_USE_TLS", False),
        use_ssl=server.get("EMAIL_USE_SSL", False),
        timeout=SECONDS,
    )
    message.send()


def _failed(mail: Mail, error: Exception, *, is_final: bool) -> None:
    gives_up = is_final or mail.attempts > len(RETRIES)
    due_at = None if gives_up else Now() + timedelta(seconds=RETRIES[mail.attempts - 1])
    _mine(mail).update(due_at=due_at, error=f"{type(error).__name__}: {error}"[:200])
    log.warning("mail %s not sent, attempt %s: %s", mail.pk, mail.attempts, type(error).__name__)


def _mine(mail: Mail) -> models.QuerySet[Mail]:
    """The row, unless another worker claimed it after our lease ran out."""
    return Mail.objects.filter(pk=mail.pk, attempts=mail.attempts, sent_at=None)
