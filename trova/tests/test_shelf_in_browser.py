"""The shelves by keyboard: where one is after each swap, and what is read out."""

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from listings.models import Seller
from listings.tests.cast import make_listing
from trova.tests.browser import PHONE, Visitor, axe_findings

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lamps(transactional_db: None) -> None:
    seller = Seller.objects.create_user("seller@example.org")
    for title, condition, price in (
        ("Oak lamp", "good", 5),
        ("Brass lamp", "new", 50),
        ("Iron lamp", "new", 9),
    ):
        make_listing(
            seller, title=title, condition=condition, price=Decimal(price), town="Sint-Niklaas aan de Aa"
        )
    make_listing(seller, title="An atlas", category="books", town="Ghent")


def heard(page: Page) -> str:
    """What the live region says, which must be the one that the page came with."""
    region = page.locator("#found")
    assert region.evaluate("found => found.isFirst"), "a new live region is not read out"
    return region.inner_text()


def arrive(visitor: Visitor, path: str) -> Page:
    page = visitor.page(path)
    expect(page.get_by_role("status")).to_have_text("")
    page.locator("#found").evaluate("found => { found.isFirst = true }")
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).focus()
    page.keyboard.press("Enter")


def test_the_keyboard_stays_on_the_category(visitor: Visitor, lamps: None) -> None:
    page = arrive(visitor, "/")
    press(page, "Books 1")
    expect(page).to_have_url(f"{visitor.site}/?category=books")
    expect(page.get_by_role("status")).to_have_text("1 listing")
    expect(page.get_by_role("link", name="Books 1")).to_be_focused()
    assert heard(page) == "1 listing"
    press(page, "All 4")
    expect(page.get_by_role("status")).to_have_text("4 listings")
    expect(page.get_by_role("link", name="All 4")).to_be_focused()
    assert heard(page) == "4 listings"
    assert axe_findings(page) == []


def test_the_keyboard_stays_on_what_narrows_and_takes_off_again(visitor: Visitor, lamps: None) -> None:
    page = arrive(visitor, "/?q=lamp")
    for on, off, found in (
        ("New 2", "Take off: New", "2 listings"),
        ("Sint-Niklaas aan de Aa 3", "Take off: Sint-Niklaas aan de Aa", "3 listings"),
    ):
        press(page, on)
        expect(page.get_by_role("link", name=off)).to_be_focused()
        assert heard(page) == found
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name=on)).to_be_focused()
        assert heard(page) == "3 listings"


@pytest.mark.parametrize(
    ("path", "name", "found"),
    [
        ("/?q=lamp&max_price=20", "Take off: up to", "3 listings"),
        ("/?q=lamp&condition=fair", "in any condition 3", "3 listings"),
    ],
)
def test_the_heading_has_the_keyboard_where_the_control_is_gone(
    visitor: Visitor, lamps: None, path: str, name: str, found: str
) -> None:
    page = arrive(visitor, path)
    press(page, name)
    expect(page.get_by_role("heading", level=1, name="“lamp”")).to_be_focused()
    assert heard(page) == found
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="All 3")).to_be_focused()
    assert axe_findings(page) == []


@pytest.mark.parametrize("can_move", [True, False], ids=["new browser", "older browser"])
def test_the_keyboard_stays_in_the_filters(visitor: Visitor, lamps: None, can_move: bool) -> None:
    page = arrive(visitor, "/?q=lamp")
    if not can_move:  # a browser that cannot keep the focus of what moves
        page.evaluate("delete Element.prototype.moveBefore")
    page.get_by_text("Filter and sort").click()
    page.get_by_label("Condition").focus()
    page.keyboard.press("N")
    expect(page.get_by_role("status")).to_have_text("2 listings")
    expect(page.get_by_label("Condition")).to_be_focused()
    assert heard(page) == "2 listings"


def test_without_scripts_the_count_is_read_with_the_page(visitor: Visitor, lamps: None) -> None:
    page = visitor.page("/?q=lamp", java_script_enabled=False, viewport=PHONE)
    page.get_by_role("link", name="New 2").click()
    expect(page.get_by_text("2 listings")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("")
