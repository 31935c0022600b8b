"""Every address against everybody who may ask for it: what is another's is not found."""

from copy import deepcopy
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from trova.tests.access import PEOPLE, World, make_world, patterns
from trova.tests.access_rows import DATA, rows

HEADERS: Final = (
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
)
WRITING: Final = ("INSERT", "UPDATE", "DELETE", "NOTIFY")

ROWS: Final = rows()
PATTERNS: Final = {pattern.name: pattern for pattern in patterns() if pattern.name}


@pytest.fixture
def world(db: None, settings: LazySettings, tmp_path: Path) -> World:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EMAIL_BACKEND = "listings.mail.OutboxBackend"
    return make_world()


def test_every_address_has_a_row() -> None:
    assert {row.partition(" of ")[0] for row in ROWS} == PATTERNS.keys()
    # Those without a name lead on to one that has a row, or, below /admin/, answer 404.
    nameless = {pattern.route for pattern in patterns() if not pattern.name}
    assert {route for route in nameless if not route.startswith("admin/")} == {"account/signup/"}


@pytest.mark.parametrize("part", ["shop", "accounts", "admin", "admin of suggestions"])
def test_everybody_gets_what_the_matrix_says(world: World, part: str) -> None:
    wrong = {}
    for row, (gets, posts) in ROWS.items():
        name, _of, thing = row.partition(" of ")
        if part_of(name) != part:
            continue
        address = world.address(PATTERNS[name], thing or "posted")
        for method, expected in (("GET", gets), ("POST", posts)):
            is_private = len(set(expected)) > 1
            got = [ask(world.clients[who], method, address, name, is_private) for who in PEOPLE]
            if got != expected:
                wrong[f"{method} {row}"] = " ".join(got)
    assert wrong == {}


def part_of(name: str) -> str:
    if name.startswith("admin:"):
        return "admin of suggestions" if "aiprefill" in name else "admin"
    return "accounts" if name.startswith(("account_", "mfa_")) else "shop"


def ask(client: Client, method: str, address: str, name: str, is_private: bool) -> str:
    """The answer, as the matrix has it; all is then as before. A GET must have written nothing."""
    asking = Client()
    asking.cookies = deepcopy(client.cookies)
    before = transaction.savepoint()
    with CaptureQueriesContext(connection) as queries:
        response: Any = asking.post(address, DATA.get(name)) if method == "POST" else asking.get(address)
        b"".join(response)  # a file is sent, and closed
    transaction.savepoint_rollback(before)
    missing = [header for header in HEADERS if header not in response]
    assert missing == [], address
    if method == "GET":
        wrote = [each["sql"] for each in queries if each["sql"].startswith(WRITING)]
        assert [sql for sql in wrote if "django_session" not in sql] == [], address
        if is_private and response.status_code == 200:
            assert "no-store" in response["Cache-Control"], address
    if response.status_code == 302 and "/login/" in response["Location"]:
        return "in"
    return str(response.status_code)


TURNED_AWAY: Final = (403, 405)
"""405: the API's addresses that take no post at all say so before they look for a token."""


def test_no_post_passes_without_its_token(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = deepcopy(world.clients["administrator"].cookies)
    passed = {}
    for row in ROWS:
        name, _of, thing = row.partition(" of ")
        address = world.address(PATTERNS[name], thing or "posted")
        if (status := client.post(address, DATA.get(name)).status_code) not in TURNED_AWAY:
            passed[row] = status
    assert passed == {}
