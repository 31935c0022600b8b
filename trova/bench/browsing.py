"""A browser in which somebody sells a photo, and the page's own clock for what happens on it."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from trova.tests.browser import DESKTOP, QUIET

CHROMIUMS: Final = ("chromium", "chromium-browser", "google-chrome")
DRAFT: Final = re.compile(r"/sell/[0-9a-f-]{36}/$")
PATIENCE: Final = 60_000

WATCH: Final = """
const look = () => {
  const controls = ["title", "category", "condition", "description", "price"];
  if (controls.every((name) => document.getElementById(`id_${name}`)?.value)) window.filledAt ??= Date.now();
};
document.addEventListener("change", look);
document.addEventListener("DOMContentLoaded", look);
"""


class Watched:
    """Somebody who sells the same photo again and again, each time as a stranger."""

    def __init__(self, browser: Browser, address: str, photo: Path) -> None:
        self.browser = browser
        self.address = address
        self.photo = photo

    def sell(self) -> float:
        """Choose the photo and wait until the draft's page is filled; Unix time of the last field."""
        with self.browser.new_context(viewport=DESKTOP) as context:
            context.set_default_timeout(PATIENCE)
            context.add_init_script(WATCH)
            page = context.new_page()
            page.goto(f"{self.address}/sell/")
            page.set_input_files("#id_photos", self.photo)
            page.wait_for_url(DRAFT)
            page.wait_for_function(
                "() => window.filledAt"
            )  # an expression would need eval, which pages forbid
            return float(page.evaluate("() => window.filledAt")) / 1000


@contextmanager
def watching(address: str, photo: bytes) -> Iterator[Watched]:
    """A Chromium that is installed, else Playwright's own."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    installed = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "photo.jpg"
        file.write_bytes(photo)
        arguments = [*sandbox, *QUIET, "--disable-dev-shm-usage"]
        with playwright.chromium.launch(executable_path=installed, args=arguments) as browser:
            yield Watched(browser, address, file)
