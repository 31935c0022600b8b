"""Who writes to whom, and never what: a text is shown on the report by which one side asked somebody to look.

Nor is it searched here: what is found by its words is read, a word at a time.
"""

from django.contrib import admin

from listings.admin.read_only import ReadOnly
from listings.models import Block, Conversation, KeptMessage, Message


@admin.register(Conversation)
class ConversationAdmin(ReadOnly[Conversation]):
    """Who writes to whom about what, and no text."""

    list_display = ["created_at", "listing", "buyer", "seller", "last_at"]
    list_filter = ["created_at"]
    list_select_related = ["listing", "buyer", "seller"]
    search_fields = ["id", "listing__title"]
    fields = ["listing", "buyer", "seller", "created_at", "last_at"]
    ordering = ["-created_at"]


@admin.register(Message)
class MessageAdmin(ReadOnly[Message]):
    """That something was written, and whether it was read; not for annotators."""

    list_display = ["id", "conversation", "author", "recipient", "sent_at", "read_at"]
    list_filter = [("read_at", admin.EmptyFieldListFilter), "sent_at"]
    list_select_related = ["conversation__listing", "author", "recipient"]
    search_fields = ["conversation__id", "author__email", "recipient__email"]
    fields = ["conversation", "author", "recipient", "sent_at", "read_at"]
    readonly_fields = ["sent_at", "read_at"]
    ordering = ["-id"]


@admin.register(KeptMessage)
class KeptMessageAdmin(ReadOnly[KeptMessage]):
    """What waits until its writer has signed in; nobody but the writer has read it. Not for annotators."""

    list_display = ["id", "listing", "account", "kept_at"]
    list_filter = [("account", admin.EmptyFieldListFilter), "kept_at"]
    list_select_related = ["listing", "account"]
    search_fields = ["id", "listing__title", "account__email"]
    fields = ["listing", "account", "kept_at"]
    ordering = ["-kept_at"]


@admin.register(Block)
class BlockAdmin(ReadOnly[Block]):
    """Who hears nothing more from whom."""

    list_display = ["by", "of", "created_at"]
    list_filter = ["created_at"]
    list_select_related = ["by", "of"]
    search_fields = ["by__email", "of__email"]
    ordering = ["-id"]
