"""The shop in a real browser: what scripts add, what works without them, and that everybody can use it."""

import os
from decimal import Decimal

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Page, expect

from listings.cursor import PAGE_SIZE
from listings.models import Listing, Seller, Status
from listings.tests.cast import make_draft, make_listing, minutes_ago, shelve
from trova.tests.browser import DESKTOP, PHONE, Visitor, axe_findings

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = os.urandom(12).hex()


@pytest.fixture
def seller(transactional_db: None) -> Seller:
    seller = Seller.objects.create_user("seller@example.org", PASSWORD, first_name="Sanne")
    EmailAddress.objects.create(user=seller, email=seller.email, verified=True, primary=True)
    return seller


def sign_in(page: Page, site: str, seller: Seller) -> None:
    page.goto(f"{site}/account/login/")
    page.get_by_label("Email").fill(seller.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_title("Your account")).to_be_visible()


def test_show_more_puts_the_next_cards_behind_the_last(visitor: Visitor, seller: Seller) -> None:
    shelve(seller, minutes_ago(PAGE_SIZE + 3))
    page = visitor.page("/?category=books")
    expect(page.locator(".card")).to_have_count(PAGE_SIZE)
    page.get_by_role("link", name="Show more").click()
    expect(page.locator(".card")).to_have_count(PAGE_SIZE + 3)
    expect(page.get_by_role("link", name=f"Book {PAGE_SIZE + 1}", exact=True)).to_be_focused()
    expect(page.get_by_role("link", name="Show more")).to_have_count(0)


def test_show_more_is_a_link_without_scripts(visitor: Visitor, seller: Seller) -> None:
    shelve(seller, minutes_ago(PAGE_SIZE + 3))
    page = visitor.page("/", java_script_enabled=False)
    page.get_by_role("link", name="Show more").click()
    expect(page.locator(".card")).to_have_count(3)
    page.get_by_role("link", name="Back to the newest").click()
    expect(page.locator(".card")).to_have_count(PAGE_SIZE)


def test_filters_work_where_they_are_and_stay_open(visitor: Visitor, seller: Seller) -> None:
    for title, condition in (("Oak lamp", "good"), ("Brass lamp", "new"), ("Table", "new")):
        make_listing(seller, title=title, condition=condition)
    page = visitor.page("/")
    page.get_by_label("What are you looking for?").fill("lamp")
    page.keyboard.press("Enter")
    expect(page.locator(".card")).to_have_count(2)
    page.get_by_text("Filter and sort").click()
    page.get_by_label("Condition").select_option("new")
    expect(page.locator(".card-title")).to_have_text(["Brass lamp"])
    expect(page).to_have_url(f"{visitor.site}/?q=lamp&condition=new")
    expect(page.get_by_label("Condition")).to_be_visible()
    page.get_by_role("link", name="Take off: New").click()
    expect(page.locator(".card")).to_have_count(2)
    expect(page).to_have_url(f"{visitor.site}/?q=lamp")
    page.go_back()
    expect(page.locator(".card-title")).to_have_text(["Brass lamp"])


def test_filters_are_a_form_without_scripts(visitor: Visitor, seller: Seller) -> None:
    for title, price in (("Oak lamp", 5), ("Brass lamp", 50)):
        make_listing(seller, title=title, price=Decimal(price))
    page = visitor.page("/?q=lamp", java_script_enabled=False, viewport=PHONE)
    page.get_by_text("Filter and sort").click()
    page.get_by_label("Price up to").fill("20,00")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".card-title")).to_have_text(["Oak lamp"])


def expect_photo(page: Page, number: int) -> None:
    expect(page.locator(".gallery-thumbs a").nth(number - 1)).to_have_attribute("aria-current", "true")
    expect(page.locator(".gallery-thumbs a[aria-current]")).to_have_count(1)
    strip = page.locator(".gallery-strip > li").nth(number - 1)
    expect(strip).to_be_in_viewport(ratio=0.9)


def test_keys_and_thumbnails_move_the_photos(visitor: Visitor, seller: Seller) -> None:
    listing = make_listing(seller, photos=3)
    page = visitor.page(listing.get_absolute_url(), reduced_motion="reduce")
    expect_photo(page, 1)
    page.keyboard.press("ArrowRight")
    expect_photo(page, 2)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect_photo(page, 1)
    page.get_by_role("link", name="Show photo 3").click()
    expect_photo(page, 3)


