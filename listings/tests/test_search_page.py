"""GET /?q=... : what is looked for on the shelves."""

import re
from datetime import timedelta
from html import unescape
from importlib import import_module

import pytest
from django.conf import LazySettings
from django.contrib.postgres.search import SearchVector
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from listings import actions
from listings.cursor import Cursor
from listings.models import Category, Listing, Seller, Word
from listings.search import Search, Sort, facets, matching, results
from listings.search import results as one_page
from listings.tests.cast import make_listing, minutes_ago, shelve
from listings.tests.test_browse import titles

PARTS = ["q", "category", "min_price", "max_price", "condition", "town", "sort", "after"]
ODD = [
    "\0",
    "lamp\0",
    "9" * 400,
    "-1",
    "NaN",
    "1e999999",
    "'",
    '"',
    "a:b & !",
    "\\",
    "((",
    "%",
    "books",
    "price",
]


def links(client: Client, url: str) -> dict[str, str]:
    """Label to address of the links and buttons on the shelf."""
    html = client.get(url).content.decode().split('id="shelf"')[1].split("</main>")[0]
    found = re.findall(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', html, re.DOTALL)
    return {" ".join(unescape(re.sub(r"<[^>]*>", " ", words)).split()): unescape(url) for url, words in found}


def test_the_page_offers_what_narrows_and_takes_off(stranger: Client, seller: Seller) -> None:
    make_listing(seller, title="Brass lamp", condition="new")
    make_listing(seller, title="Oak lamp", town="Bruges")
    make_listing(seller, title="Table")
    found = links(stranger, "/?q=lamp&max_price=20")
    assert titles(stranger, found["New 1"]) == ["Brass lamp"]
    assert titles(stranger, found["Bruges 1"]) == ["Oak lamp"]
    assert found["Home & Garden 2"] == "/?q=lamp&category=home-garden&max_price=20"
    assert found["Take off: up to € 20"] == "/?q=lamp"


def test_a_mistyped_word_is_read_as_the_nearest(stranger: Client, seller: Seller) -> None:
    make_listing(seller, title="Green bicycle")
    page = stranger.get("/?q=gren+bicylce").content.decode()
    assert "Nothing for “gren bicylce”. This is what there is for “green bicycle”." in page
    assert titles(stranger, "/?q=gren+bicylce") == ["Green bicycle"]
    assert "Nothing for" not in stranger.get("/?q=green").content.decode()


def test_letters_are_sooner_left_out_or_swapped_than_wrong(stranger: Client, seller: Seller) -> None:
    for title in ("Blue rug", "Blue mask", "One bulb", "Flask"):
        make_listing(seller, title=title)
    assert titles(stranger, "/?q=blub") == ["One bulb"]
    assert titles(stranger, "/?q=lask") == ["Flask"]


def test_a_word_of_the_language_is_not_mistyped(
    stranger: Client, seller: Seller, settings: LazySettings
) -> None:
    make_listing(seller, title="Garden hose")
    assert titles(stranger, "/?q=hope") == []
    settings.SEARCH_CONFIG = "simple"  # no language: no list is kept
    assert titles(stranger, "/?q=hope") == ["Garden hose"]


def test_nothing_found_says_what_to_loosen(stranger: Client, seller: Seller) -> None:
    make_listing(seller, title="Brass lamp")
    found = links(stranger, "/?q=brass+lamp&max_price=5")
    assert titles(stranger, found["at any price 1"]) == ["Brass lamp"]
    found = links(stranger, "/?q=purple+brass+lamp")
    assert titles(stranger, found["without “purple” 1"]) == ["Brass lamp"]
    found = links(stranger, "/?q=lamp&max_price=5&town=Rome")
    assert titles(stranger, found["without any filter 1"]) == ["Brass lamp"]
    assert list(links(stranger, "/?q=zzz"))[-1] == "Show everything there is"


@hypothesis(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.dictionaries(st.sampled_from(PARTS), st.sampled_from(ODD) | st.text(max_size=30)))
def test_no_address_breaks_the_page(stranger: Client, db: None, told: dict[str, str]) -> None:
    assert stranger.get("/", told).status_code in {200, 404}


def test_towns_that_differ_in_case_alone_have_pills_of_their_own(stranger: Client, seller: Seller) -> None:
    for town in ("Ghent", "ghent", "GHENT"):
        make_listing(seller, title="Oak lamp", town=town)
    ids = re.findall(r' id="([^"]+)"', stranger.get("/?q=lamp").content.decode())
    assert len(ids) == len(set(ids))
    assert sum(each.startswith("town-") for each in ids) == 3


@pytest.mark.parametrize(("address", "queries"), [("q=lamp", 4), ("q=lamp&town=Ghent", 5), ("sort=price", 3)])
def test_queries_of_a_search(
    stranger: Client,
    seller: Seller,
    address: str,
    queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make_listing(seller, title="Lamp")
    with django_assert_num_queries(queries):  # categories, counts, listings, covers
        stranger.get(f"/?{address}")


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("few", [True, False])
def test_pages_neither_skip_nor_repeat_in_any_order(seller: Seller, sort: Sort, few: bool) -> None:
    rows = shelve(seller, minutes_ago(60))
    for number, row in enumerate(rows):
        Listing.objects.filter(pk=row.pk).update(price=number % 4, title="Book " * (number % 3 + 1))
    search = Search(words="book", sort=sort)
    found = matching.MANY + 1 - few
    first, after = one_page(search, size=25, found=found)
    seen = list(first)
    shelve(seller, [timezone.now() + timedelta(minutes=1)] * 3)  # posted meanwhile
    while after and len(seen) < 100:
        shown, after = one_page(search, Cursor.parse(str(after)), size=7, found=found)
        seen += shown
    assert len({each.pk for each in seen}) == len(seen)
    assert {row.pk for row in rows} <= {each.pk for each in seen}
    if sort == Sort.PRICE:
        assert [each.price for each in first] == sorted(each.price or 0 for each in first)


def test_a_cursor_of_another_order_is_404(stranger: Client, seller: Seller) -> None:
    after = Cursor(timezone.now(), seller.listings.model().pk)
    assert stranger.get(f"/?sort=price&after={after}").status_code == 404


def test_nothing_is_counted_beyond_many(
    stranger: Client, seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("search.facets", "search.matching", "search.results", "browse_page"):
        monkeypatch.setattr(import_module(f"listings.{module}"), "MANY", 4)
    shelve(seller, minutes_ago(6))
    assert facets(Search(words="book")).found == 5
    page = stranger.get("/?q=book").content.decode()
    assert ">4+ listings<" in page
    assert results(Search(words="book"))[0][0].title == "Book 1"


def test_only_the_newest_are_ranked(seller: Seller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("listings.search.results"), "RANKED", 4)
    shelve(seller, minutes_ago(6))
    Listing.objects.filter(title="Book 6").update(title="Book book book")
    Listing.objects.filter(title="Book 3").update(title="Book book 3")
    shown, after = results(Search(words="book", sort=Sort.RELEVANCE))
    assert [each.title for each in shown] == ["Book book 3", "Book 1", "Book 2", "Book 4"]
    assert after is None


@pytest.mark.django_db(transaction=True)
def test_words_come_and_go_with_their_titles(seller: Seller) -> None:
    lamp, other = make_listing(seller, title="Brass lamp with foot"), make_listing(seller, title="LAMP")

    def known() -> list[str]:
        return sorted(Word.objects.values_list("text", flat=True))

    assert known() == ["brass", "foot", "lamp"]
    actions.save_fields(lamp, lamp.revision, {"title": "Copper lamp"}, {"title"})
    assert known() == ["copper", "lamp"]
    actions.mark_sold(lamp)
    assert known() == ["lamp"]
    actions.delete(other)
    assert known() == []


def test_reindexing_changes_the_language_and_learns_the_words(
    seller: Seller, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_listing(seller, title="Alte Häuser", category="books")
    Word.objects.all().delete()
    connection.check_constraints()  # a table with checks that wait cannot be altered
    settings.SEARCH_CONFIG = "german"
    monkeypatch.setattr(
        Listing._meta.get_field("search"), "expression", SearchVector("title", config="german")
    )
    assert not facets(Search(words="Haus")).found
    call_command("reindex_search", verbosity=0)
    assert facets(Search(words="Haus")).found == 1
    assert Word.objects.filter(text="häuser").exists()
    assert Category.objects.exists()
