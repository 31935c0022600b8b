"""The marketplace's rows: who sells, what is for sale, and the mail that leaves."""

from listings.models.category import Category, CategoryCount
from listings.models.listing import (
    CONDITION_LABELS,
    ENDED,
    OF_A_COVER,
    ON_SHOW,
    Listing,
    ListingQuerySet,
    Status,
)
from listings.models.mail import Mail
from listings.models.photo import Photo
from listings.models.seller import Seller, SellerManager

__all__ = [
    "CONDITION_LABELS",
    "ENDED",
    "OF_A_COVER",
    "ON_SHOW",
    "Category",
    "CategoryCount",
    "Listing",
    "ListingQuerySet",
    "Mail",
    "Photo",
    "Seller",
    "SellerManager",
    "Status",
]
