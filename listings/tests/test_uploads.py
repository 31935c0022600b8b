"""Uploads that are too big, and a disk that is full: what was typed is kept, nothing is half stored."""

import io
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from listings import photo_files
from listings.models import Listing, Photo, Seller
from listings.photos import MAX_BYTES, MAX_REQUEST_BYTES
from listings.tests.cast import jpeg, make_draft
from listings.tests.page import Page

NEW = "/listings/new/"
SCRIPT = {"Accept": "application/json"}

pytestmark = pytest.mark.django_db


def address(draft: Listing) -> str:
    return f"/listings/{draft.pk}/edit/"


@contextmanager
def full_disk(limit: int) -> Iterator[None]:
    """A disk on which no file can grow beyond `limit` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def noise(size: tuple[int, int]) -> bytes:
    """A JPEG of low quality that is smaller than the same picture in a good one."""
    out = io.BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(out, "JPEG", quality=20)
    return out.getvalue()


@pytest.fixture(autouse=True)
def uploads(settings: LazySettings, tmp_path: Path) -> Path:
    """Where uploads of these tests alone are received."""
    folder = tmp_path / "uploads"
    folder.mkdir()
    settings.FILE_UPLOAD_TEMP_DIR = folder
    return folder


def test_a_request_over_the_limit_keeps_the_text_and_takes_no_file(
    seller_client: Client, seller: Seller, uploads: Path
) -> None:
    draft = make_draft(seller, photos=0)
    photos = [SimpleUploadedFile(f"{number}.jpg", b"x" * (MAX_REQUEST_BYTES // 4)) for number in range(4)]
    page = Page(seller_client, address(draft)).write(title="Typed beside it").press("save", photos=photos)
    assert page.status == 413
    assert "more than 60 MB together" in page.text
    assert (page.data["title"], Listing.objects.get().title) == ("Typed beside it",) * 2
    assert not Photo.objects.exists()
    assert list(uploads.iterdir()) == []


def test_a_request_over_the_limit_starts_nothing(stranger: Client) -> None:
    photo = SimpleUploadedFile("a.jpg", b"x" * MAX_REQUEST_BYTES)
    response = stranger.post(NEW, {"photos": photo}, headers=SCRIPT)
    assert response.status_code == 413
    assert "more than 60 MB together" in response.json()["notice"]
    assert not Listing.objects.exists()


def test_a_file_over_the_limit_is_named_and_the_others_stay(stranger: Client) -> None:
    photos = [SimpleUploadedFile("huge.jpg", jpeg(0) + b"x" * (MAX_BYTES + 300_000))]
    photos.append(SimpleUploadedFile("fine.jpg", jpeg(1)))
    page = stranger.post(NEW, {"photos": photos}, follow=True)
    assert "huge.jpg is larger than 15 MB" in page.content.decode()
    assert Listing.objects.get().photos.count() == 1


def test_a_disk_full_while_storing_leaves_nothing_of_the_photo(
    seller_client: Client, seller: Seller, media: Path
) -> None:
    draft = make_draft(seller, photos=0)
    small, large = jpeg(0, (120, 100)), noise((900, 900))
    photos = [SimpleUploadedFile("small.jpg", small), SimpleUploadedFile("large.jpg", large)]
    page = Page(seller_client, address(draft)).write(title="Typed beside it")
    with full_disk(len(large)):  # the upload fits; what is made of it does not
        (media / "photos").mkdir(parents=True, exist_ok=True)
        page.press("save", photos=photos)
    assert page.status == 507
    assert "Our storage is full. Your text is saved" in page.text
    assert "large.jpg could not be kept" in page.text
    assert Listing.objects.get().title == "Typed beside it"
    kept = Photo.objects.get()
    folders = [folder.name for shelf in (media / "photos").iterdir() for folder in shelf.iterdir()]
    assert folders == [str(kept.pk)]


def test_a_disk_full_while_receiving_keeps_the_text(
    seller_client: Client, seller: Seller, uploads: Path
) -> None:
    draft = make_draft(seller, photos=0)
    photos = [SimpleUploadedFile("a.jpg", jpeg(0, (120, 100))), SimpleUploadedFile("b.jpg", b"x" * 200_000)]
    page = Page(seller_client, address(draft)).write(title="Typed beside it")
    with full_disk(100_000):
        page.press("save", photos=photos)
    assert page.status == 507
    assert Listing.objects.get().title == "Typed beside it"
    assert [photo.width for photo in Photo.objects.all()] == [120]
    assert list(uploads.iterdir()) == []


def test_a_disk_with_little_room_takes_no_photo(
    stranger: Client, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photo_files, "MIN_FREE_BYTES", 1 << 62)
    response = stranger.post(NEW, {"photos": SimpleUploadedFile("a.jpg", jpeg(0))}, headers=SCRIPT)
    assert response.status_code == 507
    assert not any((media / "photos").glob("*/*"))
