"""From a photo to sold in the marketplace alone: for a process of its own, apps are settled at start."""

import re
import sys

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from listings.models import Listing, Mail, Status
from listings.tests.cast import jpeg
from listings.tests.page import Page


def main() -> None:
    assert not {"aiprefill", "evals"} & apps.app_configs.keys()
    client = Client()
    page = Page(client, "/listings/new/")
    page.send(do=page.buttons[0], photos=SimpleUploadedFile("chair.jpg", jpeg(), "image/jpeg"))
    page.write(title="Kitchen chair", price="25", category="furniture").press("post")
    page.write(email="sanne@example.org").send()
    code = re.search(r"\b[A-Z0-9]{3,}-?[A-Z0-9]{3,}\b", Mail.objects.get().body)
    assert code
    page.write(code=code[0]).send()
    assert "Kitchen chair" in page.press("post").text
    listing = Listing.objects.get()
    assert listing.status == Status.LIVE
    assert "Kitchen chair" in Client().get("/").content.decode()
    client.post(f"/listings/{listing.pk}/change/", {"change": "mark_sold"})
    listing.refresh_from_db()
    assert listing.status == Status.SOLD
    sys.stdout.write("sold without a word of AI\n")
