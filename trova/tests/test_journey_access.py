"""Everybody can use the sell page: axe on each of its states, light and dark, wide and narrow."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from allauth.account.models import EmailAddress
from django.conf import LazySettings
from django.db.models.functions import Now
from playwright.sync_api import Page, ViewportSize, expect

from aiprefill import actions
from aiprefill.tests.selling import EMPTY, FIELDS, done
from listings.models import Listing, Seller
from listings.tests.cast import jpeg, make_draft
from trova.tests.browser import DESKTOP, PHONE, Visitor, axe_findings
from trova.tests.selling import control, open_draft, reading, slot

pytestmark = pytest.mark.django_db(transaction=True)

LOOKS: Final = [("light", PHONE), ("dark", DESKTOP)]
UNTOLD: Final = {"value": None, "reason": "nothing similar sold yet", "dropped": None}
STATES: Final[dict[str, dict[str, Any]]] = {
    "waiting": {},
    "partly": {"state": "running", "lease_until": Now(), "fields": {"title": FIELDS["title"]}},
    "filled": {"state": "done", "ended_at": Now(), "fields": FIELDS | {"price": UNTOLD}},
    "failed": {"state": "failed", "ended_at": Now(), "error_class": "timeout"},
    "stopped": {"state": "cancelled", "ended_at": Now()},
}


@pytest.fixture
def draft(transactional_db: None, media: object) -> Listing:
    return make_draft(None, **EMPTY)


@pytest.mark.parametrize(("scheme", "viewport"), LOOKS, ids=["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_a_reading(visitor: Visitor, draft: Listing, state: str, scheme: str, viewport: ViewportSize) -> None:
    reading(draft, **STATES[state])
    assert axe_findings(open_draft(visitor, draft, color_scheme=scheme, viewport=viewport)) == []


def refused(page: Page) -> None:
    """A post that lacks everything."""
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Give it a title.")


def beside(page: Page) -> None:
    """Suggestions beside what was written, a thumb given, a word asked for."""
    page.reload()
    for name in ("title", "description"):
        control(page, name).fill("Mine")
    control(page, "town").focus()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    page.reload()
    expect(slot(page, "title").get_by_role("button", name="Use")).to_be_visible()
    slot(page, "title").get_by_role("button", name="Good suggestion").click()
    expect(slot(page, "title").get_by_placeholder("A word on why, if you like")).to_be_visible()


def changed(page: Page) -> None:
    """A photo went after the reading."""
    page.locator("button[value^='remove:']").last.click()
    expect(page.get_by_role("button", name="Read the photos again")).to_be_visible()


@pytest.mark.parametrize(("scheme", "viewport"), LOOKS, ids=["light", "dark"])
@pytest.mark.parametrize("act", [refused, beside, changed])
def test_after(
    visitor: Visitor, transactional_db: None, act: Callable[[Page], None], scheme: str, viewport: ViewportSize
) -> None:
    draft = make_draft(None, photos=2, **EMPTY)
    if act is not refused:
        done(draft)
    page = open_draft(visitor, draft, color_scheme=scheme, viewport=viewport)
    act(page)
    assert axe_findings(page) == []


@pytest.mark.parametrize(("scheme", "viewport"), LOOKS, ids=["light", "dark"])
def test_the_start_and_a_refused_file(
    visitor: Visitor, settings: LazySettings, tmp_path: Path, scheme: str, viewport: ViewportSize
) -> None:
    settings.SAMPLE_PHOTOS = tmp_path
    (tmp_path / "mug.jpg").write_bytes(jpeg(2))
    (tmp_path / "notes.txt").write_bytes(b"no photo")
    page = visitor.page("/sell/", color_scheme=scheme, viewport=viewport)
    assert axe_findings(page) == []
    page.set_input_files("#id_photos", tmp_path / "notes.txt")
    expect(page.get_by_text("notes.txt is not a photo.")).to_be_visible()
    assert axe_findings(page) == []


@pytest.mark.parametrize(("scheme", "viewport"), LOOKS, ids=["light", "dark"])
def test_the_review(visitor: Visitor, draft: Listing, scheme: str, viewport: ViewportSize) -> None:
    done(draft)
    page = open_draft(visitor, draft, color_scheme=scheme, viewport=viewport)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Drafted with AI help, checked by you.")).to_be_visible()
    assert axe_findings(page) == []


def test_the_lasting_switch(visitor: Visitor, transactional_db: None) -> None:
    seller = Seller.objects.create_user("seller@example.org", "correct horse")
    EmailAddress.objects.create(user=seller, email=seller.email, verified=True, primary=True)
    page = visitor.page("/account/login/?next=/sell/preference/")
    page.locator("input[name=login]").fill(seller.email)
    page.locator("input[name=password]").fill("correct horse")
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert axe_findings(page) == []
    page.get_by_label("Write listings myself").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert not actions.wants_suggestions(seller)
