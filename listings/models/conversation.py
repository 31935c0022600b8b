"""What buyers and sellers write to each other."""

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from listings.models.listing import Listing
from listings.models.mail import Mail
from listings.models.photo import Photo
from listings.models.seller import Seller

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

MAX_MESSAGE = 2000


class ConversationQuerySet(models.QuerySet["Conversation"]):
    """The words in which conversations are read. Access starts at the reader."""

    def of(self, reader: Seller) -> Self:
        """Those in which this person is one side."""
        return self.filter(Q(buyer=reader) | Q(seller=reader))

    def with_rows(self, reader: Seller) -> Self:
        """With all that a list of conversations shows this reader, in two queries."""
        newest = Message.objects.filter(conversation=models.OuterRef("pk")).order_by("-id")
        is_unread = Q(messages__recipient=reader, messages__read_at=None)
        return (
            self.select_related("listing", "buyer", "seller")
            .prefetch_related(
                models.Prefetch("listing__photos", Photo.objects.filter(position=0), to_attr="covers")
            )
            .annotate(
                unread=models.Count("messages", filter=is_unread),
                last_text=models.Subquery(newest.values("text")[:1]),
                last_author=models.Subquery(newest.values("author")[:1]),
            )
        )


class Conversation(models.Model):
    """One buyer and one seller about one listing. Whoever left, and a listing that was deleted, are null."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    listing = models.ForeignKey(
        Listing, models.SET_NULL, null=True, related_name="conversations", verbose_name=_("listing")
    )
    buyer = models.ForeignKey(
        Seller, models.SET_NULL, null=True, related_name="conversations_begun", verbose_name=_("buyer")
    )
    seller = models.ForeignKey(
        Seller, models.SET_NULL, null=True, related_name="conversations_received", verbose_name=_("seller")
    )
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    last_at = models.DateTimeField(_("last message"), db_default=Now(), editable=False)

    objects = ConversationQuerySet.as_manager()

    if TYPE_CHECKING:
        messages: RelatedManager["Message"]
        unread: int
        last_text: str | None
        last_author: int | None

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "buyer"], name="conversation_once_for_buyer_and_listing"
            ),
            models.CheckConstraint(
                condition=Q(buyer=None) | Q(seller=None) | ~Q(buyer=F("seller")),
                name="conversation_has_two_sides",
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "-last_at"], name="conversation_of_buyer"),
            models.Index(fields=["seller", "-last_at"], name="conversation_of_seller"),
            models.Index(fields=["-created_at", "-id"], name="conversation_newest"),
        ]

    def __str__(self) -> str:
        return str(self.listing or _("A listing that was deleted"))

    def get_absolute_url(self) -> str:
        return reverse("listings:conversation", args=[self.pk])

    def other(self, reader: Seller) -> Seller | None:
        """The side that is not the reader; None when they have left."""
        return self.seller if self.buyer_id == reader.pk else self.buyer

    def name_of_other(self, reader: Seller) -> str:
        """What the reader sees of the other side: a first name, or their part."""
        other = self.other(reader)
        if other is None:
            return str(_("Somebody who left"))
        is_buyer = other.pk == self.buyer_id
        return other.first_name or str(_("The buyer") if is_buyer else _("The seller"))


class Message(models.Model):
    """One text. A text whose author has left is erased; that something was written stays."""

    conversation = models.ForeignKey(
        Conversation, models.CASCADE, related_name="messages", verbose_name=_("conversation")
    )
    author = models.ForeignKey(
        Seller, models.SET_NULL, null=True, related_name="messages_written", verbose_name=_("author")
    )
    recipient = models.ForeignKey(
        Seller, models.SET_NULL, null=True, related_name="messages_received", verbose_name=_("recipient")
    )
    text = models.TextField(_("text"), max_length=MAX_MESSAGE, blank=True)
    form_key = models.UUIDField(_("form key"), editable=False)
    mail = models.OneToOneField(Mail, models.SET_NULL, null=True, related_name="message", editable=False)
    sent_at = models.DateTimeField(_("sent"), db_default=Now(), editable=False)
    read_at = models.DateTimeField(_("read"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(fields=["author", "form_key"], name="message_once_for_each_form"),
            models.CheckConstraint(
                condition=~Q(author=None) | Q(text=""), name="message_without_author_has_no_text"
            ),
        ]
        indexes = [
            models.Index(fields=["author", "-sent_at"], name="message_of_author"),
            models.Index(fields=["recipient"], name="message_unread", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class KeptMessage(models.Model):
    """What somebody wrote to a seller before signing in. Its key is the form's, so it is kept once."""

    id = models.UUIDField(primary_key=True, editable=False)
    unit = models.UUIDField(_("browser unit"))
    account = models.ForeignKey(Seller, models.CASCADE, null=True, related_name="kept_messages")
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="kept_messages")
    text = models.TextField(_("text"), max_length=MAX_MESSAGE)
    kept_at = models.DateTimeField(_("kept"), db_default=Now())

    class Meta:
        verbose_name = _("kept message")
        verbose_name_plural = _("kept messages")
        indexes = [
            models.Index(fields=["kept_at"], name="kept_message_by_age"),
            models.Index(fields=["unit", "kept_at"], name="kept_message_of_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class Block(models.Model):
    """`by` hears nothing more from `of`, about no listing."""

    by = models.ForeignKey(Seller, models.CASCADE, related_name="blocks")
    of = models.ForeignKey(Seller, models.CASCADE, related_name="blocked_by")
    created_at = models.DateTimeField(_("created"), db_default=Now())

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = [
            models.UniqueConstraint(fields=["by", "of"], name="block_once_for_each_pair"),
            models.CheckConstraint(condition=~Q(by=F("of")), name="block_is_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.by_id} blocks {self.of_id}"
