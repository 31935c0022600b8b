"""Who hears nothing more from whom."""

import logging
from dataclasses import dataclass

from django.utils.translation import gettext as _

from listings.messaging.refusals import Blocked
from listings.models import Block, Seller

log = logging.getLogger("listings.messages")


@dataclass(frozen=True, slots=True)
class Standing:
    """How two people stand, seen by one: `has_blocked` the other, `is_blocked` by the other."""

    has_blocked: bool
    is_blocked: bool


def standing(reader: Seller, other: Seller) -> Standing:
    """How they stand now; one query."""
    pairs = set(
        Block.objects.filter(by__in=[reader, other], of__in=[reader, other]).values_list("by_id", "of_id")
    )
    return Standing((reader.pk, other.pk) in pairs, (other.pk, reader.pk) in pairs)


def block(by: Seller, of: Seller) -> None:
    """Keep everything that `of` writes from `by`, about every listing. Idempotent."""
    Block.objects.get_or_create(by=by, of=of)
    log.info("account %s blocked %s", by.pk, of.pk)


def unblock(by: Seller, of: Seller) -> None:
    """Hear from `of` again. Idempotent."""
    Block.objects.filter(by=by, of=of).delete()
    log.info("account %s unblocked %s", by.pk, of.pk)


def check(writer: Seller, recipient: Seller) -> None:
    """Raise Blocked when the message could not be delivered, or not be answered."""
    now = standing(writer, recipient)
    if now.has_blocked:
        raise Blocked(_("You have blocked this person. Unblock them to write."))
    if now.is_blocked:
        raise Blocked(_("Your message cannot be delivered: this person does not want messages from you."))
