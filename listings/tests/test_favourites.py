"""Hearts, and /my/favourites/."""

import re
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.db.models import F
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from listings import actions, favourites
from listings.models import Favourite, Listing, Seller, Status
from listings.tests.cast import make_draft, make_listing
from listings.tests.page import Page
from listings.tests.test_claim import sign_in

TITLE = re.compile(r'class="card-title"[^>]*><span>([^<]*)</span>')
MINE = "/my/favourites/"


def heart(listing: Listing) -> str:
    return f"/listings/{listing.pk}/favourite/"


def titles(client: Client, path: str = MINE) -> list[str]:
    return TITLE.findall(client.get(path).content.decode())


def pressed(client: Client, path: str) -> list[str]:
    return re.findall(r'aria-pressed="(\w+)"', client.get(path).content.decode())


def test_a_heart_keeps_and_lets_go_however_often_it_is_pressed(
    neighbour_client: Client, seller: Seller
) -> None:
    listing = make_listing(seller)
    for path in ("/", listing.get_absolute_url()):
        assert pressed(neighbour_client, path) == ["false"]
        for _click in range(2):
            neighbour_client.post(heart(listing), {"keep": "yes"})
        assert titles(neighbour_client) == ["Desk lamp, brass"]
        assert pressed(neighbour_client, path) == pressed(neighbour_client, MINE) == ["true"]
        for _click in range(2):
            neighbour_client.post(heart(listing), {"keep": "no"})
        assert titles(neighbour_client) == []


def test_it_leads_back_to_the_page_that_it_stood_on(neighbour_client: Client, seller: Seller) -> None:
    listing = make_listing(seller)
    for referer, back in (
        ("http://testserver/?category=books", "/?category=books"),
        ("", listing.get_absolute_url()),
        ("http://testserver//evil.example/", listing.get_absolute_url()),
    ):
        response = neighbour_client.post(heart(listing), headers={"Referer": referer})
        assert (response.status_code, response["Location"]) == (302, back)


def test_a_script_is_told_alone(neighbour_client: Client, stranger: Client, seller: Seller) -> None:
    listing = make_listing(seller)
    asks = {"Accept": "application/json"}
    assert neighbour_client.post(heart(listing), headers=asks).json() == {"kept": True}
    assert neighbour_client.post(heart(listing), {"keep": "no"}, headers=asks).json() == {"kept": False}
    assert stranger.post(heart(listing), headers=asks).status_code == 401


def test_favourites_are_ones_own_last_marked_first(
    neighbour_client: Client, seller_client: Client, seller: Seller
) -> None:
    first, second = make_listing(seller, title="first"), make_listing(seller, title="second")
    for listing in (second, first):
        neighbour_client.post(heart(listing))
    assert titles(neighbour_client) == ["first", "second"]
    assert titles(seller_client) == []
    assert "Nothing marked yet" in seller_client.get(MINE).content.decode()


def test_a_sold_one_says_so_and_what_nobody_sees_is_not_there(
    neighbour_client: Client, seller: Seller
) -> None:
    named = ("sold", "hidden", "gone", "old")
    sold, hidden, erased, old = (make_listing(seller, title=title) for title in named)
    for listing in (sold, hidden, erased, old):
        neighbour_client.post(heart(listing))
    actions.mark_sold(sold)
    actions.mark_sold(old)
    Listing.objects.filter(pk=old.pk).update(ended_at=F("ended_at") - timedelta(days=15))
    actions.hide(hidden, "Why.")
    actions.delete(erased)
    assert titles(neighbour_client) == ["sold"]
    assert '<span class="tag tag-sold">Sold</span>' in neighbour_client.get(MINE).content.decode()
    actions.unhide(hidden)
    assert titles(neighbour_client) == ["hidden", "sold"]


def test_what_nobody_sees_cannot_be_marked_but_let_go(
    neighbour: Seller, neighbour_client: Client, seller: Seller
) -> None:
    for listing in (make_draft(seller), make_listing(seller, status=Status.HIDDEN)):
        assert neighbour_client.post(heart(listing)).status_code == 404
        favourites.keep(neighbour, [listing])
        assert neighbour_client.post(heart(listing), {"keep": "no"}).status_code == 302
    assert not Favourite.objects.exists()


def test_signed_out_the_wish_is_kept_through_signing_in(
    stranger: Client, seller: Seller, settings: LazySettings
) -> None:
    settings.EMAIL_BACKEND = "listings.mail.OutboxBackend"
    cache.clear()
    wanted, ended = make_listing(seller), make_listing(seller, title="deleted meanwhile")
    stranger.post(heart(ended))
    response = stranger.post(
        heart(wanted), headers={"Referer": f"http://testserver{wanted.get_absolute_url()}"}
    )
    actions.delete(ended)
    page = Page(stranger, response["Location"])
    assert "Sign in, and “Desk lamp, brass” is among your favourites." in page.text
    page = sign_in(page, "new@example.org")
    assert page.address == wanted.get_absolute_url()
    assert "“Desk lamp, brass” is among your favourites." in page.text
    assert titles(stranger) == ["Desk lamp, brass"]
    assert favourites.WISHES not in stranger.session


@pytest.mark.parametrize("rows", [1, 3])
def test_hearts_cost_signed_in_visitors_one_query(
    neighbour_client: Client,
    neighbour: Seller,
    seller: Seller,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    listings = [make_listing(seller, title=f"Lamp {number}") for number in range(rows)]
    favourites.keep(neighbour, listings)
    with django_assert_num_queries(6):  # session, visitor, their messages, listing, photos, its heart
        neighbour_client.get(listings[0].get_absolute_url())
    with django_assert_num_queries(6):  # session, visitor, their messages, count, listings, covers
        neighbour_client.get(MINE)
