"""What scripts and paper make of a listing, and what another site's form may not."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import expect

from listings.models import Favourite, Listing, Seller
from listings.tests.cast import jpeg, make_listing
from trova.tests.browser import PHONE, Visitor, axe_findings
from trova.tests.test_shop_in_browser import PASSWORD, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = re.compile(rb"/Type\s*/Page\b")
ELSEWHERE = """
<form method="post" enctype="multipart/form-data" action="%s/sell/share/">
  <input type="file" name="photos"><button>Win a prize</button>
</form>"""


@pytest.fixture
def listing(transactional_db: None, media: Path) -> Listing:
    seller = Seller.objects.create_user("seller@example.org", first_name="Sanne")
    text = "Ridden to work for four years and kept in a dry shed. " * 73
    return make_listing(seller, photos=12, description=text[:4000], price=Decimal(180))


@pytest.fixture
def buyer(transactional_db: None) -> Seller:
    buyer = Seller.objects.create_user("buyer@example.org", PASSWORD)
    EmailAddress.objects.create(user=buyer, email=buyer.email, verified=True, primary=True)
    return buyer


def test_a_heart_is_kept_through_signing_in_and_turns_where_it_stands(
    visitor: Visitor, listing: Listing, buyer: Seller
) -> None:
    page = visitor.page(viewport=PHONE)
    heart = page.get_by_role("button", name="Favourite: Desk lamp, brass")
    heart.click()
    expect(page.get_by_text("Sign in, and “Desk lamp, brass” is among your favourites.")).to_be_visible()
    sign_in(page, visitor.site, buyer)
    page.goto(f"{visitor.site}/my/favourites/")
    expect(heart).to_have_attribute("aria-pressed", "true")
    assert axe_findings(page) == []
    heart.click()
    expect(heart).to_have_attribute("aria-pressed", "false")
    assert page.url.endswith("/my/favourites/")
    assert not Favourite.objects.exists()


def test_the_fullest_listing_prints_on_one_page_and_its_data_runs_nothing(
    visitor: Visitor, listing: Listing
) -> None:
    page = visitor.page(listing.get_absolute_url())
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    assert axe_findings(page) == []
    page.evaluate("window.print = () => { document.title = 'printed' }")
    page.get_by_role("button", name="Print").click()
    page.wait_for_function("document.title === 'printed'")
    assert len(PAGES.findall(page.pdf(format="A4"))) == 1
    page.emulate_media(media="print")
    expect(page.get_by_text(f"http://localhost:8000{listing.get_absolute_url()}")).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_be_hidden()


def test_a_form_of_another_site_shares_nothing(visitor: Visitor, transactional_db: None) -> None:
    page = visitor.page()
    page.goto("about:blank")
    page.set_content(ELSEWHERE % visitor.site)
    page.locator("input").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    with page.expect_response("**/sell/share/") as answer:
        page.get_by_role("button", name="Win a prize").click()
    assert answer.value.status == 403
    assert not Listing.objects.exists()
    assert "unit" not in {cookie["name"] for cookie in page.context.cookies() if "name" in cookie}
