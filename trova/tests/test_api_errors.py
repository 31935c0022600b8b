"""Whatever goes wrong under /api/ has one shape."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from aiprefill.tests.selling import upload
from listings import tokens
from listings.models import Listing, Seller
from listings.photo_files import StorageFull

FORM = "multipart/form-data; boundary=x"


@pytest.fixture
def api(db: None) -> Client:
    """A program, on a server that answers 500 instead of raising."""
    token = tokens.issue(Seller.objects.create_user("seller@example.org"), "test")
    return Client(headers={"Authorization": f"Bearer {token}"}, raise_request_exception=False)


def told(response: Any, status: int) -> str:
    """The sentence of an error of this status, in the one shape."""
    assert response.status_code == status, response.content
    assert response["Content-Type"].startswith("application/json")
    answer = response.json()
    assert answer.keys() == {"error", "fields"}
    return str(answer["error"])


def test_where_nothing_is_and_nothing_can_be_done(api: Client) -> None:
    for address in ("/api/", "/api/boats", "/api/listings/"):
        assert "/api/docs" in told(api.get(address), 404)
    response = api.delete("/api/listings")
    told(response, 405)
    assert {*response["Allow"].split(", ")} == {"GET", "POST"}
    told(api.post("/api/docs"), 405)
    told(api.get("/api/listings", headers={"Host": "elsewhere.example"}), 400)


def test_a_body_that_cannot_be_read(api: Client, settings: LazySettings) -> None:
    told(api.generic("POST", "/api/listings", b"--y\r\n", FORM.replace("x", "\x80")), 400)
    told(api.post("/api/listings", "{}", content_type="application/json"), 422)
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 1
    told(api.post("/api/listings", {"title": "x", "price": "1"}), 400)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    told(api.post("/api/listings", {"title": "x" * 100}), 413)


def test_an_upload_that_is_too_large(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("listings.uploads.MAX_REQUEST_BYTES", 1000)
    for address in ("/api/analyze-image", "/api/listings"):
        told(api.post(address, {"image": upload()}), 413)


def test_a_full_disk_and_a_mistake_of_ours(api: Client, media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(error: Exception) -> Any:
        def store(*_args: Any) -> None:
            raise error

        return store

    monkeypatch.setattr("listings.photo_files.store", fail(StorageFull(28, "full")))
    told(api.post("/api/analyze-image", {"image": upload()}), 507)
    assert not Listing.objects.exists()
    monkeypatch.setattr("listings.photo_files.store", fail(ZeroDivisionError()))
    assert "our side" in told(api.post("/api/analyze-image", {"image": upload()}), 500)
