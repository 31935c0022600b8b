"""The form pages in a browser, with scripts: uploads, order, a draft that saves itself, two windows."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from listings import actions, rules
from listings.models import Listing, Seller, Status
from listings.tests.cast import jpeg, make_draft

pytestmark = pytest.mark.django_db(transaction=True)

WATCH = """
window.__csp = [];
document.addEventListener("securitypolicyviolation", (e) => __csp.push([e.effectiveDirective, e.blockedURI]));
"""


@pytest.fixture
def context(browser: Browser, live_server: Any, seller: Seller) -> Iterator[BrowserContext]:
    """The seller's browser, signed in; no page of it may break the content policy."""
    client = Client()
    client.force_login(seller)
    context = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 800})
    name = django_settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    context.add_init_script(WATCH)
    yield context
    violations = [page.evaluate("window.__csp") for page in context.pages]
    context.close()
    assert not any(violations)


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def photo(tmp_path: Path) -> Callable[[int], Path]:
    """A picture on the visitor's disk."""

    def write(number: int) -> Path:
        file = tmp_path / f"photo-{number}.jpg"
        file.write_bytes(jpeg(number))
        return file

    return write


def address(draft: Listing) -> str:
    return f"/listings/{draft.pk}/edit/"


def saved(page: Page) -> None:
    """Wait until the page says that all is stored."""
    expect(page.locator("[data-saved]")).to_have_text("Saved")


def test_several_photos_begin_one_draft(page: Page, photo: Callable[[int], Path]) -> None:
    page.goto("/listings/new/")
    page.get_by_label("Choose photos").set_input_files([photo(0), photo(1), photo(2)])
    page.wait_for_url(re.compile("/edit/$"))
    expect(page.locator(".album-item")).to_have_count(3)
    assert Listing.objects.get().photos.count() == 3


def test_a_refused_file_says_why_and_keeps_the_others(
    page: Page, photo: Callable[[int], Path], tmp_path: Path
) -> None:
    wrong = tmp_path / "notes.txt"
    wrong.write_text("hello")
    page.goto("/listings/new/")
    page.get_by_label("Choose photos").set_input_files([photo(0), wrong, photo(1)])
    expect(page.locator(".upload.is-wrong")).to_contain_text("notes.txt is not a photo.")
    expect(page.locator(".upload")).to_have_count(3)
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".album-item")).to_have_count(2)


def test_an_upload_can_be_cancelled_and_one_that_got_lost_sent_again(
    page: Page, photo: Callable[[int], Path]
) -> None:
    page.goto("/listings/new/")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/listings/new/", hold)
    page.get_by_label("Choose photos").set_input_files([photo(0), photo(1)])
    expect(page.locator(".upload-words").nth(1)).to_have_text("Waiting")
    page.get_by_role("button", name="Cancel").nth(1).click()
    expect(page.locator(".upload")).to_have_count(1)
    held[0].abort()
    expect(page.locator(".upload.is-wrong")).to_contain_text("the connection is down")
    assert not Listing.objects.exists()
    page.unroute("**/listings/new/")
    page.get_by_role("button", name="Try again").click()
    page.wait_for_url(re.compile("/edit/$"))
    assert Listing.objects.get().photos.count() == 1


def test_photos_can_be_dropped(page: Page, seller: Seller) -> None:
    draft = make_draft(seller, photos=1)
    page.goto(address(draft))
    data = page.evaluate_handle(
        """(bytes) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(bytes)], "dropped.jpg", { type: "image/jpeg" }));
          return data;
        }""",
        list(jpeg(7)),
    )
    page.dispatch_event("#photos", "drop", {"dataTransfer": data})
    expect(page.locator(".album-item")).to_have_count(2)
    expect(page.locator(".upload")).to_have_count(0)


def test_order_cover_and_removal_keep_what_is_typed_and_the_focus(page: Page, seller: Seller) -> None:
    draft = make_draft(seller, photos=3)
    first, second, third = draft.photos.values_list("pk", flat=True)
    page.goto(address(draft))
    page.locator("#id_town").fill("Bruges")
    page.locator(f"#later-{first}").press("Enter")
    expect(page.locator(".album-item").nth(1).locator(f"#later-{first}")).to_be_focused()
    page.locator(f"#cover-{third}").click()
    expect(page.locator(".album-item").first.locator(f"#remove-{third}")).to_be_visible()
    page.locator(f"#remove-{second}").click()
    expect(page.locator(".album-item")).to_have_count(2)
    assert list(draft.photos.values_list("pk", flat=True)) == [third, first]
    expect(page.locator("#id_town")).to_have_value("Bruges")


def test_a_draft_saves_itself_when_a_field_is_left(page: Page, seller: Seller) -> None:
    draft = make_draft(seller)
    page.goto(address(draft))
    page.locator("#id_title").fill("Brass lamp")
    page.locator("#id_title").press("Tab")
    saved(page)
    assert Listing.objects.get().title == "Brass lamp"
    page.locator("#id_price").fill("a bargain")
    page.locator("#id_price").press("Tab")
    expect(page.locator("#id_price_error")).to_contain_text("Write the price as a number of euros")
    page.locator("#id_price").fill("7,5")
    page.locator("#id_price").press("Tab")
    expect(page.locator("#id_price_error")).to_have_count(0)
    saved(page)
    assert str(Listing.objects.get().price) == "7.50"


