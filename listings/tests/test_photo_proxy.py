"""GET /photos/<id>/<width>.<extension> where the proxy in front sends the bytes."""

import uuid

import pytest
from django.conf import LazySettings
from django.test import Client

from listings.models import Seller
from listings.tests.cast import make_listing


@pytest.fixture(autouse=True)
def proxy(settings: LazySettings) -> None:
    settings.PHOTOS_X_ACCEL = True


def test_the_type_is_what_the_proxy_will_send(stranger: Client, seller: Seller) -> None:
    photo = make_listing(seller).photos.get()
    sent = {extension: stranger.get(photo.url(320, extension)) for extension in ("webp", "jpg")}
    types = {extension: response["Content-Type"] for extension, response in sent.items()}
    assert types == {"webp": "image/webp", "jpg": "image/jpeg"}
    folder = f"/_media/photos/{str(photo.pk)[:2]}/{photo.pk}"
    assert [each["X-Accel-Redirect"] for each in sent.values()] == [f"{folder}/320.webp", f"{folder}/320.jpg"]


def test_what_was_never_kept_is_404(stranger: Client, seller: Seller) -> None:
    photo = make_listing(seller).photos.get()
    for name in ("640.webp", "320.png", "320.svg", "320.partial", "0.webp", "99999999999999999999.jpg"):
        response = stranger.get(f"/photos/{photo.pk}/{name}")
        assert (response.status_code, response.get("X-Accel-Redirect")) == (404, None)
    assert stranger.get(f"/photos/{uuid.uuid4()}/320.webp").status_code == 404
