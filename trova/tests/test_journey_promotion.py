"""The loop on screen: two versions are run, compared, judged, one is promoted, and taken back."""

import re
from dataclasses import replace
from typing import Final

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from playwright.sync_api import Page, expect

from aiprefill.public import (
    PRODUCTION,
    LabelMove,
    MoveKind,
    PromptVersion,
    create_version,
    label_version,
    move_label,
)
from aiprefill.tests.provider_server import ProviderServer
from evals import datasets, runner
from evals.datasets.synthetic import expectations, make_cases
from evals.models import Release, Verdict
from evals.scripted.model import Scripted
from listings.models import Seller
from trova.tests.browser import DESKTOP, PHONE, Visitor, axe_findings

pytestmark = pytest.mark.django_db(transaction=True)

CASES: Final = 50
PASSWORD: Final = "correct horse"
BEFORE: Final = "scripted: seed=1 case.category=.20 case.title=.10"
AFTER: Final = "scripted: seed=1 case.category=.08 case.condition=.03"


@pytest.fixture
def release(media: object, provider: ProviderServer, transactional_db: None) -> Release:
    """Cases under the wide margins of the demo, and a model that knows them."""
    release = datasets.release(make_cases(CASES, seed=1, name="demo", must_pass=1))
    provider.script.answers = Scripted(expectations(datasets.with_files(release.cases.all())))
    return release


def version(rates: str, note: str) -> PromptVersion:
    """Production's words, with what the scripted model errs."""
    spec = label_version(PRODUCTION).spec
    rest = re.sub(r"\nscripted:.*", "", spec.instructions)
    return create_version(replace(spec, instructions=f"{rest}\n{rates}"), note)


@pytest.fixture
def administrator(transactional_db: None) -> Seller:
    ada = Seller.objects.create_superuser("ada@example.org", PASSWORD, first_name="Ada")
    EmailAddress.objects.create(user=ada, email=ada.email, verified=True, primary=True)
    return ada


def signed_in(visitor: Visitor, seller: Seller, path: str) -> Page:
    """A page of the admin, past the door."""
    page = visitor.page(f"/account/login/?next={path}")
    page.locator("input[name=login]").fill(seller.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"**{path}")
    return page


def says(page: Page, words: str) -> None:
    expect(page.locator(".messagelist")).to_contain_text(words)


class Readers:
    """Two more windows of the same person: at a desk by day, and on a phone by night."""

    def __init__(self, visitor: Visitor, page: Page) -> None:
        self.visitor = visitor
        looks = ((DESKTOP, "light"), (PHONE, "dark"))
        cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
        self.pages = [
            visitor.page("/admin/", cookies, viewport=size, color_scheme=colours) for size, colours in looks
        ]

    def trouble(self, address: str) -> list[str]:
        """What keeps them from using the page at that address."""
        found = []
        for page in self.pages:
            page.goto(address)
            found += self.visitor.troubles
            found += axe_findings(page)
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                found.append("too wide")
            # Where a style sheet imports another, axe tries to copy it in, and the policy refuses that.
            self.visitor.troubles.clear()
        return found


def test_the_loop_from_two_runs_to_production_and_back(
    visitor: Visitor, release: Release, administrator: Seller
) -> None:
    standing = version(BEFORE, "What stands in production")
    move_label(PRODUCTION, standing, MoveKind.BOOTSTRAP, "To begin with.")
    candidate = version(AFTER, "Fewer errors")
    page = signed_in(visitor, administrator, f"/admin/aiprefill/promptversion/{candidate.pk}/change/")
    readers = Readers(visitor, page)
    wrong = {}

    page.get_by_role("link", name=f"Where v{candidate.pk} stands").click()
    expect(page.locator(".needs .word")).to_have_text(["missing", "missing"])
    wrong["nothing yet"] = readers.trouble(page.url)
    page.get_by_role("button", name="Queue what is missing").click()
    says(page, "Waiting for a worker")
    while runner.perform_next():
        pass
    page.reload()
    expect(page.locator(".needs .word")).to_have_text(["there", "there"])

    page.get_by_role("button", name="Ask the gate").click()
    says(page, "pass")
    wrong["passed"] = readers.trouble(page.url)
    page.get_by_role("link", name=f"#{Verdict.objects.get().pk}", exact=True).first.click()
    expect(page.get_by_role("heading", name="The scores that decided")).to_be_visible()
    wrong["verdict"] = readers.trouble(page.url)

    page.get_by_role("link", name="Compare both runs").click()
    expect(page.locator(".diff .new")).to_contain_text([AFTER])
    expect(page.locator(".diff .gone")).to_contain_text([BEFORE])
    expect(page.get_by_role("heading", name="Regressed")).to_be_visible()
    assert page.locator(".flip img").count() > 0
    wrong["compared"] = readers.trouble(page.url)
    page.get_by_role("navigation", name="Metric").get_by_role("link", name="category accepted").click()
    expect(page.get_by_role("heading", name="Improved")).to_be_visible()
    expect(page.locator(".flip del").first).to_be_visible()

    page.get_by_role("link", name=f"Where {candidate} stands").click()
    page.get_by_role("button", name="Promote to production").click()
    says(page, f"Production is now {candidate}.")
    assert label_version(PRODUCTION) == candidate
    wrong["promoted"] = readers.trouble(page.url)
    row = page.locator("form.back").filter(has_text=str(standing))
    row.get_by_label("Why").fill("To show the way back.")
    row.get_by_role("button", name=f"Roll back to v{standing.pk}").click()
    says(page, f"Production is again {standing}.")
    newest = LabelMove.objects.filter(label=PRODUCTION).first()
    assert newest
    assert (newest.version, newest.kind, newest.who) == (standing, "rollback", administrator)
    page.goto(visitor.site + reverse("admin:evals_verdict_changelist"))
    wrong["verdicts"] = readers.trouble(page.url)
    assert {name: found for name, found in wrong.items() if found} == {}
