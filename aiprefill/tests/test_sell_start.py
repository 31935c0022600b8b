"""Before there is a draft: who would read the photos, and what is asked of whom."""

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from aiprefill import actions
from aiprefill.models import Preference, PrefillJob
from aiprefill.tests.selling import Page, upload
from listings.models import Listing, Seller
from listings.tests.cast import jpeg

pytestmark = pytest.mark.django_db


def test_the_start_names_who_reads_the_photos(client: Client, settings: LazySettings) -> None:
    settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = "a key", ""
    response = client.get("/sell/")
    assert "no-store" in response["Cache-Control"]
    assert "Your photos are sent to OpenAI to be read." in response.content.decode()
    settings.OPENAI_BASE_URL = "https://models.example.org/v1"
    assert "sent to models.example.org to be read" in client.get("/sell/").content.decode()


def test_without_a_model_the_start_says_that_photos_go_nowhere(
    client: Client, settings: LazySettings
) -> None:
    settings.OPENAI_API_KEY = settings.OPENAI_BASE_URL = ""
    assert (
        "compared with the listings of this site. They go nowhere else."
        in client.get("/sell/").content.decode()
    )


def test_switched_off_the_start_promises_nothing(seller: Seller, client: Client) -> None:
    client.force_login(seller)
    assert "Change this for good" in client.get("/sell/").content.decode()
    actions.turn_off("too dear")
    page = client.get("/sell/").content.decode()
    assert "Suggestions are off right now." in page
    assert "Change this" not in page
    assert "are sent" not in page


def test_who_opted_out_is_asked_nothing(seller: Seller, client: Client) -> None:
    client.force_login(seller)
    actions.set_preference(seller, wants=False)
    assert "you write your listings yourself" in client.get("/sell/").content.decode()
    client.post("/sell/", {"photos": [upload()], "do": "continue"})
    assert not PrefillJob.objects.exists()
    assert Listing.objects.get().photos.count() == 1


def test_one_post_of_all_photos_starts_one_reading(client: Client) -> None:
    files = [upload(1), SimpleUploadedFile("notes.txt", b"no photo"), upload(2)]
    response = client.post("/sell/", {"photos": files, "do": "continue", "form_key": str(uuid.uuid4())})
    draft = Listing.objects.get()
    assert response["Location"] == f"/sell/{draft.pk}/"
    assert len(PrefillJob.objects.get().photo_ids) == 2
    page = client.get(response["Location"])
    assert "notes.txt is not a photo" in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_photos_that_come_one_by_one_are_read_when_the_last_has_come(client: Client) -> None:
    key = str(uuid.uuid4())
    for number in range(3):
        client.post(
            "/sell/",
            {"photos": [upload(number)], "do": "photos", "form_key": key},
            HTTP_ACCEPT="application/json",
        )
        assert not PrefillJob.objects.exists()
    for _click in range(2):
        client.post("/sell/", {"do": "continue", "form_key": key})
    assert len(PrefillJob.objects.get().photo_ids) == 3


@pytest.mark.parametrize("do", ["write", "blank"])
@pytest.mark.parametrize("photos", [0, 1])
def test_writing_it_oneself_asks_nothing(client: Client, do: str, photos: int) -> None:
    files = [upload(number) for number in range(photos)]
    response = client.post("/sell/", {"photos": files, "do": do, "form_key": str(uuid.uuid4())})
    draft = Listing.objects.get()
    assert response["Location"] == f"/sell/{draft.pk}/"
    assert (draft.photos.count(), PrefillJob.objects.count()) == (photos, 0)
    assert Page(client, draft).status == ""


def test_a_sample_goes_the_way_of_a_photo(client: Client, settings: LazySettings, tmp_path: Path) -> None:
    settings.SAMPLE_PHOTOS = tmp_path
    (tmp_path / "mug-blue-near.jpg").write_bytes(jpeg(3))
    page = client.get("/sell/").content.decode()
    assert "sample:mug-blue-near.jpg" in page
    assert 'alt="Sample photo: mug, blue"' in page
    served = client.get("/sell/sample/mug-blue-near.jpg")
    assert (served["Content-Type"], b"".join(served)) == ("image/jpeg", jpeg(3))
    client.post("/sell/", {"do": "sample:mug-blue-near.jpg", "form_key": str(uuid.uuid4())})
    assert Listing.objects.get().photos.count() == PrefillJob.objects.count() == 1


@pytest.mark.parametrize("name", ["../settings.py", "other.jpg", ""])
def test_no_other_file_is_a_sample(client: Client, settings: LazySettings, tmp_path: Path, name: str) -> None:
    settings.SAMPLE_PHOTOS = tmp_path
    assert client.post("/sell/", {"do": f"sample:{name}"}).status_code == 404
    assert client.get(f"/sell/sample/{name}").status_code == 404
    settings.SAMPLE_PHOTOS = None
    assert client.get("/sell/sample/mug.jpg").status_code == 404


def test_past_the_limit_the_seller_is_told_and_has_the_form(client: Client, settings: LazySettings) -> None:
    settings.PREFILL_JOBS_A_DAY_ANONYMOUS = 1
    for number in range(2):
        response = client.post(
            "/sell/", {"photos": [upload(number)], "form_key": str(uuid.uuid4())}, follow=True
        )
    assert "You have used today’s suggestions" in response.content.decode()
    assert 'name="title"' in response.content.decode()
    assert PrefillJob.objects.count() == 1


def test_the_lasting_switch(seller: Seller, client: Client) -> None:
    assert client.get("/sell/preference/").status_code == 302
    client.force_login(seller)
    client.post("/sell/preference/", {"wants": "no"})
    assert Preference.objects.get(seller=seller).wants_suggestions is False
    page = client.get("/sell/preference/").content.decode()
    assert re.search(r'value="no" checked', page)
    client.post("/sell/preference/", {"wants": "yes"})
    assert Preference.objects.get(seller=seller).wants_suggestions is True


@pytest.mark.django_db(transaction=True)
def test_the_same_post_many_times_at_once_is_one_draft_and_one_reading(client: Client) -> None:
    key = str(uuid.uuid4())

    def post(_number: int) -> str:
        try:
            response = Client().post("/sell/", {"photos": [upload()], "do": "continue", "form_key": key})
            return str(response["Location"])
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        addresses = set(pool.map(post, range(16)))
    draft = Listing.objects.get()
    assert addresses == {f"/sell/{draft.pk}/"}
    assert (draft.photos.count(), PrefillJob.objects.count()) == (1, 1)
