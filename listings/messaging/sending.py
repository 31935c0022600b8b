"""A message is written, and its mail with it."""

import logging
import uuid
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from listings import mail
from listings.cautions import cautions, has_link
from listings.messaging import blocking, limits
from listings.messaging.refusals import Closed, LinkTooSoon, OwnListing, why_closed
from listings.models import Conversation, KeptMessage, Listing, Mail, Message, Seller

log: Final = logging.getLogger("listings.messages")


def begin(listing: Listing, buyer: Seller, text: str, form_key: uuid.UUID) -> Message:
    """Write to the seller of a listing, in the one conversation of this buyer about it.

    The same form sent again is the message that it sent. Raises OwnListing, Closed, Blocked, LinkTooSoon,
    TooMany, or Listing.DoesNotExist.
    """
    with transaction.atomic():
        listing = Listing.objects.select_for_update().get(pk=listing.pk)
        _hold(buyer)
        if sent := _sent(buyer, form_key):
            return sent
        if listing.seller is None or listing.is_draft:
            raise Listing.DoesNotExist
        if listing.seller_id == buyer.pk:
            raise OwnListing
        conversation = Conversation.objects.filter(listing=listing, buyer=buyer).first()
        is_first = conversation is None
        if conversation is None:
            conversation = Conversation(listing=listing, buyer=buyer, seller=listing.seller)
        _check(conversation, buyer, listing.seller, text, is_first=is_first)
        if is_first:
            conversation.save(force_insert=True)
        KeptMessage.objects.filter(pk=form_key).delete()
        return _write(conversation, buyer, listing.seller, text, form_key)


def reply(conversation: Conversation, writer: Seller, text: str, form_key: uuid.UUID) -> Message:
    """Write to the other side. Raises as `begin` does; the writer is one side of the conversation."""
    with transaction.atomic():
        if conversation.listing_id:
            Listing.objects.select_for_update().filter(pk=conversation.listing_id).first()
        _hold(writer)
        if sent := _sent(writer, form_key):
            return sent
        conversation = Conversation.objects.select_related("listing", "buyer", "seller").get(
            pk=conversation.pk
        )
        recipient = conversation.other(writer)
        if recipient is None:
            raise Closed(why_closed(conversation.listing, has_left=True))
        _check(conversation, writer, recipient, text, is_first=False)
        return _write(conversation, writer, recipient, text, form_key)


def check_text(text: str) -> None:
    """Raise LinkTooSoon where a stranger's text holds a link: for a message that is kept for later."""
    if has_link(text):
        raise LinkTooSoon


def _hold(writer: Seller) -> None:
    """Let one message of this account through at a time. Raises Seller.DoesNotExist."""
    Seller.objects.select_for_update(no_key=True).only("pk").get(pk=writer.pk)


def _sent(writer: Seller, form_key: uuid.UUID) -> Message | None:
    sent = Message.objects.filter(author=writer, form_key=form_key)
    return sent.select_related("conversation").first()


def _check(
    conversation: Conversation, writer: Seller, recipient: Seller, text: str, *, is_first: bool
) -> None:
    if why := why_closed(conversation.listing, has_left=False):
        raise Closed(why)
    blocking.check(writer, recipient)
    has_answered = not is_first and conversation.messages.filter(author=recipient).exists()
    if not has_answered:
        check_text(text)
    limits.check(writer, is_first=is_first)


def _write(
    conversation: Conversation, writer: Seller, recipient: Seller, text: str, form_key: uuid.UUID
) -> Message:
    message = Message.objects.create(
        conversation=conversation,
        author=writer,
        recipient=recipient,
        text=text,
        form_key=form_key,
        mail=_tell(conversation, recipient),
    )
    Conversation.objects.filter(pk=conversation.pk).update(last_at=Now())
    log.info("message %s in conversation %s", message.pk, conversation.pk)
    return message


def _tell(conversation: Conversation, recipient: Seller) -> Mail:
    """A mail that names the thing and leads back, and says nothing of what was written or by whom."""
    listing = conversation.listing
    title = listing.title if listing and not _is_doubtful(listing.title) else _("your conversation")
    link = f"{settings.SITE_URL}{conversation.get_absolute_url()}"
    body = _(
        "You have a new message about “%(title)s”.\n\nRead it and answer here:\n\n%(link)s\n\n"
        "Answer on Trova, not to this mail: nobody reads what is sent to this address.\n\nTrova"
    )
    return mail.post(
        recipient.email,
        _("New message about “%(title)s”") % {"title": title},
        body % {"title": title, "link": link},
    )


def _is_doubtful(title: str) -> bool:
    """Whether a title would carry an address or a link into a mail of ours."""
    return has_link(title) or bool(cautions(title))
