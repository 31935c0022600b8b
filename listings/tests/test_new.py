"""`/listings/new/`: photos in, one draft out."""

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from listings.models import Listing, Photo, Seller
from listings.tests.cast import UNIT, jpeg, make_draft, make_listing

NEW = "/listings/new/"
SCRIPT = {"Accept": "application/json"}


def photo(number: int = 0) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{number}.jpg", jpeg(number), "image/jpeg")


def text() -> SimpleUploadedFile:
    return SimpleUploadedFile("notes.txt", b"hello", "text/plain")


def form_key(client: Client) -> str:
    """The key of a page that was just opened."""
    found = re.search(r'name="form_key" value="([^"]+)"', client.get(NEW).content.decode())
    assert found
    return found[1]


def address(draft: Listing) -> str:
    return f"/listings/{draft.pk}/edit/"


@pytest.mark.django_db
def test_opening_stores_nothing_and_no_cache_keeps_it(stranger: Client) -> None:
    response = stranger.get(NEW)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert not Listing.objects.exists()
    assert "unit" not in stranger.cookies


@pytest.mark.django_db
def test_the_good_photos_start_a_draft_that_only_this_browser_sees(stranger: Client) -> None:
    photos = [photo(0), text(), photo(1)]
    response = stranger.post(NEW, {"form_key": form_key(stranger), "do": "continue", "photos": photos})
    draft = Listing.objects.get()
    assert (response.status_code, response["Location"]) == (302, address(draft))
    assert draft.photos.count() == 2
    assert stranger.cookies["unit"]["httponly"]
    page = stranger.get(address(draft))
    assert "notes.txt is not a photo" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    first = draft.photos.get(position=0).url(320)
    assert stranger.get(first).getvalue()
    assert [Client().get(url).status_code for url in (address(draft), first)] == [404, 404]


@pytest.mark.django_db
def test_refused_files_alone_start_nothing(stranger: Client, media: Path) -> None:
    response = stranger.post(NEW, {"form_key": form_key(stranger), "do": "continue", "photos": text()})
    assert response.status_code == 422
    assert "notes.txt is not a photo" in response.content.decode()
    assert not Listing.objects.exists()
    assert not media.exists()


@pytest.mark.django_db
def test_nothing_chosen_says_what_to_do(stranger: Client) -> None:
    response = stranger.post(NEW, {"form_key": form_key(stranger), "do": "continue"})
    assert response.status_code == 422
    assert "Choose a photo, or start without one." in response.content.decode()


@pytest.mark.django_db
def test_a_draft_may_begin_without_a_photo(stranger: Client) -> None:
    stranger.post(NEW, {"form_key": form_key(stranger), "do": "blank"})
    assert Listing.objects.get().photos.count() == 0


@pytest.mark.django_db
def test_the_script_sends_file_by_file_to_one_draft(stranger: Client) -> None:
    key = form_key(stranger)
    answers = [
        stranger.post(NEW, {"form_key": key, "do": "photos", "photos": file}, headers=SCRIPT)
        for file in (text(), photo(0), photo(1), photo(1))
    ]
    draft = Listing.objects.get()
    assert [answer.status_code for answer in answers] == [422, 200, 200, 200]
    assert [answer.json()["next"] for answer in answers] == ["", *[address(draft)] * 3]
    assert [len(answer.json()["refused"]) for answer in answers] == [1, 0, 0, 0]
    assert [answer.json()["same"] for answer in answers] == [[], [], [], ["1.jpg"]]
    last = stranger.post(NEW, {"form_key": key, "do": "continue"})
    assert last["Location"] == address(draft)
    assert draft.photos.count() == 2


@pytest.mark.django_db
def test_the_thirteenth_photo_is_left_out_by_name(stranger: Client) -> None:
    photos = [photo(number) for number in range(13)]
    response = stranger.post(NEW, {"form_key": form_key(stranger), "photos": photos}, follow=True)
    assert Listing.objects.get().photos.count() == 12
    assert "12.jpg was left out: a listing has at most 12 photos." in response.content.decode()


@pytest.mark.django_db
def test_a_signed_in_seller_owns_the_draft_at_once(seller_client: Client, seller: Seller) -> None:
    seller_client.post(NEW, {"form_key": form_key(seller_client), "photos": photo()})
    assert Listing.objects.get().seller == seller


@pytest.mark.django_db
def test_a_form_left_open_after_posting_begins_another_thing(seller_client: Client, seller: Seller) -> None:
    posted = make_listing(seller)
    seller_client.post(NEW, {"form_key": str(posted.form_key), "photos": photo(5)})
    assert posted.photos.count() == 1
    assert Listing.objects.drafts().get().photos.count() == 1


@pytest.mark.django_db
def test_the_key_of_somebody_else_opens_nothing(stranger: Client) -> None:
    theirs = make_draft(unit=UNIT)
    response = stranger.post(NEW, {"form_key": str(theirs.form_key), "photos": photo(3)})
    assert response.status_code == 404
    assert theirs.photos.count() == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_clicks_at_once_are_one_draft(media: Path) -> None:
    body = {"form_key": str(uuid.uuid4()), "do": "continue"}

    def click(_number: int) -> str:
        try:
            return Client().post(NEW, body | {"photos": photo()})["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(click, range(50)))
    draft = Listing.objects.get()
    assert set(answers) == {address(draft)}
    assert Photo.objects.count() == 1
    folders = [folder for shelf in (media / "photos").iterdir() for folder in shelf.iterdir()]
    assert [folder.name for folder in folders] == [str(Photo.objects.get().pk)]
