"""What a browser journey stands on: a Chromium that talks to this machine alone, and its troubles."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request, ViewportSize

QUIET: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
)
"""Chromium asks for nothing of its own, and finds no other machine."""

TELL_VIOLATIONS: Final = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`Content Security Policy: ${event.effectiveDirective} ${event.blockedURI}`));
"""

AXE: Final = files("axe_playwright_python") / "axe.min.js"
PHONE: Final = ViewportSize(width=390, height=844)
DESKTOP: Final = ViewportSize(width=1280, height=900)


class Visitor:
    """Somebody on the site, on a desktop unless told otherwise; `troubles` must stay empty."""

    def __init__(self, browser: Browser, site: str) -> None:
        self.browser = browser
        self.site = site
        self.troubles: list[str] = []
        self.contexts: list[BrowserContext] = []

    def page(self, path: str = "/", cookies: Mapping[str, str] | None = None, **context: Any) -> Page:
        """A page in a browser of its own: `java_script_enabled`, `color_scheme`, `viewport`."""
        mine = self.browser.new_context(**{"viewport": DESKTOP} | context)
        mine.add_init_script(TELL_VIOLATIONS)
        mine.add_cookies([{"name": n, "value": v, "url": self.site} for n, v in (cookies or {}).items()])
        mine.on("request", self._request)
        mine.on("page", self._watch)
        self.contexts.append(mine)
        page = mine.new_page()
        page.goto(self.site + path)
        return page

    def leave(self) -> None:
        """Close everything. Raises AssertionError for what went wrong on the way."""
        for context in self.contexts:
            context.close()
        assert self.troubles == []

    def _watch(self, page: Page) -> None:
        page.on("dialog", self._dialog)
        page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        page.on("console", self._console)

    def _dialog(self, dialog: Dialog) -> None:
        self.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.troubles.append(f"policy: {message.text}")

    def _request(self, request: Request) -> None:
        if urlsplit(request.url).hostname not in {"localhost", None, ""}:
            self.troubles.append(f"another machine: {request.url}")


def axe_findings(page: Page) -> list[str]:
    """What axe finds on the page as it stands: rule and element. With scripts off it would hang for ever."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate("axe.run(document).then(result => result.violations)")
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]
