"""What somebody looks for, as the address says it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Final, Self
from urllib.parse import urlencode

from django.db.models import TextChoices
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from listings.fields import MAX_PRICE, MAX_TOWN, Condition
from listings.models import Category
from listings.rules import plain_line

MAX_WORDS: Final = 200
CENT: Final = Decimal("0.01")
CONDITIONS: Final = frozenset(condition.value for condition in Condition)


class Sort(TextChoices):
    """In which order listings are shown."""

    RELEVANCE = "relevance", _("Best match")
    NEWEST = "newest", _("Newest")
    PRICE = "price", _("Lowest price")


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for. Empty and None: anything. Prices are in euros, both ends included."""

    words: str = ""
    category: Category | None = None
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    condition: str = ""
    town: str = ""
    sort: Sort = Sort.NEWEST

    @classmethod
    def parse(cls, told: QueryDict, categories: Iterable[Category]) -> Self:
        """Read an address; what cannot be meant is left out. Raises Category.DoesNotExist."""
        words = plain_line(told.get("q", "")[:MAX_WORDS])
        low, high = _price(told.get("min_price", "")), _price(told.get("max_price", ""))
        if low is not None and high is not None and low > high:
            low, high = high, low
        condition, sort = told.get("condition", ""), told.get("sort", "")
        return cls(
            words=words,
            category=_category(told.get("category", ""), categories),
            min_price=low,
            max_price=high,
            condition=condition if condition in CONDITIONS else "",
            town=plain_line(told.get("town", "")[:MAX_TOWN]),
            sort=_sort(sort, words),
        )

    @property
    def narrows(self) -> bool:
        """Whether it asks for more than a shelf."""
        return bool(self.words or self.filters - {"category"})

    @property
    def is_shelf(self) -> bool:
        """Whether it asks for a category, or for all, as it stands."""
        return not replace(self, category=None).address

    @property
    def filters(self) -> frozenset[str]:
        """The parts that are set, without words and order; both ends of the price are `price`."""
        prices = self.min_price is not None or self.max_price is not None
        told = {"category": self.category, "price": prices, "condition": self.condition, "town": self.town}
        return frozenset(name for name, value in told.items() if value)

    def without(self, name: str) -> Self:
        """The same search with one of its `filters` taken off."""
        if name == "price":
            return replace(self, min_price=None, max_price=None)
        if name == "category":
            return replace(self, category=None)
        return replace(self, condition="") if name == "condition" else replace(self, town="")

    @property
    def address(self) -> str:
        """As the query of an address, such as `q=lamp&max_price=20`; what is usual is left out."""
        told = {
            "q": self.words,
            "category": self.category.slug if self.category else "",
            "min_price": "" if self.min_price is None else f"{self.min_price.normalize():f}",
            "max_price": "" if self.max_price is None else f"{self.max_price.normalize():f}",
            "condition": self.condition,
            "town": self.town,
            "sort": "" if self.sort == _sort("", self.words) else self.sort.value,
        }
        return urlencode({name: value for name, value in told.items() if value})


def _price(text: str) -> Decimal | None:
    try:
        price = Decimal(text.strip().replace(",", "."))
        return price.quantize(CENT) if 0 <= price <= MAX_PRICE else None
    except InvalidOperation:  # not a number, or NaN, which compares with nothing
        return None


def _sort(text: str, words: str) -> Sort:
    if not words:
        return Sort.PRICE if text == Sort.PRICE else Sort.NEWEST
    return Sort(text) if text in Sort.values else Sort.RELEVANCE


def _category(slug: str, categories: Iterable[Category]) -> Category | None:
    if not slug:
        return None
    try:
        return next(category for category in categories if category.slug == slug)
    except StopIteration:
        raise Category.DoesNotExist from None
