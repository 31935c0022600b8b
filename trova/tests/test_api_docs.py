"""The API's description, looked at and tried in a browser, under the policy of every page."""

from playwright.sync_api import expect

from listings.models import Seller
from listings.tests.cast import make_listing
from trova.tests.browser import Visitor, axe_findings


def test_the_description_is_read_and_tried(visitor: Visitor) -> None:
    make_listing(Seller.objects.create_user("seller@example.org"))
    page = visitor.page("/api/docs", color_scheme="dark")
    expect(page.locator(".opblock")).to_have_count(5)
    assert axe_findings(page) == []
    light = visitor.page("/api/docs", color_scheme="light")
    expect(light.locator(".opblock")).to_have_count(5)
    assert axe_findings(light) == []
    assert page.evaluate("document.documentElement.className") == "dark-mode"
    page.locator(".opblock-summary-control").first.click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table .response-col_status").last).to_contain_text("200")
    expect(page.locator(".live-responses-table")).to_contain_text("Desk lamp, brass")
