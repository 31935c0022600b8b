"""What a browser journey stands on: a Chromium that talks to this machine alone, and records what went wrong."""

from importlib.resources import files
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Route, ViewportSize

QUIET: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
"""Chromium asks for nothing of its own."""

RECORD_CSP: Final = """
window.__csp = [];
document.addEventListener("securitypolicyviolation", event => __csp.push(event.effectiveDirective + " " + event.blockedURI));
"""

AXE: Final = files("axe_playwright_python") / "axe.min.js"
PHONE: Final = ViewportSize(width=390, height=844)
DESKTOP: Final = ViewportSize(width=1280, height=900)


class Visitor:
    """Somebody on the site, on a desktop unless told otherwise. `troubles` is what must not happen to them."""

    def __init__(self, browser: Browser, site: str) -> None:
        self.browser = browser
        self.site = site
        self.troubles: list[str] = []
        self.contexts: list[BrowserContext] = []

    def page(self, path: str = "/", **context: Any) -> Page:
        """A page in a browser of its own: `java_script_enabled`, `color_scheme`, `viewport`."""
        mine = self.browser.new_context(**{"viewport": DESKTOP} | context)
        mine.set_default_timeout(10_000)
        mine.add_init_script(RECORD_CSP)
        mine.route(lambda url: urlsplit(url).hostname not in {"localhost", None, ""}, self._stranger)
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

    def _stranger(self, route: Route) -> None:
        self.troubles.append(f"another machine: {route.request.url}")
        route.abort()


def axe_findings(page: Page) -> list[str]:
    """What axe finds on the page as it stands: rule and element. Never call it with scripts off: it would hang."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate("axe.run(document).then(result => result.violations)")
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]
