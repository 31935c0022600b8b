"""Who and what the tests of the marketplace play with. Everything is made through the actions."""

import io
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Final

from django.db.models import F
from django.utils import timezone
from PIL import Image, ImageDraw

from listings import actions, rules
from listings.models import Category, CategoryCount, Listing, Seller, Status

UNIT: Final = uuid.UUID("11111111-1111-4111-8111-111111111111")
"""The browser of whoever is signed out."""

FIELDS: Final[dict[str, rules.Value]] = {
    "title": "Desk lamp, brass",
    "description": "Works. The shade has a dent at the back.",
    "category": "home-garden",
    "condition": "good",
    "price": Decimal("12.50"),
    "town": "Ghent",
}
"""What a listing says that says nothing else."""


@cache
def jpeg(number: int = 0, size: tuple[int, int] = (400, 300)) -> bytes:
    """A small picture, another one for each number."""
    picture = Image.new("RGB", size, ((37 * number) % 256, 120, 90))
    draw = ImageDraw.Draw(picture)
    draw.ellipse(
        (20 + 9 * number % 200, 40, 220 + 9 * number % 150, 240), fill=(240, (53 * number) % 256, 60)
    )
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()


def make_draft(
    seller: Seller | None = None, *, photos: int = 1, unit: uuid.UUID = UNIT, **fields: rules.Value
) -> Listing:
    """A draft with all fields filled, or as `fields` says, and this many photos."""
    draft, _ = actions.start_draft(unit, seller, uuid.uuid4())
    values = FIELDS | fields
    actions.save_fields(draft, 0, values, values.keys())
    actions.add_photos(draft, [(io.BytesIO(jpeg(number)), f"{number}.jpg") for number in range(photos)])
    draft.refresh_from_db()
    return draft


def make_listing(
    seller: Seller, *, status: Status = Status.LIVE, photos: int = 1, **fields: rules.Value
) -> Listing:
    """A posted listing, turned to `status`."""
    listing = make_draft(seller, photos=photos, unit=UNIT, **fields)
    actions.publish(listing, seller)
    if status == Status.RESERVED:
        actions.reserve(listing)
    elif status == Status.SOLD:
        actions.mark_sold(listing)
    elif status == Status.EXPIRED:
        actions.expire(listing)
    elif status == Status.HIDDEN:
        actions.hide(listing, "This is not allowed here.")
    return listing


def shelve(
    seller: Seller, moments: Iterable[datetime], *, category: str = "books", status: Status = Status.LIVE
) -> list[Listing]:
    """Bare rows on a shelf, one for each moment of publishing, past the actions: for many at once."""
    shelf = Category.objects.get(slug=category)
    rows = [
        Listing(
            seller=seller,
            title=f"Book {number}",
            price=number,
            category=shelf,
            status=status,
            published_at=moment,
        )
        for number, moment in enumerate(moments, 1)
    ]
    Listing.objects.bulk_create(rows)
    CategoryCount.objects.filter(category=shelf).update(on_show=F("on_show") + len(rows))
    return rows


def minutes_ago(count: int) -> list[datetime]:
    """This many moments, a minute apart, newest first."""
    now = timezone.now()
    return [now - timedelta(minutes=number) for number in range(1, count + 1)]
