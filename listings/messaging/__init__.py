"""Conversations: who may write what to whom, and every change of them, whole.

A change raises `rules.Refused` with a sentence for the person, or `Listing.DoesNotExist` when the listing is
gone. Locks are taken in one order: the listing, the writer's account, the conversation.
"""

from listings.messaging.blocking import Standing, block, standing, unblock
from listings.messaging.keeping import forget_kept, keep, kept_for, send_kept
from listings.messaging.leaving import erase_of_listing, erase_of_person
from listings.messaging.reading import mark_read, unread_count
from listings.messaging.refusals import (
    Blocked,
    Closed,
    LinkTooSoon,
    OwnListing,
    TooMany,
    why_closed,
)
from listings.messaging.sending import begin, reply

__all__ = [
    "Blocked",
    "Closed",
    "LinkTooSoon",
    "OwnListing",
    "Standing",
    "TooMany",
    "begin",
    "block",
    "erase_of_listing",
    "erase_of_person",
    "forget_kept",
    "keep",
    "kept_for",
    "mark_read",
    "reply",
    "send_kept",
    "standing",
    "unblock",
    "unread_count",
    "why_closed",
]
