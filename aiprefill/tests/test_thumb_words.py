"""The word that goes with a thumb: one line of plain text, whatever was sent."""

import pytest
from django.test import Client

from aiprefill.models import Feedback
from aiprefill.tests.selling import done
from listings.models import Listing

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("not\0black", "notblack"),
        ("\0", ""),
        ("not black,\r\n\tbut \u202eblue", "not black, but blue"),
        ("w" * 600, "w" * 500),
    ],
)
def test_a_word_is_kept_as_plain_text(draft: Listing, unit_client: Client, sent: str, kept: str) -> None:
    job = done(draft)
    address = f"/sell/{draft.pk}/"
    for do in ("down:title", "word:title"):
        body = {"do": do, "job": str(job.pk), "word_title": sent}
        assert unit_client.post(address, body).status_code == 204
    assert Feedback.objects.get().word == kept
