"""What programs read of the shop, and what they post to it."""

import json
from decimal import Decimal
from typing import Any, Final

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client

from listings import tokens
from listings.models import Listing, Seller, Status
from listings.tests.cast import jpeg, make_draft, make_listing, minutes_ago, shelve

THING: Final = {
    "title": "  Desk lamp,\tbrass ",
    "description": "Works.\r\nThe shade has a dent.",
    "price": "12.50",
    "category": "Home & Garden",
}


@pytest.fixture
def api(seller: Seller) -> Client:
    """A program that works for the seller."""
    return Client(
        headers={"Authorization": f"Bearer {tokens.issue(seller, 'test')}"}, enforce_csrf_checks=True
    )


def photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("lamp.jpg", jpeg(), "image/jpeg")


def test_a_listing_as_programs_see_it(seller: Seller, client: Client) -> None:
    listing = make_listing(seller)
    cover = listing.cover
    assert cover
    shown: dict[str, Any] = {
        "id": str(listing.pk),
        "title": "Desk lamp, brass",
        "description": "Works. The shade has a dent at the back.",
        "price": 12.5,
        "category": "Home & Garden",
        "image_url": f"http://testserver/photos/{cover.pk}/400.jpg",
        "created_at": json.loads(json.dumps(listing.published_at, cls=DjangoJSONEncoder)),
    }
    assert client.get(f"/api/listings/{listing.pk}").json() == shown
    assert client.get("/api/listings").json() == [shown]
    picture: Any = client.get(shown["image_url"])
    assert b"".join(picture)[:3] == b"\xff\xd8\xff"


def test_what_is_not_on_sale_is_not_there(seller: Seller, client: Client, api: Client) -> None:
    hidden = [make_listing(seller, status=Status.SOLD, photos=1), make_listing(seller, status=Status.HIDDEN)]
    for listing in (*hidden, make_draft(seller)):
        for asking in (client, api):
            assert asking.get(f"/api/listings/{listing.pk}").status_code == 404
    assert client.get("/api/listings").json() == []


def test_pages_follow_each_other_to_the_end(
    seller: Seller, client: Client, django_assert_max_num_queries: Any
) -> None:
    rows = shelve(seller, minutes_ago(7))
    shelve(seller, minutes_ago(2), category="furniture")
    address, seen = "http://testserver/api/listings?limit=3&category=Books", list[str]()
    while address:
        with django_assert_max_num_queries(3):
            response = client.get(address)
        seen += [each["id"] for each in response.json()]
        assert len(seen) <= len(rows)
        link = response.get("Link", "")
        assert not link or link.endswith('>; rel="next"')
        address = link.removesuffix('>; rel="next"').removeprefix("<")
    assert seen == [str(row.pk) for row in rows]
    assert client.get("/api/listings?category=books&limit=7").headers.get("Link") is None


def test_words_are_looked_for_newest_first(seller: Seller, client: Client) -> None:
    old, _other, new = (make_listing(seller, title=f"{thing} lamp") for thing in ("Desk", "Oil", "Desk"))
    found = client.get("/api/listings", {"q": "desk -oil", "category": "home-garden", "limit": "1"})
    assert [each["id"] for each in found.json()] == [str(new.pk)]
    following = client.get(found["Link"].removesuffix('>; rel="next"').removeprefix("<"))
    assert [each["id"] for each in following.json()] == [str(old.pk)]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=many", "limit"),
        ("cursor=nowhere", "cursor"),
        ("category=boats", "category"),
        ("colour=red", "colour"),
    ],
)
def test_a_question_that_cannot_be_answered_names_its_field(
    client: Client, db: None, query: str, field: str
) -> None:
    response = client.get(f"/api/listings?{query}")
    assert (response.status_code, [*response.json()["fields"]]) == (422, [field])


def test_posting(api: Client, seller: Seller, client: Client) -> None:
    response = api.post("/api/listings", THING | {"image": photo()})
    told = response.json()
    assert response.status_code == 201, told
    listing = Listing.objects.get(pk=told["id"])
    assert (listing.seller, listing.status, listing.price) == (seller, Status.LIVE, Decimal("12.50"))
    assert (told["title"], told["description"]) == ("Desk lamp, brass", "Works.\nThe shade has a dent.")
    assert client.get("/api/listings").json() == [told]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": None}, "title"),
        ({"title": "\u202e\x07 "}, "title"),
        ({"title": "x" * 81}, "title"),
        ({"description": "x" * 4001}, "description"),
        ({"price": "-1"}, "price"),
        ({"price": "NaN"}, "price"),
        ({"price": "1.005"}, "price"),
        ({"price": "10000000"}, "price"),
        ({"category": "Boats"}, "category"),
        ({"image": None}, "image"),
        ({"image": SimpleUploadedFile("lamp.jpg", b"no picture")}, "image"),
        ({"town": "Ghent"}, "town"),
        ({"second": photo()}, "second"),
    ],
)
def test_what_is_wrong_with_a_post_is_named_and_nothing_is_kept(
    api: Client, change: dict[str, Any], field: str
) -> None:
    sent = {"image": photo()} | THING | change
    response = api.post("/api/listings", {name: value for name, value in sent.items() if value is not None})
    assert (response.status_code, [*response.json()["fields"]]) == (422, [field])
    assert not Listing.objects.exists()


def test_a_session_writes_with_its_csrf_token_alone(seller: Seller) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert browser.post("/api/listings", THING).status_code == 401
    browser.force_login(seller)
    assert browser.post("/api/listings", THING | {"image": photo()}).status_code == 403
    browser.get("/my/account/")
    csrf = {"X-CSRFToken": browser.cookies["csrf"].value}
    assert browser.post("/api/listings", THING | {"image": photo()}, headers=csrf).status_code == 201


@pytest.mark.parametrize("token", ["Bearer none", "Bearer ", "Basic c2VsbGVy", "Bearer é"])
def test_a_bad_token_opens_nothing(client: Client, db: None, token: str) -> None:
    response = client.post("/api/listings", THING, headers={"Authorization": token})
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response.json()["error"]


def test_a_token_ends_with_its_account_or_when_it_is_revoked(api: Client, seller: Seller) -> None:
    Seller.objects.update(is_active=False)
    assert api.post("/api/listings", {}).status_code == 401
    Seller.objects.update(is_active=True)
    assert api.post("/api/listings", {}).status_code == 422
    seller.api_tokens.all().delete()
    assert api.post("/api/listings", {}).status_code == 401


def test_writes_of_an_hour_are_counted(api: Client, seller: Seller, settings: Any) -> None:
    settings.API_WRITES_AN_HOUR = 2
    other = Seller.objects.create_user("other@example.org")
    assert [api.post("/api/listings", {}).status_code for _ in range(3)] == [422, 422, 429]
    response = api.post("/api/listings", {})
    assert 0 < int(response["Retry-After"]) <= 3600
    assert response.json() == {"error": "Too many requests.", "fields": {}}
    assert tokens.may_write(other)
