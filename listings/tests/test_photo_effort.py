"""How many of a request's files are decoded: none twice, and at most as many as a listing has photos."""

from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from listings.models import Listing, Seller
from listings.tests.cast import jpeg, make_draft
from listings.tests.page import Page

NEW = "/listings/new/"
LEFT_OUT = "was left out: at most 12 files are opened at a time. Choose it again."

pytestmark = pytest.mark.django_db

Files = list[tuple[str, bytes]]


def variants(count: int, number: int = 0) -> Files:
    """Files that differ, though what is decoded of each is the same picture."""
    return [(f"variant-{each}.jpg", jpeg(number) + bytes([each])) for each in range(count)]


def copies(count: int, data: bytes) -> Files:
    return [(f"copy-{each}.jpg", data) for each in range(count)]


def others(count: int, first: int = 1) -> Files:
    """Files of as many other pictures."""
    return [(f"other-{each}.jpg", jpeg(each)) for each in range(first, first + count)]


def uploads(files: Files) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(name, data) for name, data in files]


def said(client: Client, files: Files, address: str = NEW) -> list[str]:
    """The names of the files that were left out as too many at a time."""
    page = client.post(address, {"photos": uploads(files)}, follow=True)
    text = unescape(page.content.decode())
    return [name for name, _data in files if f"{name} {LEFT_OUT}" in text]


def test_a_thirteenth_file_is_not_opened_and_can_be_chosen_again(stranger: Client) -> None:
    files = [*variants(12), *others(2)]
    assert said(stranger, files) == ["other-1.jpg", "other-2.jpg"]
    draft = Listing.objects.get()
    assert draft.photos.count() == 1
    assert said(stranger, files[12:], f"/listings/{draft.pk}/edit/") == []
    assert draft.photos.count() == 3


def test_what_cannot_be_decoded_counts(stranger: Client) -> None:
    damaged = [(f"cut-{each}.jpg", jpeg(each)[:-500]) for each in range(12)]
    assert said(stranger, [*others(1), *damaged, *others(1, 2)]) == ["cut-11.jpg", "other-2.jpg"]
    assert Listing.objects.get().photos.count() == 1


def test_a_copy_is_known_without_opening_it(stranger: Client) -> None:
    assert said(stranger, [*copies(20, jpeg(0)), *others(11)]) == []
    assert Listing.objects.get().photos.count() == 12


def test_a_copy_of_what_was_refused_is_refused_alike_without_opening_it(stranger: Client) -> None:
    cut = jpeg(0)[:-500]
    page = stranger.post(NEW, {"photos": uploads([*copies(14, cut), *others(11)])}, follow=True)
    text = page.content.decode()
    assert Listing.objects.get().photos.count() == 11
    assert [f"copy-{each}.jpg is damaged" in text for each in range(14)] == [True] * 14


def test_what_its_first_bytes_refuse_does_not_count(stranger: Client) -> None:
    notes = [(f"{each}.txt", f"note {each}".encode()) for each in range(15)]
    assert said(stranger, [*notes, *others(12)]) == []
    assert Listing.objects.get().photos.count() == 12


def test_what_the_listing_has_is_known_without_opening_it(seller_client: Client, seller: Seller) -> None:
    draft = make_draft(seller, photos=6)
    had = [(f"had-{each}.jpg", jpeg(each)) for each in range(6)]
    assert said(seller_client, [*had, *variants(11), *others(1, 6)], f"/listings/{draft.pk}/edit/") == []
    assert draft.photos.count() == 7


def test_a_full_album_still_says_what_it_has(seller_client: Client, seller: Seller) -> None:
    draft = make_draft(seller, photos=12)
    page = Page(seller_client, f"/listings/{draft.pk}/edit/").press(
        "save", photos=uploads([*others(1), *others(1, 12)])
    )
    assert "other-1.jpg is here already, so it was kept once." in page.text
    assert "other-12.jpg was left out: a listing has at most 12 photos." in page.text
    assert draft.photos.count() == 12
