"""`.env.example` documents every setting that the environment decides, and no other."""

import re

from django.conf import settings

READ = re.compile(r'(?:env\.\w+|checked_url|positive|switch|text_search)\(\s*["\']([A-Z_]+)["\']')
DOCUMENTED = re.compile(r"^#?([A-Z_]+)=", re.MULTILINE)
COMPOSE = re.compile(r"\$\{([A-Z_]+):")


def test_every_variable_is_documented_and_every_documented_one_is_read() -> None:
    example = (settings.BASE_DIR / ".env.example").read_text()
    read = set(READ.findall((settings.BASE_DIR / "trova/settings.py").read_text()))
    compose = set(COMPOSE.findall((settings.BASE_DIR / "docker-compose.yml").read_text()))
    assert sorted(DOCUMENTED.findall(example)) == sorted(read | compose)
