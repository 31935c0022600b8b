"""From a photo to a listing that buyers see: with scripts, without, and with a sample."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, ViewportSize, expect

from aiprefill.models import Correction, Feedback, PrefillJob
from aiprefill.tests.provider_server import ProviderServer
from aiprefill.tests.provider_wire import ANSWER
from listings.models import Listing, Status
from listings.tests.cast import jpeg
from trova.tests.browser import DESKTOP, PHONE, Visitor
from trova.tests.selling import DRAFT, control, draft_of, says, sign_in_by_code, slot

pytestmark = pytest.mark.django_db(transaction=True)

TITLE = ANSWER["title"]["value"]


@pytest.fixture(autouse=True)
def own_mail(settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = "listings.mail.OutboxBackend"
    settings.ACCOUNT_RATE_LIMITS = False


def expect_live(page: Page, title: str) -> Listing:
    """The listing's own page, as its seller sees it."""
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    listing = Listing.objects.get()
    assert listing.status == Status.LIVE
    return listing


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_from_photos_to_a_listing(
    visitor: Visitor, worker: None, provider: ProviderServer, photos: list[Path], viewport: ViewportSize
) -> None:
    provider.script.hold_after = ("title", "condition", "description")
    page = visitor.page("/sell/", viewport=viewport)
    page.set_input_files("#id_photos", photos)
    page.wait_for_url(DRAFT)
    assert len(PrefillJob.objects.get().photo_ids) == 3

    # It can be written at once, and fills as the answer comes.
    says(page, "1 filled so far, still reading")
    expect(control(page, "title")).to_have_value(TITLE)
    expect(slot(page, "title").get_by_text("suggested", exact=True)).to_be_visible()
    control(page, "description").fill("Mine, and it stays.")
    provider.release("title")
    expect(control(page, "category")).to_have_value("electronics")
    expect(control(page, "condition")).to_have_value("good")
    provider.release("condition")
    expect(slot(page, "description")).to_contain_text("Suggested:")
    expect(control(page, "description")).to_have_value("Mine, and it stays.")
    provider.release("description")
    says(page, "All 5 filled. Check them before you post.")
    expect(slot(page, "price")).to_contain_text(
        "probably €\xa010 to €\xa025: Plain wired headphones with worn pads"
    )

    # What the seller does with it.
    slot(page, "description").get_by_role("button", name="Dismiss").click()
    expect(control(page, "description")).to_have_value("Mine, and it stays.")
    slot(page, "condition").get_by_role("button", name="Clear").click()
    expect(control(page, "condition")).to_have_value("")
    control(page, "price").fill("22,50")
    expect(slot(page, "price").get_by_text("suggested", exact=True)).to_be_hidden()
    slot(page, "title").get_by_role("button", name="Bad suggestion").click()
    page.get_by_label("A word on why, if you like title").fill("too long")
    page.keyboard.press("Enter")
    expect(slot(page, "title").get_by_text("Noted, thank you.")).to_be_visible()
    page.locator("#assistant").get_by_role("button", name="Good suggestion").click()

    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Drafted with AI help, checked by you.")).to_be_visible()
    page.get_by_role("button", name="Post", exact=True).click()
    sign_in_by_code(page, "new@example.org")
    expect(page.get_by_text("Signed in. Check and post.")).to_be_visible()
    assert draft_of(page).seller is not None
    expect(page.get_by_text("Mine, and it stays.")).to_be_visible()
    page.get_by_role("button", name="Post", exact=True).click()
    listing = expect_live(page, TITLE)
    assert (str(listing.price), listing.condition) == ("22.50", "")

    kinds = dict(Correction.objects.values_list("field", "kind"))
    assert kinds == {
        "title": "kept",
        "category": "kept",
        "condition": "cleared",
        "description": "ignored",
        "price": "edited",
    }
    assert set(Feedback.objects.values_list("field", "up", "word")) == {
        ("title", False, "too long"),
        ("", True, ""),
    }
    page.get_by_role("button", name="Mark reserved").click()
    page.get_by_role("button", name="Mark sold").click()
    listing.refresh_from_db()
    assert listing.status == Status.SOLD


def test_the_same_without_scripts(
    visitor: Visitor, worker: None, provider: ProviderServer, photos: list[Path]
) -> None:
    provider.script.hold_after = ("category",)
    page = visitor.page("/sell/", java_script_enabled=False)
    page.set_input_files("#id_photos", photos)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(DRAFT)
    assert provider.gates.wait_held("category", 30)
    control(page, "description").fill("Mine, and it stays.")
    page.get_by_role("button", name="Check again").click()
    expect(page.locator("#assistant .status")).to_have_text("2 filled so far, still reading")
    expect(control(page, "title")).to_have_value(TITLE)
    provider.release()
    assert provider.wait(lambda: PrefillJob.objects.filter(state="done").exists(), 30)
    page.get_by_role("button", name="Check again").click()
    expect(page.locator("#assistant .status")).to_have_text("All 5 filled. Check them before you post.")
    expect(control(page, "description")).to_have_value("Mine, and it stays.")
    slot(page, "description").get_by_role("button", name="Use").click()
    expect(control(page, "description")).to_have_value(ANSWER["description"]["value"])
    control(page, "price").fill("20")
    slot(page, "title").get_by_role("button", name="Good suggestion").click()
    expect(control(page, "price")).to_have_value("20")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Post", exact=True).click()
    sign_in_by_code(page, "new@example.org")
    expect(page.get_by_text("Signed in. Check and post.")).to_be_visible()
    page.get_by_role("button", name="Post", exact=True).click()
    expect_live(page, TITLE)
    kinds = dict(Correction.objects.values_list("field", "kind"))
    assert (kinds["title"], kinds["description"], kinds["price"]) == ("kept", "kept", "edited")


def test_a_sample_photo(
    visitor: Visitor, worker: None, provider: ProviderServer, settings: LazySettings, tmp_path: Path
) -> None:
    settings.SAMPLE_PHOTOS = tmp_path / "samples"
    settings.SAMPLE_PHOTOS.mkdir()
    (settings.SAMPLE_PHOTOS / "headphones.jpg").write_bytes(jpeg(2, (800, 600)))
    page = visitor.page("/sell/")
    page.get_by_role("button", name="Sample photo: headphones").click()
    page.wait_for_url(DRAFT)
    says(page, "All 5 filled. Check them before you post.")
    expect(control(page, "title")).to_have_value(TITLE)


def test_writing_it_oneself_asks_nobody(
    visitor: Visitor, provider: ProviderServer, photos: list[Path]
) -> None:
    page = visitor.page("/sell/")
    page.get_by_role("button", name="Write it myself").click()
    page.wait_for_url(DRAFT)
    page.set_input_files("#id_photos", photos[0])
    expect(page.get_by_role("button", name="Read the photos")).to_be_visible()
    control(page, "title").fill("A lamp")
    assert not PrefillJob.objects.exists()
    page.get_by_role("button", name="Read the photos").click()
    says(page, "Waiting to read your photos. You can already write.")
    expect(control(page, "title")).to_have_value("A lamp")
