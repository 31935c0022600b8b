"""What the API takes and answers."""

from decimal import Decimal
from typing import Annotated, Any, Final, Self
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema
from ninja.errors import ValidationError
from pydantic import AwareDatetime, WithJsonSchema

from listings.cursor import PAGE_SIZE
from listings.fields import MAX_DESCRIPTION, MAX_PRICE, MAX_TITLE
from listings.models import Listing
from listings.search.query import MAX_WORDS

MAX_PAGE: Final = 100

Price = Annotated[
    Decimal,
    Field(ge=0, le=MAX_PRICE, decimal_places=2),
    # A Decimal would be described as a number or any text.
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": float(MAX_PRICE), "multipleOf": 0.01}),
]
"""Euros; 0 means free."""


class Error(Schema):
    """The one shape of everything that went wrong."""

    error: str = Field(description="What went wrong, in a sentence.")
    fields: dict[str, list[str]] = Field(description="What is wrong with each field, by its name.")


def errors(*statuses: int) -> dict[int, type[Error]]:
    """What an operation may answer instead."""
    return dict.fromkeys(statuses, Error)


def wrong(field: str, sentence: str) -> ValidationError:
    """What to raise where a field has the right form and the wrong value: it is answered as 422."""
    return ValidationError([{"loc": (field,), "msg": sentence}])


FORMATS: Final = "image/jpeg, image/png, image/webp, image/avif, image/heic"
MULTIPART: Final[dict[str, Any]] = {
    "requestBody": {
        "content": {
            "multipart/form-data": {
                "schema": {"additionalProperties": False},
                "encoding": {"image": {"contentType": FORMATS}},
            }
        }
    }
}
"""What the description of a form with a photo says beyond its fields."""


class ListingQuery(Schema):
    """What is looked for."""

    category: str = Field(
        "", description="A category's name or slug.", json_schema_extra={"format": "category"}
    )
    q: str = Field(
        "", max_length=MAX_WORDS, description='Words of it: all of them, "in this order", or not -this.'
    )
    limit: int = Field(PAGE_SIZE, ge=1, le=MAX_PAGE, description="At most so many.")
    cursor: str = Field(
        "",
        description="Where the page before ended: from the `Link` header.",
        json_schema_extra={"format": "cursor"},
    )


class ListingIn(Schema):
    """What is to be sold."""

    title: str = Field(
        min_length=1,
        max_length=MAX_TITLE,
        description="One line of plain text with something to see in it.",
        json_schema_extra={"format": "plain-text"},
    )
    description: str = Field("", max_length=MAX_DESCRIPTION, description="Plain text.")
    price: Price = Field(description="In euros; 0 means free.")
    category: str = Field(description="A category's name or slug.", json_schema_extra={"format": "category"})


class ListingOut(Schema):
    """A listing as buyers see it."""

    id: UUID
    title: str
    description: str
    price: float = Field(description="In euros; 0 means free.")
    category: str = Field(description="The category's name.")
    image_url: str | None = Field(
        description="Its first photo, as a JPEG.", json_schema_extra={"format": "uri"}
    )
    created_at: AwareDatetime = Field(description="When it was posted.")

    @classmethod
    def of(cls, listing: Listing, request: HttpRequest) -> Self:
        """A posted listing, best read `with_cards`."""
        category, price, posted = listing.category, listing.price, listing.published_at
        assert category and price is not None and posted  # noqa: PT018, S101  every posted listing has them
        cover = listing.cover
        return cls(
            id=listing.pk,
            title=listing.title,
            description=listing.description,
            price=float(price),
            category=category.name,
            image_url=request.build_absolute_uri(cover.url(max(cover.widths), "jpg")) if cover else None,
            created_at=posted,
        )
