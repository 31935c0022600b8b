"""`.env.example` documents every setting that the environment decides; Compose hands them on."""

import json
import re
import subprocess
import sys
from typing import Any, Final

import pytest
import yaml
from django.conf import settings

from trova.tests.test_compose import GIVEN, environment

READ = re.compile(r'(?:env\.\w+|checked_url|positive|switch|text_search)\(\s*["\']([A-Z_]+)["\']')
DOCUMENTED = re.compile(r"^#?([A-Z_]+)=", re.MULTILINE)
FILLED_IN = re.compile(r"\$\{([A-Z_]+):")

COMPOSE = (settings.BASE_DIR / "docker-compose.yml").read_text()
SERVICES: Final[dict[str, dict[str, Any]]] = yaml.safe_load(COMPOSE)["services"]
OURS = ("migrate", "web", "worker", "ringer")
CALLS_NO_MODEL = ("migrate", "ringer")
WRITTEN: Final = {
    "OPENAI_API_KEY": "a key",
    "OPENAI_BASE_URL": "http://model.example/v1",
    "OPENAI_MODEL": "a-model",
    "SEARCH_CONFIG": "danish",
    "TIME_ZONE": "Europe/Paris",
}
"""What a .env may say; of every number it says 7."""


def documented(*, for_compose: bool) -> set[str]:
    """The names of .env.example that are meant for Compose, or those it says are not.

    The words "not for Compose" hold for a paragraph, and in a heading for the section.
    """
    found, section = set(), ""
    for paragraph in (settings.BASE_DIR / ".env.example").read_text().split("\n\n"):
        section = paragraph if paragraph.endswith("---") else section
        is_left_out = "not for compose" in f"{section} {paragraph}".lower()
        found |= set() if is_left_out == for_compose else set(DOCUMENTED.findall(paragraph))
    return found


def read() -> set[str]:
    return set(READ.findall((settings.BASE_DIR / "trova/settings.py").read_text()))


def handed_on(service: str) -> set[str]:
    """The names whose values the service's containers take from .env as they are."""
    told = SERVICES[service]["environment"].items()
    return {name for name, text in told if text is None or text.startswith(f"${{{name}:")}


def test_every_variable_is_documented_and_every_documented_one_is_read() -> None:
    example = (settings.BASE_DIR / ".env.example").read_text()
    assert sorted(DOCUMENTED.findall(example)) == sorted(read() | set(FILLED_IN.findall(COMPOSE)))


@pytest.mark.parametrize("service", OURS)
def test_compose_hands_on_every_setting_that_is_not_left_out(service: str) -> None:
    key = {"OPENAI_API_KEY"} if service in CALLS_NO_MODEL else set()
    assert handed_on(service) == read() - documented(for_compose=False) - key


def test_compose_reads_nothing_that_is_said_to_be_left_out() -> None:
    used = set(FILLED_IN.findall(COMPOSE)).union(*map(handed_on, OURS))
    assert used == documented(for_compose=True)
    assert {"POSTGRES_PASSWORD", "DEBUG", "TROVA_DEMO"}.isdisjoint(
        name for service in OURS for name in SERVICES[service]["environment"]
    )


def test_what_is_written_there_is_what_the_worker_knows() -> None:
    names = [name for name in handed_on("worker") if hasattr(settings, name) and name not in GIVEN]
    given = GIVEN | dict.fromkeys(names, "7") | WRITTEN
    code = (
        "import json, django.conf;"
        f" print(json.dumps({{name: str(getattr(django.conf.settings, name)) for name in {names}}}))"
    )
    env = environment(SERVICES["worker"], given) | {"DJANGO_SETTINGS_MODULE": "trova.settings"}
    program = [sys.executable, "-c", code]
    done = subprocess.run(
        program, check=False, env=env, cwd=settings.BASE_DIR, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {name: given[name] for name in names}
    assert len(names) > 15
