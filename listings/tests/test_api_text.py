"""Text that programs send is text: whatever it holds, the answer says what is wrong with it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from listings import tokens
from listings.models import Listing, Seller
from listings.tests.cast import jpeg

NOWHERE = ("\0", "Books\0\0 and more", "\x1b[2J", "\u202ebooks?", "🪑")


@pytest.mark.django_db
@pytest.mark.parametrize("category", NOWHERE)
def test_a_category_that_is_none_is_said_so(seller: Seller, client: Client, category: str) -> None:
    token = {"Authorization": f"Bearer {tokens.issue(seller, 'test')}"}
    image = SimpleUploadedFile("lamp.jpg", jpeg(), "image/jpeg")
    told = {"title": "Lamp", "price": "5", "category": category, "image": image}
    for answer in (
        client.get("/api/listings", {"category": category}),
        client.post("/api/listings", told, headers=token),
    ):
        assert answer.status_code == 422
        assert "There is no such category." in answer.json()["fields"]["category"][0]
    assert not Listing.objects.exists()


@pytest.mark.django_db
def test_a_category_is_found_through_what_nobody_sees(seller: Seller, client: Client) -> None:
    assert client.get("/api/listings", {"category": " Books\0"}).json() == []
