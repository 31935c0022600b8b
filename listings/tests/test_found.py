"""What search engines and the previews of shared links are told."""

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from listings import structured
from listings.fields import Condition
from listings.models import Listing, Photo, Seller, Status
from listings.tests.cast import make_draft, make_listing, minutes_ago, shelve

SITE = "http://localhost:8000"
BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
META = re.compile(r'<meta (?:property|name)="((?:og|twitter):[^"]*)" content="([^"]*)">')
CANONICAL = re.compile(r'<link rel="canonical" href="([^"]*)">')


def told(client: Client, listing: Listing) -> dict[str, Any]:
    blocks = BLOCK.findall(client.get(listing.get_absolute_url()).content.decode())
    assert len(blocks) == 1
    data: dict[str, Any] = json.loads(blocks[0])
    return data


def test_a_listing_is_a_product_with_an_offer(stranger: Client, seller: Seller) -> None:
    listing = make_listing(seller, photos=2)
    assert listing.expires_at
    url = SITE + listing.get_absolute_url()
    assert told(stranger, listing) == {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": "Desk lamp, brass",
        "description": "Works. The shade has a dent at the back.",
        "category": "Home & Garden",
        "url": url,
        "image": [f"{SITE}/photos/{photo.pk}/400.jpg" for photo in listing.photos.all()],
        "itemCondition": "https://schema.org/UsedCondition",
        "offers": {
            "@type": "Offer",
            "url": url,
            "price": "12.50",
            "priceCurrency": "EUR",
            "availability": "https://schema.org/InStock",
            "itemCondition": "https://schema.org/UsedCondition",
            "priceValidUntil": str(listing.expires_at.date()),
            "seller": {"@type": "Person", "name": "Sanne"},
            "availableAtOrFrom": {"@type": "Place", "address": "Ghent"},
        },
    }


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (Status.RESERVED, "LimitedAvailability"),
        (Status.SOLD, "SoldOut"),
        (Status.EXPIRED, "Discontinued"),
    ],
)
def test_the_offer_says_whether_it_can_be_had(
    stranger: Client, seller: Seller, status: Status, word: str
) -> None:
    offer = told(stranger, make_listing(seller, status=status))["offers"]
    assert offer["availability"] == f"https://schema.org/{word}"


def test_what_is_free_costs_nothing_and_what_is_not_told_is_left_out(
    stranger: Client, seller: Seller
) -> None:
    data = told(stranger, make_listing(seller, price=Decimal(0), condition="", town="", description=""))
    assert data["offers"]["price"] == "0.00"
    assert not {"itemCondition", "description"} & data.keys()
    assert not {"itemCondition", "availableAtOrFrom"} & data["offers"].keys()


def test_every_condition_and_public_status_has_its_word() -> None:
    assert structured.CONDITIONS.keys() == set(Condition)
    assert structured.AVAILABILITY.keys() == set(Status) - {Status.DRAFT, Status.HIDDEN}


ATTACK = '</script><script>alert(1)</script><!-- <script> "\\ \u2028'


def test_no_text_ends_the_block(stranger: Client, seller: Seller) -> None:
    listing = make_listing(seller, title=ATTACK[:70], description=ATTACK, town="</script>")
    html = stranger.get(listing.get_absolute_url()).content.decode()
    assert "alert(1)</script>" not in html
    assert told(stranger, listing)["description"] == listing.description


@settings(max_examples=50)
@given(st.text())
def test_a_block_is_read_back_as_it_was_written(text: str) -> None:
    data = {"name": text}
    script = structured.as_script(data)
    start, end = '<script type="application/ld+json">', "</script>"
    inside = script.removeprefix(start).removesuffix(end)
    assert not set("<>&") & set(inside)
    assert json.loads(inside) == data


def test_only_what_is_public_is_told(seller_client: Client, seller: Seller) -> None:
    for listing in (make_draft(seller), make_listing(seller, status=Status.HIDDEN)):
        assert not BLOCK.search(seller_client.get(listing.get_absolute_url()).content.decode())


def test_a_shared_link_shows_the_cover_in_its_size(stranger: Client, seller: Seller) -> None:
    listing = make_listing(seller)
    Photo.objects.update(widths=[320, 640, 1280, 2048], width=2048, height=1365)
    html = stranger.get(listing.get_absolute_url()).content.decode()
    shown = dict(META.findall(html))
    assert shown["og:title"] == "€\u00a012.50 · Desk lamp, brass"
    assert shown["og:url"] == CANONICAL.findall(html)[0] == SITE + listing.get_absolute_url()
    assert shown["og:image"] == f"{SITE}/photos/{Photo.objects.get().pk}/1280.jpg"
    assert (shown["og:image:width"], shown["og:image:height"]) == ("1280", "853")
    assert shown["twitter:card"] == "summary_large_image"
    assert shown["og:description"].startswith("Ghent. Works.")


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("", "/"),
        ("?category=books", "/?category=books"),
        ("?category=", "/"),
        ("?utm_source=x&utm_medium=mail", "/"),
        ("?fbclid=IwAR0&category=books&gclid=1", "/?category=books"),
        ("?condition=odd&sort=newest", "/"),  # what the search leaves out
    ],
)
def test_the_shelves_have_one_address(stranger: Client, seller: Seller, query: str, canonical: str) -> None:
    shelve(seller, minutes_ago(30))
    html = stranger.get(f"/{query}").content.decode()
    assert CANONICAL.findall(html) == [SITE + canonical]
    assert "noindex" not in html
    more = re.search(r'href="([^"]*after=[^"]*)"', html)
    assert more
    later = stranger.get(more[1].replace("&amp;", "&")).content.decode()
    assert CANONICAL.findall(later) == [SITE + canonical]


@pytest.mark.parametrize(
    "query",
    ["category=books&q=lamp", "max_price=20", "town=Ghent&utm_source=x", "sort=price", "condition=new"],
)
def test_what_is_searched_is_nobodys_page_to_find(stranger: Client, seller: Seller, query: str) -> None:
    html = stranger.get(f"/?{query}").content.decode()
    assert '<meta name="robots" content="noindex, follow">' in html
    assert not CANONICAL.search(html)
