"""/my/listings/, /my/drafts/ and the buttons of a listing."""

import re
import uuid

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from listings.models import Listing, Photo, Seller, Status
from listings.photo_files import folder
from listings.tests.cast import UNIT, make_draft, make_listing

TITLE = re.compile(r'class="mine-title"><a [^>]*>([^<]*)</a>')


def titles(client: Client, url: str) -> list[str]:
    return TITLE.findall(client.get(url).content.decode())


def test_my_listings_are_mine_and_posted(
    seller_client: Client, neighbour_client: Client, seller: Seller, neighbour: Seller
) -> None:
    make_draft(seller, title="a draft")
    make_listing(seller, title="sold", status=Status.SOLD)
    make_listing(seller, title="live")
    make_listing(neighbour, title="the neighbour's")
    assert titles(seller_client, "/my/listings/") == ["live", "sold"]
    assert titles(neighbour_client, "/my/listings/") == ["the neighbour&#x27;s"]


def test_who_has_nothing_is_led_to_selling(seller_client: Client) -> None:
    shown = seller_client.get("/my/listings/").content.decode().partition("<main")[2]
    assert '<a class="button" href="/sell/">Sell something</a>' in shown


def test_my_drafts_are_mine_alone(
    seller_client: Client, unit_client: Client, stranger: Client, seller: Seller
) -> None:
    make_draft(seller, title="the seller's own", unit=uuid.uuid4())
    make_draft(title="this browser's", unit=UNIT)
    make_draft(title="another browser's", unit=uuid.uuid4())
    assert titles(seller_client, "/my/drafts/") == ["the seller&#x27;s own"]
    assert titles(unit_client, "/my/drafts/") == ["this browser&#x27;s"]
    assert titles(stranger, "/my/drafts/") == []
    unit_client.force_login(seller)
    assert titles(unit_client, "/my/drafts/") == ["this browser&#x27;s", "the seller&#x27;s own"]


def test_pages_of_ones_own_are_kept_by_no_cache(seller_client: Client, seller: Seller) -> None:
    for path in ("/my/listings/", "/my/drafts/", "/my/account/", "/my/api/"):
        assert "no-store" in seller_client.get(path)["Cache-Control"]


@pytest.mark.parametrize("rows", [1, 3])
def test_my_listings_cost_the_same_with_more_rows(
    seller_client: Client, seller: Seller, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        make_listing(seller, title=f"Lamp {number}", status=Status.HIDDEN)
    with django_assert_num_queries(7):  # session, seller, count, listings, covers, appeals, unread messages
        seller_client.get("/my/listings/")


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        (Status.LIVE, "reserve", Status.RESERVED),
        (Status.RESERVED, "unreserve", Status.LIVE),
        (Status.LIVE, "mark_sold", Status.SOLD),
        (Status.RESERVED, "mark_sold", Status.SOLD),
        (Status.SOLD, "put_back", Status.LIVE),
    ],
)
def test_a_button_turns_the_listing(
    seller_client: Client, seller: Seller, before: Status, change: str, after: Status
) -> None:
    listing = make_listing(seller, status=before)
    assert f'value="{change}"' in seller_client.get("/my/listings/").content.decode()
    response = seller_client.post(f"/listings/{listing.pk}/change/", {"change": change}, follow=True)
    listing.refresh_from_db()
    assert listing.status == after
    assert "Desk lamp, brass” is" in response.content.decode()


def test_a_button_pressed_too_late_says_why(seller_client: Client, seller: Seller) -> None:
    listing = make_listing(seller, status=Status.SOLD)
    response = seller_client.post(f"/listings/{listing.pk}/change/", {"change": "reserve"}, follow=True)
    assert "the listing is sold" in response.content.decode()


def test_a_change_that_is_none_is_404(seller_client: Client, seller: Seller) -> None:
    listing = make_listing(seller)
    assert seller_client.post(f"/listings/{listing.pk}/change/", {"change": "hide"}).status_code == 404


def test_reading_changes_nothing(seller_client: Client, seller: Seller) -> None:
    listing = make_listing(seller)
    assert seller_client.get(f"/listings/{listing.pk}/change/").status_code == 405
    seller_client.get(f"/listings/{listing.pk}/delete/")
    assert Listing.objects.get().status == Status.LIVE


@pytest.mark.parametrize("path", ["change/", "delete/"])
def test_nobody_turns_or_deletes_anothers(
    stranger: Client, unit_client: Client, neighbour_client: Client, seller: Seller, path: str
) -> None:
    listing = make_listing(seller)
    for client in (stranger, unit_client, neighbour_client):
        assert client.post(f"/listings/{listing.pk}/{path}", {"change": "mark_sold"}).status_code == 404
    assert Listing.objects.get().status == Status.LIVE


def test_a_form_of_another_site_changes_nothing(seller: Seller) -> None:
    listing = make_listing(seller)
    client = Client(enforce_csrf_checks=True)
    client.force_login(seller)
    assert client.post(f"/listings/{listing.pk}/change/", {"change": "mark_sold"}).status_code == 403
    assert Listing.objects.get().status == Status.LIVE


@pytest.mark.django_db(transaction=True)
def test_deleting_asks_first_and_then_erases_rows_and_files(seller_client: Client, seller: Seller) -> None:
    listing = make_listing(seller)
    files = folder(Photo.objects.get().pk)
    assert files.exists()
    assert "cannot be undone" in seller_client.get(f"/listings/{listing.pk}/delete/").content.decode()
    response = seller_client.post(f"/listings/{listing.pk}/delete/")
    assert response["Location"] == "/my/listings/"
    assert not Listing.objects.exists()
    assert not files.exists()


def test_an_anonymous_draft_is_deleted_by_its_browser(unit_client: Client, db: None) -> None:
    draft = make_draft(unit=UNIT)
    assert unit_client.post(f"/listings/{draft.pk}/delete/")["Location"] == "/my/drafts/"
    assert not Listing.objects.exists()