def test_dark_and_light_are_kept_without_scripts(visitor: Visitor, transactional_db: None) -> None:
    page = visitor.page("/about/", java_script_enabled=False, color_scheme="light")
    page.get_by_role("button", name="Dark colours").click()
    expect(page).to_have_url(f"{visitor.site}/about/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("body")).to_have_css("color", "rgb(244, 239, 231)")
    page.get_by_role("button", name="Light colours").click()
    expect(page.locator("body")).to_have_css("color", "rgb(29, 27, 24)")
    page.get_by_role("button", name="Use the device’s colours").click()
    expect(page.locator("html")).not_to_have_attribute("data-theme", "light")


def test_the_account_menu_opens_without_scripts(visitor: Visitor, seller: Seller) -> None:
    page = visitor.page("/", java_script_enabled=False, viewport=PHONE)
    sign_in(page, visitor.site, seller)
    page.get_by_title("Your account").click()
    page.get_by_role("link", name="My listings").click()
    expect(page.get_by_role("heading", name="You have nothing for sale")).to_be_visible()
    page.get_by_title("Your account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def test_a_seller_marks_and_deletes_without_scripts(visitor: Visitor, seller: Seller) -> None:
    make_listing(seller)
    page = visitor.page("/", java_script_enabled=False)
    sign_in(page, visitor.site, seller)
    page.goto(f"{visitor.site}/my/listings/")
    page.get_by_role("button", name="Mark reserved").click()
    expect(page.get_by_text("is marked reserved")).to_be_visible()
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("is deleted.")).to_be_visible()
    assert not Listing.objects.exists()


def test_a_seller_changes_what_is_hidden_and_asks_to_look_again_without_scripts(
    visitor: Visitor, seller: Seller
) -> None:
    make_listing(seller, status=Status.HIDDEN)
    page = visitor.page("/", java_script_enabled=False, viewport=PHONE)
    sign_in(page, visitor.site, seller)
    page.goto(f"{visitor.site}/my/listings/")
    expect(page.get_by_text("This is not allowed here.")).to_be_visible()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Title").fill("A lamp of my own")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Hidden from buyers.")).to_be_visible()
    page.get_by_role("link", name="Ask us to look again").click()
    page.get_by_label("In your words").fill("The lamp is mine.")
    page.get_by_role("button", name="Ask us to look again").click()
    expect(page.get_by_text("A person will look at your listing again.")).to_be_visible()
    page.get_by_role("link", name="Your listing").click()
    expect(page.get_by_role("heading", name="A lamp of my own")).to_be_visible()
    expect(page.get_by_role("link", name="You asked us to look again")).to_be_visible()


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_everybody_can_use_every_page(
    visitor: Visitor, seller: Seller, size: dict[str, int], colours: str
) -> None:
    live = make_listing(seller, photos=2, title="Donaudampfschiff" * 5)  # no place to break it
    others = [make_listing(seller, status=status) for status in (Status.RESERVED, Status.SOLD, Status.HIDDEN)]
    draft = make_draft(seller)
    page = visitor.page("/", viewport=size, color_scheme=colours)
    seen = [
        "/",
        "/?category=books",
        "/?q=lamp&town=Ghent",
        "/?q=zzz",
        live.get_absolute_url(),
        "/about/",
        "/privacy/",
        "/nowhere/",
    ]
    seen += ["/account/login/code/", "/account/login/", "/my/drafts/"]
    found = {path: findings_on(page, visitor.site + path) for path in seen}
    sign_in(page, visitor.site, seller)
    seen = [listing.get_absolute_url() for listing in (*others, draft)]
    seen += ["/my/listings/", "/my/drafts/", "/my/account/", "/my/api/", "/my/account/delete/"]
    seen += [f"/listings/{live.pk}/delete/", f"/listings/{others[-1].pk}/appeal/"]
    seen += ["/account/email/", "/account/2fa/", "/account/password/change/"]
    found |= {path: findings_on(page, visitor.site + path) for path in seen}
    assert {path: findings for path, findings in found.items() if findings} == {}


def findings_on(page: Page, url: str) -> list[str]:
    """What axe says of this page, and whether it is wider than its window."""
    page.goto(url)
    is_wider = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return axe_findings(page) + ["wider than the window"] * is_wider
