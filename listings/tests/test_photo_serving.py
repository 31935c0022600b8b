"""GET /photos/<id>/<width>.<extension>."""

import io
import uuid
from collections.abc import Iterable
from http.cookies import SimpleCookie

import pytest
from django.conf import LazySettings
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from listings.models import Listing, Photo, Seller, Status
from listings.photo_files import path
from listings.tests.cast import UNIT, make_draft, make_listing


def photo_of(listing: Listing) -> Photo:
    return listing.photos.all()[0]


def bytes_of(response: Iterable[bytes]) -> bytes:
    return b"".join(response)


@pytest.mark.parametrize("status", [Status.LIVE, Status.RESERVED, Status.SOLD])
def test_photos_of_what_is_published_are_everybodys(stranger: Client, seller: Seller, status: Status) -> None:
    response = stranger.get(photo_of(make_listing(seller, status=status)).url(320))
    assert bytes_of(response)
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.cookies == SimpleCookie()
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize(("extension", "kind"), [("webp", "WEBP"), ("jpg", "JPEG")])
def test_the_type_is_what_the_bytes_are(stranger: Client, seller: Seller, extension: str, kind: str) -> None:
    response = stranger.get(photo_of(make_listing(seller)).url(320, extension))
    assert response["Content-Type"] == {"webp": "image/webp", "jpg": "image/jpeg"}[extension]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox"
    picture = Image.open(io.BytesIO(bytes_of(response)))
    assert (picture.format, picture.width) == (kind, 320)


@pytest.mark.parametrize("make", [make_draft, lambda seller: make_listing(seller, status=Status.HIDDEN)])
def test_photos_of_a_draft_and_of_a_hidden_listing_are_their_owners(
    stranger: Client, neighbour_client: Client, seller_client: Client, seller: Seller, make: object
) -> None:
    assert callable(make)
    url = photo_of(make(seller)).url(320)
    assert stranger.get(url).status_code == 404
    assert neighbour_client.get(url).status_code == 404
    response = seller_client.get(url)
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    bytes_of(response)


def test_photos_of_an_anonymous_draft_are_its_browsers(
    stranger: Client, unit_client: Client, db: None
) -> None:
    url = photo_of(make_draft(unit=UNIT)).url(320)
    bytes_of(response := unit_client.get(url))
    assert response.status_code == 200
    assert stranger.get(url).status_code == 404


def test_what_was_never_kept_is_404(stranger: Client, seller: Seller) -> None:
    photo = photo_of(make_listing(seller))
    assert photo.widths == [320, 400]
    for name in ("640.webp", "320.png", "320.svg", "0.webp", "99999999999999999999.jpg"):
        assert stranger.get(f"/photos/{photo.pk}/{name}").status_code == 404
    assert stranger.get(f"/photos/{uuid.uuid4()}/320.webp").status_code == 404


def test_a_lost_file_is_404(stranger: Client, seller: Seller) -> None:
    photo = photo_of(make_listing(seller))
    path(photo.pk, 320, "webp").unlink()
    assert stranger.get(photo.url(320)).status_code == 404


def test_the_proxy_can_send_the_bytes(stranger: Client, seller: Seller, settings: LazySettings) -> None:
    settings.PHOTOS_X_ACCEL = True
    photo = photo_of(make_listing(seller))
    response = stranger.get(photo.url(320))
    assert response["X-Accel-Redirect"] == f"/_media/photos/{str(photo.pk)[:2]}/{photo.pk}/320.webp"
    assert response["Content-Type"] == "image/webp"
    assert response.content == b""
    assert stranger.get(photo_of(make_draft(seller)).url(320)).status_code == 404


def test_a_published_photo_costs_one_query(
    seller_client: Client, seller: Seller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    url = photo_of(make_listing(seller)).url(320)
    with django_assert_num_queries(1):  # who asks does not matter
        bytes_of(seller_client.get(url))
