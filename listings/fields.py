"""What a listing says, as plain values: no Django, so that suggestions, evaluations and forms share it."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

MAX_TITLE: Final = 80
MAX_DESCRIPTION: Final = 4000
MAX_TOWN: Final = 60
MAX_PRICE: Final = Decimal("9999999.00")
MAX_PHOTOS: Final = 12

CATEGORIES: Final[dict[str, str]] = {
    "electronics": "Electronics",
    "furniture": "Furniture",
    "clothing": "Clothing",
    "vehicles": "Vehicles",
    "sports": "Sports",
    "home-garden": "Home & Garden",
    "books": "Books",
    "other": "Other",
}
"""The taxonomy as first offered, slug to English name, in the order shown."""


class Condition(StrEnum):
    """How used a thing is, from best to worst."""

    NEW = "new"
    LIKE_NEW = "like_new"
    GOOD = "good"
    FAIR = "fair"
    FOR_PARTS = "for_parts"


@dataclass(frozen=True, slots=True)
class ListingFields:
    """The fields a suggestion can fill and a seller posts. None: not told.

    `category` is a category's slug; `price` is in euros, two decimals, 0 means free.
    """

    title: str | None = None
    description: str | None = None
    category: str | None = None
    condition: Condition | None = None
    price: Decimal | None = None


AI_FIELDS: Final = ("title", "category", "condition", "description", "price")
"""The fields that a photo can suggest, in the order in which they are asked for."""
