"""What a search finds, in which order, and how much of it."""

from decimal import Decimal

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from listings.models import Category, Seller, Status
from listings.search import Search, Sort, facets, results
from listings.tests.cast import make_listing

pytestmark = pytest.mark.django_db


def searched(address: str) -> Search:
    return Search.parse(QueryDict(address), Category.objects.all())


def found(address: str) -> list[str]:
    return [listing.title for listing in results(searched(address))[0]]


@pytest.fixture
def shop(seller: Seller) -> None:
    def post(title: str, price: int, description: str = "", **fields: str) -> None:
        make_listing(seller, title=title, price=Decimal(price), description=description, **fields)  # type: ignore[arg-type]  # fields, never status or photos

    post("Oak table", 120, category="furniture")
    post("Reading lamps", 15, condition="new", town="Bruges")
    post("Desk", 60, "With a lamp.", category="furniture")
    post("Lamp, oak foot", 0, condition="fair", town="ghent")
    make_listing(seller, status=Status.SOLD, title="Sold lamp")


@pytest.mark.parametrize(
    ("address", "titles"),
    [
        ("q=lamp&sort=newest", ["Lamp, oak foot", "Desk", "Reading lamps"]),
        ("q=LAMPS", ["Lamp, oak foot", "Reading lamps", "Desk"]),  # the title counts most
        ("q=lamp&sort=price", ["Lamp, oak foot", "Reading lamps", "Desk"]),
        ("q=oak+lamp", ["Lamp, oak foot"]),
        ("q=lamp+-oak&sort=newest", ["Desk", "Reading lamps"]),
        ("q=%22oak+foot%22", ["Lamp, oak foot"]),
        ("q=lamp&category=furniture", ["Desk"]),
        ("town=GHENT", ["Lamp, oak foot", "Desk", "Oak table"]),
        ("q=lamp&condition=new", ["Reading lamps"]),
        ("min_price=15&max_price=60", ["Desk", "Reading lamps"]),
        ("min_price=60&max_price=15,00", ["Desk", "Reading lamps"]),  # somebody turned them round
        ("max_price=0", ["Lamp, oak foot"]),
        ("q=the", []),
        ("q=sold", []),
    ],
)
def test_what_is_found_in_its_order(shop: None, address: str, titles: list[str]) -> None:
    assert found(address) == titles


def test_each_side_is_counted_without_its_own_filter(shop: None) -> None:
    counted = facets(searched("q=lamp&category=furniture"))
    assert counted.found == 1
    furniture, home = (Category.objects.get(slug=slug).pk for slug in ("furniture", "home-garden"))
    assert counted.sides["category"].by == {furniture: 1, home: 2}
    assert counted.sides["condition"].by == {"good": 1}


@given(
    st.dictionaries(st.sampled_from(["q", "min_price", "max_price", "condition", "town", "sort"]), st.text())
)
def test_any_address_is_read_and_said_again(told: dict[str, str]) -> None:
    query = QueryDict(mutable=True)
    query.update(told)
    search = Search.parse(query, [])
    assert Search.parse(QueryDict(search.address), []) == search


def test_without_words_nothing_is_a_better_match(db: None) -> None:
    assert searched("sort=relevance").sort == Sort.NEWEST
    assert searched("q=x").sort == Sort.RELEVANCE
