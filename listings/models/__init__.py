"""The marketplace's rows: who sells, what is for sale, what is said about it, and the mail that leaves."""

from listings.models.address import AddressCount
from listings.models.category import Category, CategoryCount
from listings.models.conversation import (
    MAX_MESSAGE,
    Block,
    Conversation,
    ConversationQuerySet,
    KeptMessage,
    Message,
)
from listings.models.favourite import Favourite
from listings.models.listing import (
    CONDITION_LABELS,
    OF_A_COVER,
    Listing,
    ListingQuerySet,
)
from listings.models.mail import Mail
from listings.models.photo import Photo
from listings.models.report import MAX_REPORT, Outcome, Reason, Report
from listings.models.seller import Seller, SellerManager
from listings.models.status import ENDED, ON_SHOW, Status
from listings.models.token import ApiToken, ApiWrites
from listings.models.word import Word

__all__ = [
    "CONDITION_LABELS",
    "ENDED",
    "MAX_MESSAGE",
    "MAX_REPORT",
    "OF_A_COVER",
    "ON_SHOW",
    "AddressCount",
    "ApiToken",
    "ApiWrites",
    "Block",
    "Category",
    "CategoryCount",
    "Conversation",
    "ConversationQuerySet",
    "Favourite",
    "KeptMessage",
    "Listing",
    "ListingQuerySet",
    "Mail",
    "Message",
    "Outcome",
    "Photo",
    "Reason",
    "Report",
    "Seller",
    "SellerManager",
    "Status",
    "Word",
]