def test_offline_text_stays_and_is_saved_when_the_line_is_back(
    page: Page, context: BrowserContext, seller: Seller
) -> None:
    draft = make_draft(seller)
    page.goto(address(draft))
    context.set_offline(True)
    page.locator("#id_title").fill("Brass lamp")
    page.locator("#id_title").press("Tab")
    expect(page.locator("[data-trouble]")).to_contain_text("Not saved yet")
    context.set_offline(False)
    saved(page)
    expect(page.locator("[data-trouble]")).to_be_hidden()
    assert Listing.objects.get().title == "Brass lamp"


def test_an_answer_that_got_lost_is_no_conflict_with_oneself(page: Page, seller: Seller) -> None:
    draft = make_draft(seller)
    page.goto(address(draft))

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/edit/", lose, times=1)
    page.locator("#id_title").fill("Brass lamp")
    page.locator("#id_title").press("Tab")
    expect(page.locator("[data-trouble]")).to_be_visible()
    page.locator("#id_title").fill("Brass lamp, old")
    page.locator("#id_title").press("Tab")
    expect(page.locator("[name=initial-title]")).to_have_value("Brass lamp, old")
    expect(page.locator("[data-theirs]")).to_have_count(0)
    assert Listing.objects.get().title == "Brass lamp, old"


def test_two_windows_merge_and_show_both_values(context: BrowserContext, seller: Seller) -> None:
    draft = make_draft(seller)
    one, two = context.new_page(), context.new_page()
    for window in (one, two):
        window.goto(address(draft))
    one.locator("#id_title").fill("Brass lamp")
    one.locator("#id_town").fill("Bruges")
    one.locator("#id_town").press("Tab")
    saved(one)
    two.locator("#id_title").fill("Lamp of brass")
    two.locator("#id_title").press("Tab")
    expect(two.locator("[data-theirs] q")).to_have_text("Brass lamp")
    expect(two.locator("#id_town")).to_have_value("Bruges")
    two.locator("#id_description").fill("Something else.")
    two.locator("#id_description").press("Tab")
    expect(two.locator("[name=initial-description]")).to_have_value("Something else.")
    assert Listing.objects.get().title == "Brass lamp"
    two.get_by_role("button", name="Use that").click()
    expect(two.locator("#id_title")).to_have_value("Brass lamp")
    two.locator("#id_title").fill("Lamp, brass")
    two.locator("#id_title").press("Tab")
    expect(two.locator("[name=initial-title]")).to_have_value("Lamp, brass")
    assert Listing.objects.get().title == "Lamp, brass"


def test_one_s_own_text_can_be_kept(page: Page, seller: Seller) -> None:
    draft = make_draft(seller)
    page.goto(address(draft))
    actions.save_fields(draft, draft.revision, {"category": "books"}, ["category"])
    page.locator("#id_category").select_option("sports")
    page.locator("#id_category").press("Tab")
    expect(page.locator("[data-theirs] q")).to_have_text("Books")
    page.get_by_role("button", name="Keep mine").click()
    saved(page)
    assert rules.values_of(Listing.objects.get())["category"] == "sports"


def test_a_session_that_ended_keeps_the_text_on_the_page(
    page: Page, context: BrowserContext, seller: Seller, photo: Callable[[int], Path]
) -> None:
    page.goto("/listings/new/")
    page.get_by_label("Choose photos").set_input_files(photo(0))
    page.wait_for_url(re.compile("/edit/$"))
    context.clear_cookies(name=django_settings.SESSION_COOKIE_NAME)
    page.locator("#id_title").fill("Brass lamp")
    page.locator("#id_title").press("Tab")
    expect(page.get_by_role("link", name="sign in in a new tab")).to_be_visible()
    expect(page.locator("#id_title")).to_have_value("Brass lamp")


def test_post_right_after_typing_takes_the_last_letters(page: Page, seller: Seller) -> None:
    draft = make_draft(seller)
    page.goto(address(draft))
    page.locator("#id_title").fill("Brass lamp")
    page.locator("#id_title").press("Tab")  # a save is in flight
    page.locator("#id_description").fill("Written to the end.")
    page.get_by_role("button", name="Post", exact=True).click()
    page.wait_for_url(re.compile(f"/listings/{draft.pk}/$"))
    posted = Listing.objects.get()
    assert (posted.status, posted.title) == (Status.LIVE, "Brass lamp")
    assert posted.description == "Written to the end."


def test_twenty_clicks_on_post_are_one_listing(page: Page, seller: Seller) -> None:
    draft = make_draft(seller)
    page.goto(address(draft))
    click = "document.querySelector('button[value=post]').click()"
    page.evaluate(f"() => {{ for (let i = 0; i < 20; i++) {click}; }}")
    page.wait_for_url(re.compile(f"/listings/{draft.pk}/$"))
    assert Listing.objects.get().revision == draft.revision + 1
