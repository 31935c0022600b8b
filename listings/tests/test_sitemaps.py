"""/sitemap.xml, its sections, and /robots.txt."""

import uuid
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from listings import actions, rules, sitemaps
from listings.models import Listing, Seller, Status
from listings.rules import Action
from listings.tests.cast import make_draft, make_listing, minutes_ago, shelve
from listings.tests.test_actions import ACTIONS

SITE = "http://localhost:8000"
NAMES = {"map": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def addresses(client: Client, path: str) -> list[str]:
    response = client.get(path)
    assert response["Content-Type"] == "application/xml"
    tree = ET.fromstring(response.content)  # noqa: S314  our own answer
    return [found.text.removeprefix(SITE) for found in tree.iterfind(".//map:loc", NAMES) if found.text]


def listed(client: Client) -> list[str]:
    return [each for section in addresses(client, "/sitemap.xml") for each in addresses(client, section)]


def on_show() -> list[str]:
    return sorted(listing.get_absolute_url() for listing in Listing.objects.on_show())


def test_it_lists_what_is_on_show_and_when_it_changed(stranger: Client, seller: Seller) -> None:
    make_draft(seller)
    listings = [make_listing(seller, status=status) for status in Status if status != Status.DRAFT]
    html = stranger.get("/sitemap/all.xml").content.decode()
    assert sorted(listed(stranger)) == on_show()
    assert len(on_show()) == 2
    assert f"<lastmod>{listings[0].updated_at.date()}</lastmod>" in html
    assert addresses(stranger, "/sitemap.xml") == ["/sitemap/all.xml"]


@pytest.mark.parametrize(
    ("rows", "count", "longest"),
    [(0, 1, "all"), (10_000, 1, "all"), (10_001, 16, "f"), (1_000_000, 256, "ff")],
)
def test_a_shop_of_any_size_has_sections_that_hold_it(rows: int, count: int, longest: str) -> None:
    names = list(sitemaps.sections(rows))
    assert (len(names), names[-1]) == (count, longest)
    assert len(list(sitemaps.sections(10**9))) == 4096


def test_sections_part_the_listings(
    stranger: Client, seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelve(seller, minutes_ago(60))
    bounds = [uuid.UUID(digits * 32) for digits in "0789f"]  # the first and the last of a range
    for row, edge in zip(Listing.objects.all()[:5], bounds, strict=True):
        Listing.objects.filter(pk=row.pk).update(id=edge)
    for per_section in (60, 5, 1):  # one, sixteen and 256 sections
        monkeypatch.setattr(sitemaps, "PER_SECTION", per_section)
        assert sorted(listed(stranger)) == on_show()


def test_a_section_is_one_query_and_the_index_one(
    stranger: Client, seller: Seller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    shelve(seller, minutes_ago(3))
    for path in ("/sitemap.xml", "/sitemap/all.xml", "/sitemap/a0.xml"):
        with django_assert_num_queries(1):
            stranger.get(path)


@pytest.mark.parametrize("name", ["g", "ffff", "A", "all-", "-"])
def test_a_section_that_cannot_be_is_404(stranger: Client, db: None, name: str) -> None:
    assert stranger.get(f"/sitemap/{name}.xml").status_code == 404


@settings(
    max_examples=10,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from([*sorted(ACTIONS), "post", "erase"])), max_size=12)
)
def test_it_equals_the_live_set_after_any_changes(
    stranger: Client, seller: Seller, changes: list[tuple[int, Action | str]]
) -> None:
    for listing in Listing.objects.all():
        actions.delete(listing)
    listings = [make_listing(seller), make_draft(seller), make_listing(seller)]
    for number, change in changes:
        listing = listings[number % len(listings)]
        if change == "post":
            listings.append(make_listing(seller))
        elif change == "erase" and len(listings) > 1:
            actions.delete(listing)
            listings.remove(listing)
        elif isinstance(change, Action) and listing.status in rules.FROM[change]:
            ACTIONS[change](listing)
    assert sorted(listed(stranger)) == on_show()


def test_robots_are_led_to_the_sitemap_and_away_from_ones_own_pages(stranger: Client, db: None) -> None:
    response = stranger.get("/robots.txt")
    lines = response.content.decode().splitlines()
    assert response["Content-Type"].startswith("text/plain")
    assert f"Sitemap: {SITE}/sitemap.xml" in lines
    assert {"Disallow: /my/", "Disallow: /account/"} <= set(lines)
