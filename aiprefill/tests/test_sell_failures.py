"""Each way in which a provider misbehaves, to the words the seller sees: a real job against a real server."""

import html
import re
from typing import Final

import pytest
from django.conf import LazySettings
from django.db.models.functions import Now
from django.test import Client

from aiprefill import actions, jobs
from aiprefill.models import JobState, PrefillJob
from aiprefill.progress import FAILED, NEXT, RETRYING, SAFE
from aiprefill.providers.base import Shown
from aiprefill.tests.provider_faults import MODES
from aiprefill.tests.provider_server import ProviderServer
from listings.models import Listing
from listings.tests.cast import UNIT

pytestmark = pytest.mark.django_db

ALL: Final = "All 5 filled. Check them before you post."
NO_PRICE: Final = "4 filled, price left to you: no sensible price came back"
NO_CHOICE: Final = "4 filled, {} left to you: it fits none of our categories"


def failed(shown: Shown, before: str = "") -> str:
    """The words of a job that ended so, with what had arrived before."""
    return " ".join(filter(None, [FAILED[shown], before, SAFE, NEXT[shown]]))


HANGING: Final = {"hang", "drip-head", "silent", "drip", "500-hang"}
"""Modes that end only with the time for a call."""

SLOW, BUSY, NONE = RETRYING[Shown.SLOW], RETRYING[Shown.BUSY], RETRYING[None]
TWO: Final = "2 filled before that."

WORDS: Final[dict[str, tuple[str, str]]] = {
    # refused, cut, silent: tried again, then given to the seller
    "reset": (SLOW, failed(Shown.SLOW)),
    "hang": (SLOW, failed(Shown.SLOW)),
    "drip-head": (SLOW, failed(Shown.SLOW)),
    "silent": (SLOW, failed(Shown.SLOW, TWO)),
    "drip": (SLOW, failed(Shown.SLOW)),
    "half-body": (SLOW, failed(Shown.SLOW)),
    "cut": (SLOW, failed(Shown.SLOW, TWO)),
    "early-end": (SLOW, failed(Shown.SLOW, TWO)),
    "500": (SLOW, failed(Shown.SLOW)),
    "500-hang": (SLOW, failed(Shown.SLOW)),
    "502": (SLOW, failed(Shown.SLOW)),
    "503": (SLOW, failed(Shown.SLOW)),
    "error-flat": (SLOW, failed(Shown.SLOW, TWO)),
    "error-nested": (SLOW, failed(Shown.SLOW, TWO)),
    "failed": (SLOW, failed(Shown.SLOW)),
    # a pace to keep: tried again when the provider says, unless that is too late
    "pace-1": (BUSY, failed(Shown.BUSY)),
    "pace-100": ("", failed(Shown.BUSY)),
    "pace-3600": ("", failed(Shown.BUSY)),
    "pace-date": (BUSY, failed(Shown.BUSY)),
    "pace-garbage": (BUSY, failed(Shown.BUSY)),
    # nothing that another try could mend
    "billing": ("", failed(Shown.UNAVAILABLE)),
    "400": ("", failed(Shown.UNAVAILABLE)),
    "401": ("", failed(Shown.UNAVAILABLE)),
    "403": ("", failed(Shown.UNAVAILABLE)),
    "404": ("", failed(Shown.UNAVAILABLE)),
    "bad-picture": ("", failed(Shown.BAD_PICTURE)),
    "failed-picture": ("", failed(Shown.BAD_PICTURE)),
    "refusal": ("", failed(Shown.NOT_DESCRIBED)),
    "content-filter": ("", failed(Shown.NOT_DESCRIBED)),
    # not the protocol, or not the answer asked for: tried once more
    "endless": (NONE, failed(Shown.UNAVAILABLE)),
    "huge": (NONE, failed(Shown.UNAVAILABLE)),
    "gzip": (NONE, failed(Shown.UNAVAILABLE)),
    "html-page": (NONE, failed(Shown.UNAVAILABLE)),
    "empty-object": (NONE, failed(Shown.UNAVAILABLE)),
    "wrong-type": (NONE, failed(Shown.UNAVAILABLE, TWO)),
    "bad-json": (NONE, failed(Shown.UNAVAILABLE, TWO)),
    "incomplete": (NONE, failed(Shown.NOT_DESCRIBED)),
    "all-reasoning": (NONE, failed(Shown.NOT_DESCRIBED)),
    "schema-invalid": (NONE, failed(Shown.NOT_DESCRIBED)),
    "not-json": (NONE, failed(Shown.NOT_DESCRIBED)),
    "rubbish-after": (NONE, failed(Shown.NOT_DESCRIBED, "4 filled before that.")),
    "no-text": (NONE, failed(Shown.NOT_DESCRIBED)),
    "list": (NONE, failed(Shown.NOT_DESCRIBED)),
    # an answer: what the gate lets through is filled, the rest is the seller's
    "": ("", ALL),
    "unknown-category": ("", NO_CHOICE.format("category")),
    "unknown-condition": ("", NO_CHOICE.format("condition")),
    "nan": ("", NO_PRICE),
    "infinite": ("", NO_PRICE),
    "negative": ("", NO_PRICE),
    "enormous": ("", NO_PRICE),
    "comma": ("", NO_PRICE),
    "full-width": ("", NO_PRICE),
    "true": ("", NO_PRICE),
    "upside-down": ("", NO_PRICE),
    "rtl": ("", "4 filled, title left to you: it came in another language"),
    "zalgo": ("", ALL),
    "bidi": ("", ALL),
    "nul": ("", ALL),
    "emoji": ("", ALL),
    "html": ("", ALL),
    "orders-obeyed": ("", "3 filled, title and description left to you"),
    "long": ("", ALL),
    "advertising": ("", ALL),
    "nothing": ("", "Your photos did not tell enough to fill anything in. Write it yourself."),
    "no-price": ("", "4 filled, price left to you: Nothing shows what it is"),
    "surrogate": ("", "1 filled, category, condition, description and price left to you"),
    "no-usage": ("", ALL),
    "odd-usage": ("", ALL),
}
"""Mode to what is said while it is tried again ("": it is not), and in the end."""


def status_line(client: Client, draft: Listing) -> str:
    """What the page says now."""
    page = client.get(f"/sell/{draft.pk}/").content.decode()
    found = re.search(r'<p class="status" role="status">(.*?)</p>', page, re.DOTALL)
    assert found
    return html.unescape(found[1])


def test_every_mode_has_its_words() -> None:
    assert set(WORDS) == set(MODES)


@pytest.mark.parametrize("mode", MODES)
def test_what_the_seller_sees(
    provider: ProviderServer, settings: LazySettings, draft: Listing, unit_client: Client, mode: str
) -> None:
    settings.PREFILL_CALL_SECONDS = 1 if mode in HANGING else 20
    provider.mode = mode
    job = actions.ask(draft, unit=UNIT, seller=None, language="en")
    assert isinstance(job, PrefillJob)
    assert jobs.perform_next(draw=lambda: 0.0)
    said = ""
    while PrefillJob.objects.filter(pk=job.pk, state=JobState.QUEUED).update(next_at=Now()):
        said = status_line(unit_client, draft)
        assert jobs.perform_next(draw=lambda: 0.0)
    assert (said, status_line(unit_client, draft)) == WORDS[mode]
