"""How much one account may write. Counted in the messages themselves, under a lock on the account."""

from datetime import timedelta
from typing import Final, NamedTuple

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, QuerySet
from django.db.models.functions import Now

from listings.messaging.refusals import TooMany
from listings.models import Conversation, Message, Seller


class Limit(NamedTuple):
    """At most so many within the time before now."""

    most: int
    within: timedelta


MESSAGES: Final = (Limit(40, timedelta(hours=1)), Limit(200, timedelta(days=1)))
FIRST_MESSAGES: Final = (Limit(8, timedelta(hours=1)), Limit(25, timedelta(days=1)))
"""To sellers not written to before; stricter, since that is what a nuisance does."""


def check(writer: Seller, *, is_first: bool) -> None:
    """Raise TooMany when this account has to wait. Call with its row locked, or two pass at once."""
    written = Message.objects.filter(author=writer)
    for limit in MESSAGES:
        _check(written, "sent_at", limit, is_first=False)
    if is_first:
        for limit in FIRST_MESSAGES:
            _check(Conversation.objects.filter(buyer=writer), "created_at", limit, is_first=True)


def _check(
    rows: QuerySet[Message] | QuerySet[Conversation], moment: str, limit: Limit, *, is_first: bool
) -> None:
    """Raise TooMany when the newest `most` rows all lie within the time; the oldest of them must age out."""
    free_at = ExpressionWrapper(F(moment) + limit.within, DateTimeField())
    wait = (
        rows.annotate(wait=ExpressionWrapper(free_at - Now(), DurationField()))
        .filter(**{f"{moment}__gt": Now() - limit.within})
        .order_by(f"-{moment}")
        .values_list("wait", flat=True)[limit.most - 1 : limit.most]
        .first()
    )
    if wait is not None:
        raise TooMany(wait, is_first=is_first)
