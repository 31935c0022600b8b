"""A button that is refused: the fields that came along with it are saved all the same."""

from decimal import Decimal

import pytest
from django.test import Client

from listings.models import Listing, Seller
from listings.rules import _ASKS
from listings.tests.cast import FIELDS, make_draft, make_listing
from listings.tests.page import Page

pytestmark = pytest.mark.django_db


def test_text_beside_a_photo_that_must_stay_is_saved_once_and_for_good(
    seller_client: Client, seller: Seller
) -> None:
    listing = make_listing(seller)
    page = Page(seller_client, f"/listings/{listing.pk}/edit/").write(title="Brass lamp")
    page.press(f"remove:{listing.photos.get().pk}")
    assert (page.status, listing.photos.count()) == (422, 1)
    stored = Listing.objects.get()
    assert (stored.title, str(stored.revision)) == ("Brass lamp", page.data["revision"])
    assert (page.data["title"], page.data["initial-title"]) == ("Brass lamp", "Brass lamp")
    page.write(town="Bruges").press("save")
    stored.refresh_from_db()
    assert (page.status, stored.title, stored.town) == (200, "Brass lamp", "Bruges")


def test_text_that_is_refused_itself_is_still_to_be_saved(seller_client: Client, seller: Seller) -> None:
    listing = make_listing(seller)
    page = Page(seller_client, f"/listings/{listing.pk}/edit/").write(town="Bruges", price="")
    page.press(f"remove:{listing.photos.get().pk}")
    assert page.status == 422
    assert "Set a price" in page.text
    assert Listing.objects.get().town == FIELDS["town"]
    page.write(price="7").press("save")
    assert (Listing.objects.get().town, Listing.objects.get().price) == ("Bruges", Decimal(7))


def test_posting_tells_all_that_is_wrong_at_once(seller_client: Client, seller: Seller) -> None:
    draft = make_draft(seller, photos=0, title="", category=None, price=None)
    page = Page(seller_client, f"/listings/{draft.pk}/edit/").write(price="abc", description="Mine")
    page.press("review")
    assert page.status == 422
    for sentence in ("photos", "title", "category"):
        assert str(_ASKS[sentence]) in page.text
    assert str(_ASKS["price"]) not in page.text
    assert Listing.objects.get().description == "Mine"


def test_the_script_hears_what_is_stored(seller_client: Client, seller: Seller) -> None:
    listing = make_listing(seller)
    address = f"/listings/{listing.pk}/edit/"
    data = Page(seller_client, address).write(title="Brass lamp").data
    press = {"do": f"remove:{listing.photos.get().pk}"}
    answer = seller_client.post(address, data | press, headers={"Accept": "application/json"})
    stored = Listing.objects.get()
    assert answer.status_code == 422
    assert (answer.json()["revision"], answer.json()["stored"]["title"]) == (stored.revision, stored.title)
    assert stored.title == "Brass lamp"
