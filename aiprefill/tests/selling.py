"""A draft on the sell page, its reading in any state, and the page as a browser without scripts has it."""

import html
import re
from typing import Any, Final

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now
from django.test import Client

from aiprefill import actions
from aiprefill.corrections import offer_digest
from aiprefill.models import JobState, PrefillJob
from aiprefill.suggestion import SuggestedField
from aiprefill.tests.provider_wire import ANSWER
from listings.models import Listing
from listings.tests.cast import UNIT, jpeg

EMPTY: Final[dict[str, Any]] = {
    "title": "",
    "description": "",
    "price": None,
    "category": None,
    "condition": "",
}
"""A draft of which nothing is written."""
PRICE: Final = {"low": "10.00", "likely": "18.00", "high": "25.00"}
FIELDS: Final[dict[str, Any]] = {
    "title": {"value": "Black headphones", "reason": "", "dropped": None},
    "category": {"value": "electronics", "reason": "", "dropped": None},
    "condition": {"value": "good", "reason": "", "dropped": None},
    "description": {"value": ANSWER["description"]["value"], "reason": "", "dropped": None},
    "price": {"value": PRICE, "reason": "Plain wired headphones", "dropped": None},
}
"""All five, as a job holds them."""
CONTROLS: Final = {
    "title": "Black headphones",
    "category": "electronics",
    "condition": "good",
    "description": FIELDS["description"]["value"],
    "price": "18",
}
"""All five, as the form holds them."""


def digest(name: str) -> str:
    """What the page sends back once it has shown FIELDS[name]."""
    return offer_digest(name, SuggestedField.from_json(name, FIELDS[name]))


def upload(number: int = 0, name: str = "lamp.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, jpeg(number), "image/jpeg")


def asked(draft: Listing, **columns: Any) -> PrefillJob:
    """The draft's reading, with these columns written."""
    job = actions.ask(draft, unit=UNIT, seller=draft.seller, language="en")
    assert isinstance(job, PrefillJob)
    PrefillJob.objects.filter(pk=job.pk).update(**columns)
    job.refresh_from_db()
    return job


def done(draft: Listing, **fields: Any) -> PrefillJob:
    """A reading that brought these fields, or all."""
    return asked(draft, state=JobState.DONE, ended_at=Now(), fields=fields or FIELDS)


class Page:
    """A draft's page as a browser without scripts has it: what it shows, and its form to be posted."""

    def __init__(self, client: Client, draft: Listing) -> None:
        self.client = client
        self.address = f"/sell/{draft.pk}/"
        self.response = client.get(self.address)
        assert self.response.status_code == 200
        self.text = self.response.content.decode()

    @property
    def status(self) -> str:
        """The status line."""
        found = re.search(
            r'role="status">(.*?)</p>', self.text[self.text.index('id="assistant"') :], re.DOTALL
        )
        assert found
        return html.unescape(found[1])

    @property
    def form(self) -> dict[str, str]:
        """What a browser would post, with no button pressed."""
        form = self.response.context["form"]
        slots = {name: self.response.context[f"beside_{name}"] for name in CONTROLS}
        posted = {"revision": str(form["revision"].value())}
        for name in (*CONTROLS, "town"):
            posted[name] = str(form[name].value() or "")
            posted[f"initial-{name}"] = str(form.data.get(f"initial-{name}", ""))
        for name, slot in slots.items():
            posted |= {f"offer_{name}": slot.offer, f"how_{name}": slot.how}
        job = self.response.context["job"]
        return posted | ({"job": str(job.pk)} if job else {})

    @property
    def shown(self) -> dict[str, str]:
        """What stands beside each field."""
        return {name: self.response.context[f"beside_{name}"].shown for name in CONTROLS}

    def press(self, button: str, **written: str) -> Any:
        """Post the form with this button, after writing this."""
        return self.client.post(self.address, self.form | written | {"do": button})
