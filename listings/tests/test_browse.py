"""GET / : the shelves."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from listings.cursor import PAGE_SIZE, BadCursor, Cursor, page
from listings.models import Listing, Seller, Status
from listings.tests.cast import make_draft, make_listing, minutes_ago, shelve

TITLE = re.compile(r'class="card-title"[^>]*><span>([^<]*)</span>')
MORE = re.compile(r'<a class="button" href="([^"]*after=[^"]*)"')
TODAY = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def titles(client: Client, url: str) -> list[str]:
    return TITLE.findall(client.get(url).content.decode())


def test_an_empty_shop_says_so(stranger: Client, db: None) -> None:
    assert "Nothing for sale yet" in stranger.get("/").content.decode()


def test_a_card_says_price_title_place_and_age(stranger: Client, seller: Seller) -> None:
    make_listing(seller)
    card = stranger.get("/").content.decode().split('<li class="card">')[1]
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", card.split("</li>")[0])).strip()
    assert words == "€ 12.50 Desk lamp, brass Ghent · just now Favourite: Desk lamp, brass"


def test_only_live_and_reserved_are_on_the_shelves(stranger: Client, seller: Seller) -> None:
    make_draft(seller, title="draft")
    for status in (Status.LIVE, Status.RESERVED, Status.SOLD, Status.HIDDEN):
        make_listing(seller, status=status, title=status.value)
    assert titles(stranger, "/") == ["reserved", "live"]


def test_a_category_shows_its_own_and_every_pill_its_count(stranger: Client, seller: Seller) -> None:
    make_listing(seller, category="books", title="An atlas")
    make_listing(seller, category="sports", title="A racket")
    assert titles(stranger, "/?category=books") == ["An atlas"]
    html = stranger.get("/?category=books").content.decode()
    pills = re.findall(r'class="pill" [^>]*>([^<]*) <span class="pill-count">(\d+)</span>', html)
    assert [(name, int(count)) for name, count in pills if int(count)] == [
        ("All", 2),
        ("Sports", 1),
        ("Books", 1),
    ]


@pytest.mark.parametrize(
    "query", ["category=boats", "after=x", "after=%00", "after=é", "after=" + "A" * 32 + "A"]
)
def test_an_address_that_cannot_be_is_404(stranger: Client, db: None, query: str) -> None:
    assert stranger.get(f"/?{query}").status_code == 404


def test_show_more_leads_through_all_pages(stranger: Client, seller: Seller) -> None:
    shelve(seller, minutes_ago(2 * PAGE_SIZE + 1))
    url, seen = "/?category=books", list[str]()
    for expected in (PAGE_SIZE, PAGE_SIZE, 1):
        html = stranger.get(url).content.decode()
        seen += (found := TITLE.findall(html))
        assert len(found) == expected
        more = MORE.search(html)
        url = more[1].replace("&amp;", "&") if more else ""
    assert url == ""
    assert seen == [f"Book {number}" for number in range(1, 2 * PAGE_SIZE + 2)]


def test_a_script_gets_the_next_cards_alone(stranger: Client, seller: Seller) -> None:
    rows = shelve(seller, minutes_ago(PAGE_SIZE + 2))
    after = Cursor(rows[PAGE_SIZE - 1].published_at or TODAY, rows[PAGE_SIZE - 1].pk)
    html = stranger.get(f"/?after={after}", headers={"X-Fragment": "cards"}).content.decode()
    assert TITLE.findall(html) == [f"Book {PAGE_SIZE + 1}", f"Book {PAGE_SIZE + 2}"]
    assert "<html" not in html


@pytest.mark.parametrize("rows", [1, 3])
def test_browsing_takes_three_queries(
    stranger: Client, seller: Seller, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        make_listing(seller, title=f"Lamp {number}")
    with django_assert_num_queries(3):  # categories, listings, covers
        stranger.get("/")


@pytest.mark.parametrize("rows", [1, 3])
def test_browsing_signed_in_takes_seven_queries(
    seller_client: Client, seller: Seller, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        make_listing(seller, title=f"Lamp {number}")
    with django_assert_num_queries(7):  # and the session, its seller, their unread messages, their favourites
        seller_client.get("/")


def test_a_page_is_read_from_the_index_in_its_order(seller: Seller) -> None:
    rows = shelve(seller, minutes_ago(400))
    after = Cursor(rows[200].published_at or TODAY, rows[200].pk)
    shelf = Listing.objects.on_show().filter(category=rows[0].category)
    for listings in (Listing.objects.on_show(), shelf):
        with CaptureQueriesContext(connection) as queries:
            page(listings, after)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")  # so few rows
            cursor.execute("EXPLAIN " + queries[0]["sql"])
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert re.search("Index Scan using listing_(newest|shelf)", plan)
        assert "Sort" not in plan


@given(
    st.integers(-(10**15), 10**16).map(
        lambda count: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=count)
    ),
    st.uuids(),
)
def test_a_cursor_is_read_back_as_it_was_written(moment: datetime, id: object) -> None:  # noqa: A002
    cursor = Cursor(moment, id)  # type: ignore[arg-type]  # what st.uuids gives
    assert Cursor.parse(str(cursor)) == cursor


@given(st.text())
def test_any_text_is_a_cursor_or_a_bad_cursor(text: str) -> None:
    with suppress(BadCursor):
        assert Cursor.parse(str(Cursor.parse(text))) == Cursor.parse(text)


moments = st.integers(0, 5).map(
    lambda minutes: TODAY - timedelta(minutes=minutes)
)  # few, so that many are equal


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(at_first=st.lists(moments, max_size=60), between=st.lists(st.lists(moments, max_size=12), max_size=4))
def test_pages_neither_skip_nor_repeat_while_others_post(
    seller: Seller, at_first: list[datetime], between: list[list[datetime]]
) -> None:
    Listing.objects.all().delete()
    there = {listing.pk for listing in shelve(seller, at_first)}
    seen: list[Listing] = []
    after: Cursor | None = None
    while True:
        shown, after = page(Listing.objects.on_show(), after)
        seen += shown
        if after is None:
            break
        if between:
            shelve(seller, between.pop())
    assert len({listing.pk for listing in seen}) == len(seen)
    assert there <= {listing.pk for listing in seen}
    order = [(listing.published_at, listing.pk) for listing in seen]
    assert order == sorted(order, reverse=True)
