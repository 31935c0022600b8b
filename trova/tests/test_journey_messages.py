"""A buyer on a phone writes before signing in; the seller answers; a reload is not needed to read it."""

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from playwright.sync_api import expect

from listings.models import Mail, Seller
from listings.tests.cast import make_listing
from trova.tests.browser import PHONE, Visitor, axe_findings
from trova.tests.selling import sign_in_by_code

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_contact_to_answer(visitor: Visitor, settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = "listings.mail.OutboxBackend"
    cache.clear()
    seller = Seller.objects.create_user("seller@example.org", first_name="Sanne")
    listing = make_listing(seller, description="Works. " * 300)
    page = visitor.page(f"/listings/{listing.pk}/", viewport=PHONE)
    contact = page.get_by_role("link", name="Contact seller")
    expect(contact).to_be_in_viewport()  # below a long text, at the foot of the screen
    # Nothing is wider than the narrowest phone.
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.set_viewport_size(PHONE)
    page.clock.install()  # so that nobody waits for the page's next look
    contact.click()
    page.get_by_label("Your message").fill("Is it still there?")
    assert axe_findings(page) == []
    page.get_by_role("button", name="Send message").click()
    expect(page.get_by_text("Your message is kept.")).to_be_visible()
    sign_in_by_code(page, "buyer@example.org")
    expect(page.get_by_text("Signed in. Your message is sent.")).to_be_visible()
    expect(page.locator(".message-mine")).to_contain_text("Is it still there?")
    assert axe_findings(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320

    theirs = visitor.page("/account/login/code/?next=/messages/", viewport=PHONE, color_scheme="dark")
    sign_in_by_code(theirs, seller.email)
    expect(theirs.locator(".inbox-row")).to_contain_text("Is it still there?")
    assert axe_findings(theirs) == []
    theirs.get_by_role("link", name="The buyer").click()
    theirs.get_by_label("Your message").fill("Yes. Pay my courier in advance, call 0470 12 34 56.")
    theirs.get_by_role("button", name="Send", exact=True).click()
    expect(theirs.locator(".message-mine")).to_contain_text("You gave a number")
    assert axe_findings(theirs) == []

    page.clock.fast_forward(11_000)
    expect(page.locator(".message:not(.message-mine)")).to_contain_text("Yes.")
    expect(page.locator(".caution")).to_have_count(2)
    page.get_by_text("Trouble?").click()
    page.get_by_role("link", name="Report this conversation").click()
    page.get_by_label("It looks like a scam").check()
    assert axe_findings(page) == []
    page.get_by_role("button", name="Report").click()
    expect(page.get_by_text("Your report is with us")).to_be_visible()
    assert axe_findings(page) == []
    assert Mail.objects.filter(subject__startswith="New message").count() == 2
