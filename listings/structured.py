"""A listing in the words of schema.org, as search engines read them."""

import json
from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from listings.fields import Condition
from listings.models import Listing, Photo, Status

CONDITIONS: Final = {
    Condition.NEW: "NewCondition",
    Condition.LIKE_NEW: "UsedCondition",
    Condition.GOOD: "UsedCondition",
    Condition.FAIR: "UsedCondition",
    Condition.FOR_PARTS: "DamagedCondition",
}
AVAILABILITY: Final = {
    Status.LIVE: "InStock",
    Status.RESERVED: "LimitedAvailability",
    Status.SOLD: "SoldOut",
    Status.EXPIRED: "Discontinued",
}
_OPENERS: Final = {ord(char): f"\\u{ord(char):04X}" for char in "<>&"}
"""What could end a script element, or begin one."""


def product(listing: Listing, photos: Sequence[Photo]) -> dict[str, Any]:
    """The listing, which must be public, as a Product with one Offer in euros. Addresses are absolute."""
    url = settings.SITE_URL + listing.get_absolute_url()
    offer = {
        "@type": "Offer",
        "url": url,
        "price": str(listing.price),
        "priceCurrency": "EUR",
        "availability": f"https://schema.org/{AVAILABILITY[Status(listing.status)]}",
        "itemCondition": _condition(listing),
        "priceValidUntil": listing.expires_at and listing.expires_at.date().isoformat(),
        "seller": listing.seller and {"@type": "Person", "name": listing.seller.shown_name},
        "availableAtOrFrom": listing.town and {"@type": "Place", "address": listing.town},
    }
    return _told(
        {
            "@context": "https://schema.org",
            "@type": "Product",
            "name": listing.title,
            "description": listing.description,
            "category": listing.category and listing.category.name,
            "url": url,
            "image": [settings.SITE_URL + photo.url(max(photo.widths), "jpg") for photo in photos],
            "itemCondition": _condition(listing),
            "offers": _told(offer),
        }
    )


def as_script(data: dict[str, Any]) -> SafeString:
    """A data block for a page: browsers run nothing of it, and no text in it can end it."""
    text = json.dumps(data, ensure_ascii=False).translate(_OPENERS)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308  escaped the line above


def _condition(listing: Listing) -> str | None:
    return f"https://schema.org/{CONDITIONS[Condition(listing.condition)]}" if listing.condition else None


def _told(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value}
