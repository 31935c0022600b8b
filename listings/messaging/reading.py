"""What has been read."""

from collections.abc import Iterable

from django.db.models.functions import Now

from listings.models import Message, Seller


def unread_count(reader: Seller) -> int:
    """How many messages wait for this person; from a partial index that holds the unread alone."""
    return Message.objects.filter(recipient=reader, read_at=None).count()


def mark_read(reader: Seller, shown: Iterable[Message]) -> None:
    """Note that the reader has seen these. What came in since they were fetched stays unread."""
    unread = [each.pk for each in shown if each.recipient_id == reader.pk and each.read_at is None]
    if unread:
        Message.objects.filter(pk__in=unread, read_at=None).update(read_at=Now())
