"""POST /sell/share/ : photos from a phone's share sheet, which sends no token."""

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from aiprefill.models import PrefillJob
from aiprefill.tests.selling import upload
from listings.models import Listing, Seller

pytestmark = pytest.mark.django_db

SHEET = {"Sec-Fetch-Site": "none"}


@pytest.fixture
def phone() -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize("path", ["/sell/share/", "/listings/new/share/"])
def test_shared_photos_are_a_draft_of_this_browser(phone: Client, path: str) -> None:
    response = phone.post(path, {"photos": [upload(1), upload(2)]}, headers=SHEET)
    draft = Listing.objects.get()
    is_read = path.startswith("/sell/")
    assert response.status_code == 302
    assert response["Location"] == (f"/sell/{draft.pk}/" if is_read else f"/listings/{draft.pk}/edit/")
    assert phone.get(response["Location"]).status_code == 200
    assert (draft.photos.count(), draft.seller, PrefillJob.objects.count()) == (2, None, int(is_read))


def test_the_second_share_is_the_same_browsers(phone: Client, seller: Seller) -> None:
    for number in range(2):
        phone.post("/sell/share/", {"photos": [upload(number)]}, headers=SHEET)
    assert Listing.objects.values("unit").distinct().count() == 1
    phone.force_login(seller)
    phone.post("/sell/share/", {"photos": [upload(3)]}, headers=SHEET)
    assert Listing.objects.filter(seller=seller).count() == 1


@pytest.mark.parametrize("site", ["cross-site", "same-site", ""])
@pytest.mark.parametrize("path", ["/sell/share/", "/listings/new/share/"])
def test_a_form_of_another_site_begins_nothing_and_changes_no_cookie(
    phone: Client, site: str, path: str
) -> None:
    response = phone.post(path, {"photos": [upload()]}, headers={"Sec-Fetch-Site": site})
    assert response.status_code == 403
    assert settings.UNIT_COOKIE_NAME not in response.cookies
    assert not Listing.objects.exists()


def test_what_is_no_photo_is_refused_on_a_page_that_goes_on(phone: Client) -> None:
    response = phone.post(
        "/sell/share/", {"photos": [SimpleUploadedFile("notes.txt", b"no photo")]}, headers=SHEET
    )
    assert response.status_code == 422
    assert phone.get("/sell/share/").status_code == 200
