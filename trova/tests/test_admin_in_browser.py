"""The admin in a real browser: nothing it shows is refused by the policy, and everybody can use it."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from aiprefill.models import PrefillJob, Purpose
from aiprefill.tests.desk import History, history
from aiprefill.tests.provider_server import ProviderServer
from listings.models import Seller
from trova.tests.browser import DESKTOP, PHONE, Visitor, axe_findings
from trova.tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)

JOBS = "/admin/aiprefill/prefilljob/"


@pytest.fixture
def past(provider: ProviderServer, media: object, transactional_db: None) -> History:
    return history(provider, Seller.objects.create_user("seller@example.org", first_name="Sanne"))


@pytest.fixture
def session(transactional_db: None) -> dict[str, str]:
    """The administrator's cookies."""
    client = Client()
    client.force_login(Seller.objects.create_superuser("ada@example.org", "mind it", first_name="Ada"))
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


def read_pages(past: History) -> list[str]:
    """The pages that people live in."""
    return [
        "/admin/",
        JOBS,
        f"{JOBS}?view=failed&q=nothing",
        f"{JOBS}{past.kept.pk}/change/",
        f"/admin/aiprefill/promptversion/{past.second.pk}/change/",
        reverse("admin:aiprefill_copy_version", args=[past.second.pk]),
        reverse("admin:aiprefill_throw_switch"),
    ]


def every_page() -> Iterator[str]:
    """Each model's list, and the page of one of its rows."""
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        row = model._default_manager.first()
        if row is not None:
            yield reverse(f"{name}_change", args=[row.pk])


def test_everybody_can_use_the_pages_that_people_live_in(
    visitor: Visitor, past: History, session: dict[str, str]
) -> None:
    found = {}
    for colours, size in (("light", DESKTOP), ("dark", PHONE)):
        page = visitor.page("/admin/", session, color_scheme=colours, viewport=size)
        for path in read_pages(past):
            page.goto(visitor.site + path)
            found[f"{path} {colours}"] = findings(visitor, page)
    assert {path: findings for path, findings in found.items() if findings} == {}


def test_no_page_is_refused_by_the_policy(visitor: Visitor, past: History, session: dict[str, str]) -> None:
    page = visitor.page("/admin/", session)
    for path in every_page():
        response = page.goto(visitor.site + path)
        assert response
        assert response.status == 200
    assert visitor.troubles == []


def findings(visitor: Visitor, page: Page) -> list[str]:
    """What is wrong with the page: refused by the policy, found by axe, or wider than its window."""
    found = [*visitor.troubles, *["too wide"] * is_too_wide(page)]
    found += axe_findings(page)
    # Where a style sheet imports another, axe tries to copy it into the page, and the policy refuses that.
    visitor.troubles.clear()
    return found


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def test_keys_walk_the_list_and_the_jobs(visitor: Visitor, past: History, session: dict[str, str]) -> None:
    page = visitor.page(f"{JOBS}?state__exact=done", session)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("#result_list tbody tr").nth(1).get_by_role("link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Deleted listing")).to_be_visible()
    page.keyboard.press("k")
    page.wait_for_url(f"**{JOBS}{past.empty.pk}/change/**")
    page.get_by_label("Run this job's photos with").focus()
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile(str(past.empty.pk)))


def test_a_lab_job_is_followed_to_its_end(
    visitor: Visitor, past: History, session: dict[str, str], worker: None
) -> None:
    page = visitor.page(f"{JOBS}{past.kept.pk}/change/", session)
    page.get_by_label("Run this job's photos with").select_option(str(past.second.pk))
    page.get_by_role("button", name="Run in the lab").click()
    until(lambda: PrefillJob.objects.filter(purpose=Purpose.LAB, state="done").exists())
    expect(page.locator(".facts .word-done").first).to_be_visible()
    expect(page.get_by_role("heading", name=f"Changed since v{past.second.copied_from_id}")).to_be_visible()
    expect(page.locator(".difference del").first).to_be_visible()
