"""A report of a model in a real browser: everybody can read it, and somebody signs it."""

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from evals.models import Report
from evals.tests.answers import suggestion
from evals.tests.judged import SCORES, make_candidate, make_release, make_run
from evals.trial import Trial
from evals.upgrade.report import write
from listings.models import Seller
from trova.tests.browser import DESKTOP, PHONE, Visitor, axe_findings

pytestmark = pytest.mark.django_db(transaction=True)


def report_of_a_loss() -> Report:
    """A report of a candidate that lost a case which must pass, and one that need not."""
    with transaction.atomic():
        release = make_release()
    candidate = make_candidate()
    lost = {
        "scores": SCORES | {"category_accepted": 0.0},
        "answer": suggestion(category="books").to_json(),
    }
    right = {"scores": SCORES, "answer": suggestion().to_json()}
    keys = ("r1c000", "r1c003")
    make_run(release, wrong=dict.fromkeys(keys, right))
    make_run(release, candidate, wrong=dict.fromkeys(keys, lost))
    make_run(release, repeat_from=4, wrong={"r1c003": lost})
    return write(Trial(candidate, release), timezone.now())


def test_a_report_is_read_and_signed(visitor: Visitor, transactional_db: None) -> None:
    report = report_of_a_loss()
    client = Client()
    client.force_login(Seller.objects.create_superuser("ada@example.org", "mind it", first_name="Ada"))
    session = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
    place = reverse("admin:evals_report_change", args=[report.pk])
    found = {}
    for colours, size in (("light", DESKTOP), ("dark", PHONE)):
        page = visitor.page(place, session, color_scheme=colours, viewport=size)
        too_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        found[str(colours)] = [*visitor.troubles, *["too wide"] * too_wide, *axe_findings(page)]
        # Where a style sheet imports another, axe tries to copy it, and the policy refuses that.
        visitor.troubles.clear()
    assert found == {"light": [], "dark": []}
    page = visitor.page(place, session, java_script_enabled=False)
    page.get_by_role("link", name="not yet").click()
    page.get_by_label("What do you sign, and why?").fill(
        "It loses a case that must pass. We keep what we have."
    )
    page.get_by_role("button", name="Sign the report").click()
    expect(page.get_by_text("Signed. It moves nothing")).to_be_visible()
    expect(page.locator("blockquote")).to_have_text("It loses a case that must pass. We keep what we have.")
    expect(page.get_by_role("button", name="Sign the report")).to_have_count(0)
