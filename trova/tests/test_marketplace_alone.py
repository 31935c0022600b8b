"""The marketplace is complete without AI, and ignorant of it."""

import subprocess
import sys
from pathlib import Path

from django.conf import settings

PROGRAM = "import django; django.setup(); from trova.tests.alone_journey import main; main()"


def test_the_journey_without_the_other_apps(process_env: dict[str, str]) -> None:
    program = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=process_env | {"DJANGO_SETTINGS_MODULE": "trova.tests.alone_settings"},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert program.stdout == "sold without a word of AI\n", program.stderr


def test_no_page_of_the_marketplace_names_the_other_apps() -> None:
    templates = sorted(Path(settings.BASE_DIR / "templates" / "listings").rglob("*.html"))
    assert len(templates) > 10
    for template in templates:
        text = template.read_text()
        assert "aiprefill" not in text, template
        assert "evals" not in text, template
