"""`/listings/<draft>/edit/` open in two windows: what both changed, and which of them fell behind."""

import pytest
from django.test import Client

from listings.models import Listing, Seller, Status
from listings.tests.cast import make_draft
from listings.tests.page import Page
from listings.tests.test_edit import SCRIPT, address, order


@pytest.fixture
def draft(seller: Seller) -> Listing:
    return make_draft(seller, photos=3)


def test_two_windows_that_changed_different_fields_are_merged(seller_client: Client, draft: Listing) -> None:
    one, two = Page(seller_client, address(draft)), Page(seller_client, address(draft))
    one.write(title="Desk lamp").press("save")
    two.write(town="Bruges").press("save")
    stored = Listing.objects.get()
    assert (stored.title, stored.town) == ("Desk lamp", "Bruges")
    assert (two.status, two.data["title"]) == (200, "Desk lamp")


def test_two_windows_that_changed_one_field_see_both_values(seller_client: Client, draft: Listing) -> None:
    one, two = Page(seller_client, address(draft)), Page(seller_client, address(draft))
    one.write(title="Desk lamp", price="20").press("save")
    two.write(title="Brass lamp", town="Bruges").press("save")
    assert two.status == 409
    assert two.data["title"] == "Brass lamp"
    assert "<q data-shown>Desk lamp</q>" in two.text
    assert two.data["price"] == "20"
    stored = Listing.objects.get()
    assert (stored.title, stored.town) == ("Desk lamp", "Bruges")
    two.press("save")
    assert (two.status, Listing.objects.get().title) == (200, "Brass lamp")


def test_what_stands_in_the_other_window_can_be_taken(seller_client: Client, draft: Listing) -> None:
    one, two = Page(seller_client, address(draft)), Page(seller_client, address(draft))
    one.write(title="Desk lamp").press("save")
    two.write(title="Brass lamp").press("save").write(town="Bruges").press("theirs:title")
    assert (two.status, two.data["title"]) == (200, "Desk lamp")
    stored = Listing.objects.get()
    assert (stored.title, stored.town) == ("Desk lamp", "Bruges")


def test_the_same_change_in_two_windows_is_no_conflict(seller_client: Client, draft: Listing) -> None:
    one, two = Page(seller_client, address(draft)), Page(seller_client, address(draft))
    one.write(title="Desk lamp").press("save")
    assert two.write(title="Desk lamp").press("save").status == 200


def test_a_photo_that_another_window_removed_is_no_error(seller_client: Client, draft: Listing) -> None:
    first, second, third = order(draft)
    page = Page(seller_client, address(draft))
    Page(seller_client, address(draft)).press(f"remove:{second}")
    assert page.press(f"cover:{second}").status == 200
    assert order(draft) == [first, third]


def test_a_window_that_fell_behind_does_not_post_unseen_text(seller_client: Client, draft: Listing) -> None:
    behind = Page(seller_client, address(draft))
    Page(seller_client, address(draft)).write(price="99").press("save")
    behind.press("post")
    assert (behind.status, behind.data["price"]) == (409, "99")
    assert Listing.objects.get().is_draft
    behind.press("post")
    assert Listing.objects.get().status == Status.LIVE


def test_a_preview_that_fell_behind_is_shown_again(seller_client: Client, draft: Listing) -> None:
    page = Page(seller_client, address(draft)).press("review")
    Page(seller_client, address(draft)).write(price="99").press("save")
    assert page.press("post").status == 409
    assert Listing.objects.get().is_draft


def test_the_script_hears_of_a_conflict(seller_client: Client, draft: Listing) -> None:
    data = Page(seller_client, address(draft)).write(category="books").data
    Page(seller_client, address(draft)).write(category="other", town="Bruges").press("save")
    response = seller_client.post(address(draft), data | {"do": "save"}, headers=SCRIPT)
    assert response.status_code == 409
    assert response.json()["theirs"] == {"category": {"value": "other", "shown": "Other"}}
    assert response.json()["merged"] == ["town"]
