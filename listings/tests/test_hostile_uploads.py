"""The shared hostile files, through the page."""

import json
from html import unescape
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from listings.models import Listing, Photo
from listings.tests.cast import jpeg
from listings.tests.pictures import SHARED, needs_shared

HOSTILE = SHARED / "hostile"
NEW = "/listings/new/"

pytestmark = [
    pytest.mark.django_db,
    needs_shared,
]


def manifest() -> list[dict[str, object]]:
    lines = (HOSTILE / "manifest.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_each_ends_as_its_manifest_says_and_keeps_the_good_one_beside_it(media: Path) -> None:
    entries = manifest()
    assert len(entries) == 34
    wrong = {}
    for entry in entries:
        name = str(entry["file"])
        client = Client()
        photos = [
            SimpleUploadedFile(name, (HOSTILE / name).read_bytes()),
            SimpleUploadedFile("ok.jpg", jpeg(1)),
        ]
        page = client.post(NEW, {"photos": photos}, follow=True)
        taken = Listing.objects.latest("created_at").photos.count() - 1
        said = name in unescape(page.content.decode())
        expected = {"accept": (1, False), "reject": (0, True)}[str(entry["expected"])]
        if page.status_code != 200 or ((taken, said) != expected and not entry["either_ok"]) or taken == said:
            wrong[name] = (page.status_code, taken, said)
    assert wrong == {}
    folders = {folder.name for shelf in (media / "photos").iterdir() for folder in shelf.iterdir()}
    assert folders == {str(pk) for pk in Photo.objects.values_list("pk", flat=True)}


def test_all_at_once_name_each_that_is_not_taken_and_fill_one_draft_when_chosen_again(
    stranger: Client,
) -> None:
    names, address, kept = [str(entry["file"]) for entry in manifest()], NEW, 0
    rounds = 0
    while names:
        photos = [SimpleUploadedFile(name, (HOSTILE / name).read_bytes()) for name in names]
        page = stranger.post(address, {"photos": photos}, follow=True)
        assert page.status_code == 200
        draft, text = Listing.objects.get(), unescape(page.content.decode())
        taken, kept = draft.photos.count() - kept, draft.photos.count()
        assert sum(name in text for name in names) == len(names) - taken
        names = [name for name in names if f"{name} was left out: at most 12 files" in text]
        address, rounds = f"/listings/{draft.pk}/edit/", rounds + 1
    assert (kept, rounds) == (12, 2)
