"""What journeys of sellers share: photos to choose, a page of a draft, and the code that came by mail."""

import re
from typing import Any, Final

from django.db.models.functions import Now
from django.http import HttpResponse
from playwright.sync_api import Locator, Page, expect

from aiprefill import actions
from aiprefill.models import JobState, PrefillJob
from aiprefill.tests.selling import FIELDS
from listings.models import Listing, Mail
from listings.tests.cast import UNIT
from listings.units import set_unit
from trova.tests.browser import Visitor

DRAFT: Final = re.compile(r"/sell/[0-9a-f-]{36}/(\?review)?$")


def control(page: Page, name: str) -> Locator:
    """The control of a field."""
    return page.locator(f"#id_{name}")


def slot(page: Page, name: str) -> Locator:
    """The line under a field."""
    return page.locator(f"[data-suggestion={name}]")


def says(page: Page, words: str) -> None:
    """The status line says this, or comes to say it."""
    expect(page.locator("#assistant .status")).to_have_text(words)


def sign_in_by_code(page: Page, email: str) -> None:
    """From the sign-in page to where it leads, with the code from the outbox."""
    page.locator("input[name=email]").fill(email)
    page.get_by_role("button", name="Send the code").click()
    expect(page.get_by_role("heading", name="Enter the code")).to_be_visible()
    code = re.search(r"^    (\S+)$", Mail.objects.filter(recipient=email).latest("id").body, re.MULTILINE)
    assert code
    page.locator("input[name=code]").fill(code[1])
    page.get_by_role("button", name="Sign in", exact=True).click()


def draft_of(page: Page) -> Listing:
    """The draft whose page it is."""
    found = DRAFT.search(page.url)
    assert found
    return Listing.objects.get(pk=page.url.split("/")[-2])


def open_draft(visitor: Visitor, draft: Listing, **context: Any) -> Page:
    """The page of an anonymous draft, in the browser that began it."""
    response = HttpResponse()
    set_unit(response, UNIT)
    cookies = {name: morsel.coded_value for name, morsel in response.cookies.items()}
    return visitor.page(f"/sell/{draft.pk}/", cookies, **context)


def reading(draft: Listing, **columns: Any) -> PrefillJob:
    """The draft's reading, in the state that these columns say."""
    job = actions.ask(draft, unit=UNIT, seller=None, language="en")
    assert isinstance(job, PrefillJob)
    PrefillJob.objects.filter(pk=job.pk).update(**columns)
    return job


def arrive(*names: str, end: bool = False) -> None:
    """Have these fields reach the row of the only job, as a worker writes them."""
    job = PrefillJob.objects.get()
    columns: dict[str, Any] = {"fields": job.fields | {name: FIELDS[name] for name in names}}
    if end:
        columns |= {"state": JobState.DONE, "lease_until": None, "ended_at": Now()}
    PrefillJob.objects.filter(pk=job.pk).update(sequence=job.sequence + 1, **columns)
