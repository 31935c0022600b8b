"""`make screenshots`: take the pictures of docs/screenshots again, from a demo that runs.

`python -m trova.screenshots [http://localhost:8000]`. What they show, the demo's people do here as visitors
would: keep favourites, write and answer, have a sample photo read. Best taken of a demo with new data.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from trova.bench.browsing import CHROMIUMS, DRAFT
from trova.demo.people import ADMINISTRATOR, ANNOTATOR, SELLER, SignIn
from trova.tests.browser import DESKTOP, PHONE, QUIET

FOLDER: Final = Path(__file__).parent.parent / "docs" / "screenshots"
MOST: Final = 1_000_000
"""Bytes of all pictures together."""
PATIENCE: Final = 60_000
"""Milliseconds that a page, or the worker that reads a photo, may take."""
LOOKS: Final[dict[str, dict[str, Any]]] = {
    "": {},
    "-dark": {"color_scheme": "dark"},
    "-phone": {"viewport": PHONE, "has_touch": True},
}


class TooLarge(Exception):
    """The pictures together have outgrown what the project keeps of them."""


class Shop:
    """The demo at an address, and a browser to look at it."""

    def __init__(self, browser: Browser, site: str) -> None:
        self.browser = browser
        self.site = site

    @contextmanager
    def visit(self, person: SignIn | None = None, **look: Any) -> Iterator[Page]:
        """The first page, signed in if somebody is named; on a light desktop unless told otherwise."""
        with self.browser.new_context(base_url=self.site, **{"viewport": DESKTOP} | look) as context:
            context.set_default_timeout(PATIENCE)
            page = context.new_page()
            if person:
                page.goto("/account/login/")
                page.locator("input[name=login]").fill(person.email)
                page.locator("input[name=password]").fill(person.password)
                page.get_by_role("button", name="Sign in", exact=True).click()
                expect(page.get_by_title("Your account")).to_be_visible()
            page.goto("/")
            yield page


def main() -> int:
    """Take all pictures; return the exit status. Raises TooLarge."""
    site = sys.argv[1] if len(sys.argv) > 1 else f"http://localhost:{os.environ.get('PORT', '8000')}"
    installed = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=installed, args=[*sandbox, *QUIET]) as browser,
    ):
        shop = Shop(browser, site.rstrip("/"))
        for look in LOOKS:
            of_buyers(shop, look)
        of_messages(shop)
        of_selling(shop)
        of_the_admin(shop)
    size = sum(path.stat().st_size for path in FOLDER.glob("*.webp"))
    if size > MOST:
        raise TooLarge(f"The pictures have {size:,} bytes together; at most {MOST:,} are kept.")
    sys.stdout.write(f"{size:,} bytes in {FOLDER}\n")
    return 0


def of_buyers(shop: Shop, look: str) -> None:
    """Browsing, a search with a typo, and what it finds."""
    with shop.visit(**LOOKS[look]) as page:
        take(page, f"browse{look}")
        page.goto("/?q=biycle")
        take(page, f"search{look}")
        page.locator(".card-title").first.click()
        expect(page.locator(".detail")).to_be_visible()
        take(page, f"detail{look}")


def of_messages(shop: Shop) -> None:
    """A buyer keeps favourites and writes to the demo's seller, who answers."""
    with shop.visit(SELLER) as page:
        page.goto("/my/listings/")
        wanted = page.locator(".mine-title a").first.get_attribute("href")
    with shop.visit(ANNOTATOR) as page:
        for heart in page.locator(".heart button").all()[:5]:
            if heart.get_attribute("aria-pressed") == "false":
                heart.click()
            expect(heart).to_have_attribute("aria-pressed", "true")
        page.goto("/my/favourites/")
        take(page, "favourites")
        page.goto(f"{wanted}contact/")
        page.get_by_label("Your message").fill("Is it still there? I could come by on Saturday morning.")
        page.get_by_role("button", name="Send message").click()
        expect(page.locator(".message-mine").last).to_be_visible()
    with shop.visit(SELLER, **LOOKS["-phone"]) as page:
        page.goto("/messages/")
        page.locator(".inbox-name").first.click()
        page.get_by_label("Your message").fill("Yes, it is. Saturday from ten; ring at the green door.")
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.locator(".message-mine").last).to_contain_text("green door")
        page.goto(page.url.split("#")[0])
        take(page, "messages-phone")


def of_selling(shop: Shop) -> None:
    """A sample photo, read; the form waits for the seller's word."""
    with shop.visit(SELLER) as page:
        page.goto("/sell/")
        page.locator(".sample").nth(1).click()
        page.wait_for_url(DRAFT)
        expect(page.locator("#assistant")).to_have_attribute("data-phase", "ready", timeout=PATIENCE)
        expect(page.locator("#id_title")).not_to_have_value("")
        take(page, "sell")
        page.set_viewport_size(PHONE)
        take(page, "sell-phone")


def of_the_admin(shop: Shop) -> None:
    """The story of the newest reading."""
    with shop.visit(ADMINISTRATOR) as page:
        page.goto("/admin/aiprefill/prefilljob/")
        page.locator("#result_list tbody th a").first.click()
        expect(page.locator(".story")).to_be_visible()
        take(page, "job")


def take(page: Page, name: str) -> None:
    """Keep what is in the window as a WebP, once every picture in it is there."""
    page.wait_for_load_state("networkidle")
    page.evaluate("scrollTo(0, 0)")
    shot = page.screenshot(animations="disabled", caret="hide")
    with Image.open(BytesIO(shot)) as picture:
        picture.save(FOLDER / f"{name}.webp", quality=76, method=6)


if __name__ == "__main__":
    sys.exit(main())
