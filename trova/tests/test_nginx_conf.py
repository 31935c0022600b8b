"""deploy/nginx.conf without an nginx: its own error pages, and how long it waits for whom."""

import json
import re
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest
import yaml
from django.conf import settings
from django.urls import reverse

from aiprefill.waiting import LONGEST
from listings.photos import MAX_BYTES, MAX_REQUEST_BYTES
from listings.schemas import Error

DEPLOY: Final[Path] = settings.BASE_DIR / "deploy"
CONF: Final = re.sub(r"#.*", "", (DEPLOY / "nginx.conf").read_text())
SITE: Final = CONF[CONF.index("listen 443") :]
PAGES: Final = {path.name: path.read_text() for path in (DEPLOY / "pages").iterdir()}
ERROR_PAGES: Final = re.findall(r"error_page ([\d ]+) /_pages/([\w-]+)\.\$kind;", SITE)
SLOW: Final = re.findall(r"location ~ (\S+) \{([^}]*)\}", SITE)
DRAFT: Final = uuid4()


def seconds(name: str, text: str = SITE) -> int:
    """The first value of this directive."""
    found = re.search(rf"\b{name} (\d+)s;", text)
    assert found, name
    return int(found[1])


def is_waited_for(path: str) -> bool:
    return any(re.search(pattern, path) for pattern, _ in SLOW)


def test_each_error_of_the_proxy_has_a_page_and_an_answer_for_programs() -> None:
    pages = {int(code): page for codes, page in ERROR_PAGES for code in codes.split()}
    assert pages.keys() == {413, 429, 502, 503, 504}
    assert re.findall(r"limit_conn_status (\d+);", CONF) == ["429"]
    assert {f"{page}.{kind}" for page in pages.values() for kind in ("html", "json")} == PAGES.keys()
    assert "~^/api/ json;" in CONF
    # Or the page about a body that is too large is refused for the body's size.
    assert "client_max_body_size 0;" in SITE[SITE.index("location /_pages/") :]


def test_what_passes_is_to_be_tried_again() -> None:
    """People are told in words, programs by Retry-After as well; a body that is too large stays so."""
    found = re.search(r"map \$status \$retry_after \{([^}]*)\}", CONF)
    assert found
    waits = [pattern.removeprefix("~") for pattern in re.findall(r"(\S+) \d+;", found[1])]
    for codes, page in ERROR_PAGES:
        passes = page != "too-large"
        for kind in ("html", "json"):
            assert ("Try again in a minute." in PAGES[f"{page}.{kind}"]) is passes
        for code in codes.split():
            assert any(re.match(pattern, code) for pattern in waits) is passes


def test_compose_puts_them_where_nginx_looks() -> None:
    services: dict[str, Any] = yaml.safe_load((settings.BASE_DIR / "docker-compose.yml").read_text())[
        "services"
    ]
    found = re.search(r"location /_pages/ \{[^}]*alias (\S+)/;", SITE)
    assert found
    assert f"./deploy/pages:{found[1]}:ro" in services["proxy"]["volumes"]


@pytest.mark.parametrize("name", [name for name in PAGES if name.endswith(".html")])
def test_a_page_needs_nothing_else(name: str) -> None:
    """The site may be down: no script, style or picture; the links lead into the site."""
    page = PAGES[name]
    assert '<html lang="en">' in page
    assert len(re.findall("<h1>", page)) == 1
    assert re.findall(r"<(?:script|style|link|img)\b| style=|src=", page) == []
    assert set(re.findall(r'href="([^"]+)"', page)) <= {"/", reverse("listings:drafts")}


def test_an_answer_for_programs_has_the_shape_of_the_api() -> None:
    for name, text in PAGES.items():
        if name.endswith(".json"):
            assert Error.model_validate(json.loads(text)).fields == {}


def test_the_limit_is_told_in_words_and_is_the_sites_own() -> None:
    site = (settings.BASE_DIR / "templates/413.html").read_text()
    for text in (PAGES["too-large.html"], PAGES["too-large.json"], site):
        assert re.findall(r"(\d+) MB", text) == [str(MAX_BYTES // 10**6), str(MAX_REQUEST_BYTES // 10**6)]
    assert f"client_max_body_size {MAX_REQUEST_BYTES // 10**6}m;" in CONF


def test_slow_clients_and_a_frozen_database_are_not_waited_for() -> None:
    assert max(seconds("client_header_timeout", CONF), seconds("client_body_timeout", CONF)) <= 5
    assert re.search(r"limit_conn address \d+;", CONF)
    assert seconds("resolver_timeout", CONF) + seconds("proxy_connect_timeout") <= 10
    assert seconds("proxy_read_timeout", SITE[: SITE.index("location")]) <= 10


def test_what_may_take_longer_is_waited_for() -> None:
    slow = ["aiprefill:start", "aiprefill:share", "listings:new", "listings:share", "admin:index"]
    paths = [reverse(name) for name in slow]
    paths += [reverse(name, args=[DRAFT]) for name in ("aiprefill:draft", "listings:edit")]
    paths += ["/api/analyze-image", "/api/listings", reverse("listings:delete_account")]
    assert [path for path in paths if not is_waited_for(path)] == []
    soon = [reverse(name) for name in ("listings:browse", "listings:mine", "listings:inbox", "about")]
    assert [path for path in (*soon, reverse("listings:detail", args=[DRAFT])) if is_waited_for(path)] == []
    assert all(seconds("proxy_read_timeout", text) > LONGEST.total_seconds() for _, text in SLOW)
