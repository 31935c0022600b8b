"""Labelling in a real browser: by keys, with scripts off, on a phone, for everybody."""

from pathlib import Path
from typing import Final

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from aiprefill.tests.provider_server import ProviderServer
from evals.models import EvalRun, JudgeLabel
from evals.tests.judges import MODE, finding, scripted
from evals.tests.running import make_release, order, performed
from listings.models import Seller
from trova.tests.browser import DESKTOP, PHONE, Visitor, axe_findings

pytestmark = pytest.mark.django_db(transaction=True)

TOO_WIDE: Final = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def run(tmp_path: Path, media: Path, provider: ProviderServer, transactional_db: None) -> EvalRun:
    provider.script.answers = scripted(
        lambda picture: f"A cable, {picture[:8]}.", lambda _text: finding(True)
    )
    return performed(order(make_release(tmp_path / "cases", count=4), repeats=1))


@pytest.fixture
def session(transactional_db: None) -> dict[str, str]:
    client = Client()
    client.force_login(Seller.objects.create_superuser("ada@example.org", "mind it", first_name="Ada"))
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


def labelling(run: EvalRun) -> str:
    return reverse("admin:evals_label", args=[run.pk, MODE])


def press(page: Page, key: str) -> None:
    """Press a key that leads to the next page, and wait until its scripts listen."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_answers_are_labelled_by_keys(visitor: Visitor, run: EvalRun, session: dict[str, str]) -> None:
    page = visitor.page(f"/admin/evals/evalrun/{run.pk}/change/", session)
    with page.expect_navigation():
        page.get_by_role("link", name="Label answers of this run").click()
    picture = page.get_by_role("img", name="Photo 1")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 0
    first = page.locator("[name=result]").input_value()
    press(page, "s")
    expect(page.locator("[name=result]")).not_to_have_value(first)
    press(page, "p")
    expect(page.get_by_text("1 of 4 answers")).to_be_visible()
    why = page.get_by_label("Why, in a word")
    why.focus()
    page.keyboard.type("fp says")  # letters in the field press no button
    with page.expect_navigation():
        page.get_by_role("button", name="Yes, it fails").click()
    expect(page.get_by_text("2 of 4 answers")).to_be_visible()
    press(page, "f")
    expect(page.get_by_text("3 of 4 answers")).to_be_visible()
    expect(page.locator("[name=result]")).to_have_value(first)  # what was skipped comes last
    with page.expect_navigation():
        page.get_by_role("link", name="Correct it").click()
    press(page, "p")
    expect(page.locator(".labelling .word-done")).to_have_text("passes")
    expect(page.get_by_text("3 of 4 answers")).to_be_visible()
    said = list(JudgeLabel.objects.order_by("pk").values_list("fails", "why"))
    assert said == [(False, ""), (True, "fp says"), (True, ""), (False, "")]
    assert JudgeLabel.objects.in_force().count() == 3


def test_it_works_without_scripts(visitor: Visitor, run: EvalRun, session: dict[str, str]) -> None:
    page = visitor.page(labelling(run), session, java_script_enabled=False)
    page.get_by_role("button", name="Yes, it fails").click()
    page.get_by_role("button", name="No, it passes").click()
    page.get_by_role("button", name="Skip").click()
    expect(page.get_by_text("2 of 4 answers")).to_be_visible()


def test_everybody_can_label(visitor: Visitor, run: EvalRun, session: dict[str, str]) -> None:
    found = {}
    for colours, size in (("light", DESKTOP), ("dark", DESKTOP), ("light", PHONE), ("dark", PHONE)):
        page = visitor.page(labelling(run), session, color_scheme=colours, viewport=size)
        for path in (labelling(run), f"/admin/evals/evalrun/{run.pk}/change/"):
            page.goto(visitor.site + path)
            wrong = [*visitor.troubles, *["too wide"] * bool(page.evaluate(TOO_WIDE)), *axe_findings(page)]
            # Where a style sheet imports another, axe tries to copy it into the page; the policy refuses.
            visitor.troubles.clear()
            found[f"{path} {colours} {size['width']}"] = wrong
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
