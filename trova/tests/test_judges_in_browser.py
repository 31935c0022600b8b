"""A judge among the metrics in a real browser: its agreement with people, its reasons beside the flips."""

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from evals import margins
from evals.admin import comparing
from evals.gate import gate
from evals.margins import parse_margins
from evals.models import Verdict
from evals.tests.judged import make_candidate, make_release
from evals.tests.judges import MODE, make_judged, make_known, naming
from evals.trial import Trial
from listings.models import Seller
from trova.tests.browser import DESKTOP, PHONE, Visitor, axe_findings

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def verdict(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Verdict:
    """Of a candidate that fails by the judge, which has a margin."""
    told = parse_margins(naming(MODE, 0.12))
    monkeypatch.setattr(margins, "_read", lambda: told)
    with transaction.atomic():
        make_known()
        release = make_release()
    candidate = make_candidate()
    lost = sorted(release.cases.values_list("key", flat=True))[1:13]
    make_judged(release), make_judged(release, candidate, lost)
    return gate(Trial(candidate, release))[0]


def test_a_judge_is_read_in_a_verdict_and_in_its_comparison(visitor: Visitor, verdict: Verdict) -> None:
    assert verdict.baseline_run
    assert verdict.candidate_run
    places = {
        "verdict": reverse("admin:evals_verdict_change", args=[verdict.pk]),
        "flips": f"{comparing.address(verdict.baseline_run, verdict.candidate_run)}&metric=judge:{MODE}",
    }
    client = Client()
    client.force_login(Seller.objects.create_superuser("ada@example.org", "mind it", first_name="Ada"))
    session = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
    found = {}
    for name, place in places.items():
        for colours, size in (("light", DESKTOP), ("dark", PHONE)):
            page = visitor.page(place, session, color_scheme=colours, viewport=size)
            expect(page.get_by_text("Does the title or the description claim").first).to_be_visible()
            too_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            found[f"{name}, {colours}"] = [*visitor.troubles, *["too wide"] * too_wide, *axe_findings(page)]
            # Where a style sheet imports another, axe tries to copy it, and the policy refuses that.
            visitor.troubles.clear()
    assert {name: told for name, told in found.items() if told} == {}
    expect(page.get_by_text("The judge: Words of the judge.")).to_have_count(24)
