"""GET /listings/<id>/ : one listing."""

import re
import uuid

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from listings.models import Listing, Seller, Status
from listings.tests.cast import UNIT, make_draft, make_listing


def page_of(client: Client, listing: Listing) -> str:
    response = client.get(listing.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def words(html: str) -> str:
    main = html.split("<main")[1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main))


def test_it_says_everything_a_buyer_asks(stranger: Client, seller: Seller) -> None:
    said = words(page_of(stranger, make_listing(seller, photos=2)))
    for word in ("€ 12.50", "Desk lamp, brass", "Home &amp; Garden", "Good", "Ghent", "The shade", "Sanne"):
        assert word in said
    assert seller.email not in said


def test_photos_have_sizes_words_and_a_placeholder(stranger: Client, seller: Seller) -> None:
    listing = make_listing(seller, photos=2)
    html = page_of(stranger, listing)
    first = listing.photos.all()[0]
    assert f'/photos/{first.pk}/400.webp 400w" sizes=' in html
    assert 'alt="Photo 1 of 2: Desk lamp, brass" width="400" height="300" fetchpriority="high"' in html
    assert 'src="data:image/webp;base64,' in html
    assert (
        f'content="http://localhost:8000/photos/{first.pk}/400.jpg"' in html
    )  # the preview of a shared link


@pytest.mark.parametrize(
    ("status", "said"), [(Status.SOLD, "Sold."), (Status.RESERVED, "Reserved."), (Status.LIVE, "Posted")]
)
def test_it_says_where_it_stands(stranger: Client, seller: Seller, status: Status, said: str) -> None:
    assert said in words(page_of(stranger, make_listing(seller, status=status)))


def test_a_stranger_finds_no_draft(stranger: Client, neighbour_client: Client, seller: Seller) -> None:
    for draft in (make_draft(seller), make_draft(unit=uuid.uuid4())):
        assert stranger.get(draft.get_absolute_url()).status_code == 404
        assert neighbour_client.get(draft.get_absolute_url()).status_code == 404


def test_its_owner_sees_a_draft(seller_client: Client, unit_client: Client, seller: Seller) -> None:
    assert "Only you can see it." in words(page_of(seller_client, make_draft(seller)))
    assert "Only you can see it." in words(page_of(unit_client, make_draft(unit=UNIT)))


def test_a_claimed_draft_is_no_longer_the_browsers(unit_client: Client, seller: Seller) -> None:
    assert unit_client.get(make_draft(seller, unit=UNIT).get_absolute_url()).status_code == 404


def test_a_hidden_listing_tells_its_owner_why_and_others_nothing(
    stranger: Client, neighbour_client: Client, seller_client: Client, seller: Seller
) -> None:
    listing = make_listing(seller, status=Status.HIDDEN)
    assert "This is not allowed here." in words(page_of(seller_client, listing))
    assert stranger.get(listing.get_absolute_url()).status_code == 404
    assert neighbour_client.get(listing.get_absolute_url()).status_code == 404


def test_staff_who_may_view_listings_see_a_hidden_one(
    neighbour_client: Client, neighbour: Seller, seller: Seller
) -> None:
    listing = make_listing(seller, status=Status.HIDDEN)
    Seller.objects.filter(pk=neighbour.pk).update(is_staff=True)
    assert neighbour_client.get(listing.get_absolute_url()).status_code == 404
    neighbour.user_permissions.add(Permission.objects.get(codename="view_listing"))
    assert "Hidden from buyers." in words(page_of(neighbour_client, listing))


def test_only_its_owner_gets_its_buttons(
    stranger: Client, neighbour_client: Client, seller_client: Client, seller: Seller
) -> None:
    listing = make_listing(seller)
    assert "Mark reserved" in page_of(seller_client, listing)
    assert "Mark reserved" not in page_of(neighbour_client, listing)
    assert "Mark reserved" not in page_of(stranger, listing)


def test_what_a_seller_types_stays_text(stranger: Client, seller: Seller) -> None:
    attack = '"><script>alert(1)</script>'
    html = page_of(stranger, make_listing(seller, title=attack, description=attack, town=attack))
    assert "<script>alert" not in html
    assert "<script>alert" not in stranger.get("/").content.decode()


@pytest.mark.parametrize("photos", [1, 3])
def test_a_stranger_costs_two_queries(
    stranger: Client, seller: Seller, photos: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    listing = make_listing(seller, photos=photos)
    with django_assert_num_queries(2):  # the listing, its photos
        stranger.get(listing.get_absolute_url())


@pytest.mark.parametrize("photos", [1, 3])
def test_its_owner_costs_five_queries(
    seller_client: Client, seller: Seller, photos: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    listing = make_listing(seller, photos=photos)
    with django_assert_num_queries(5):  # and the session, its seller, their unread messages
        seller_client.get(listing.get_absolute_url())


def test_an_unknown_listing_is_404(stranger: Client, db: None) -> None:
    assert stranger.get(f"/listings/{uuid.uuid4()}/").status_code == 404
