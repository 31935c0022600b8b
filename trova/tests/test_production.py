"""What production's settings make of the answers, and what they say when they cannot work."""

import json
import os
import subprocess
import sys
from typing import Any, Final

import pytest
from django.conf import settings

WORKING: Final = {
    "SECRET_KEY": "checked-without-being-used-23456789-abcdefghij-klmnopqrst",
    "ALLOWED_HOSTS": "trova.example",
    "SITE_URL": "https://trova.example",
    "MAIL_URL": "smtp+tls://mail.example:587",
    "DATABASE_URL": "postgres://trova@127.0.0.1:1/trova",
    "REDIS_URL": "redis://127.0.0.1:1",
}
"""Nothing listens where the stores are said to be."""
HEADERS: Final = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
WRONG: Final = {
    "SECRET_KEY": ("", "short"),
    "ALLOWED_HOSTS": ("",),
    "SITE_URL": ("", "trova.example", "ftp://trova.example", "http://trova.example", "https:trova.example"),
    "DATABASE_URL": ("sqlite:///db", "localhost:5432"),
    "DATABASE_DIRECT_URL": ("mysql://localhost/trova",),
    "REDIS_URL": ("localhost:6379", "http://localhost"),
    "MAIL_URL": ("", "mail.example", "pigeon://mail.example"),
    "DEFAULT_FROM_EMAIL": ("Trova", "Trova <hello@trova.example>\nBcc: everybody@example.org"),
    "OPENAI_BASE_URL": ("localhost:11434", "file:///etc/passwd", "http:/v1"),
    "PREFILL_DAY_BUDGET_MICROS": ("0", "-1", "20.5", "much"),
    "PREFILL_JOBS_A_DAY_ANONYMOUS": ("0", "five"),
    "PREFILL_JOBS_A_DAY_ADDRESS": ("0", "-1"),
    "ANONYMOUS_ACTS_A_DAY": ("0", "many"),
    "WORKER_SLOTS": ("0",),
    "SEARCH_CONFIG": ("English", "klingon"),
    "ABANDONED_DRAFT_DAYS": ("-7",),
    "TRUSTED_PROXY_COUNT": ("one",),
    "PHOTOS_X_ACCEL": ("maybe",),
    "DEBUG": ("maybe",),
    "TROVA_DEMO": ("2",),
    "TIME_ZONE": ("Europe/Atlantis",),
}


def in_production(program: str, told: str = "", **changed: str) -> Any:
    """What a program of these tests prints, in a process that knows nothing of this test run."""
    machine = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    env = machine | {"DJANGO_SETTINGS_MODULE": "trova.settings"} | WORKING | changed
    command = [sys.executable, "-m", f"trova.tests.{program}"]
    done = subprocess.run(
        command, check=False, env=env, cwd=settings.BASE_DIR, input=told, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """A page, a file, the colours (302), http (301), a browser's unit (299), and what goes wrong."""
    folder = tmp_path_factory.mktemp("production")
    found: list[dict[str, Any]] = in_production("production_answers", TROVA_DATA=str(folder))
    assert sorted(answer["status"] for answer in found) == [200, 200, 299, 301, 302, 400, 403, 404, 500]
    return found


def test_every_answer_carries_the_headers(answers: list[dict[str, Any]]) -> None:
    for answer in answers:
        if answer["status"] in {299, 301}:  # made past the middleware, or by the first of it
            continue
        assert HEADERS.items() <= answer["headers"].items(), answer
        policy = answer["headers"]["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


def test_http_leads_to_https(answers: list[dict[str, Any]]) -> None:
    moved = next(answer for answer in answers if answer["status"] == 301)
    assert moved["headers"]["Location"] == "https://trova.example/about/"


def test_every_cookie_is_for_this_host_over_https_alone(answers: list[dict[str, Any]]) -> None:
    cookies = {name: flags for answer in answers for name, flags in answer["cookies"].items()}
    assert cookies.keys() == {"__Host-csrf", "__Host-unit", "theme"}
    for name, flags in cookies.items():
        assert (flags["secure"], flags["httponly"]) == (True, True), name
        assert (flags["samesite"], flags["path"], flags["domain"]) == ("Lax", "/", ""), name


def test_a_failure_tells_nobody_why(answers: list[dict[str, Any]]) -> None:
    page = next(answer["text"] for answer in answers if answer["status"] == 500)
    assert "<h1" in page
    assert not [word for word in ("Traceback", "psycopg", "127.0.0.1", "SELECT") if word in page]


def test_a_setting_that_cannot_work_is_named() -> None:
    asked = [(name, value) for name, values in WRONG.items() for value in values]
    said = in_production("settings_refusals", json.dumps([("TIME_ZONE", "Europe/Paris"), *asked]))
    assert said.pop(0) == ""
    unnamed = {
        f"{name}={value}": words
        for (name, value), words in zip(asked, said, strict=True)
        if not words.startswith(f"{name} must be ")
    }
    assert unnamed == {}
