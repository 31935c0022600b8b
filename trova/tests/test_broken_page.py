"""The page for what broke: in the visitor's language, and without anything that may be broken too."""

import re

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.utils import translation

SOURCE = (settings.BASE_DIR / "templates/500.html").read_text()


def test_every_word_of_it_can_be_translated() -> None:
    without_tags = re.sub(
        r"{%.*?%}|<!?[^<>]*>", " ", re.sub(r'<[^<>]*{% static "[^"]+" %}[^<>]*>', "", SOURCE)
    )
    assert without_tags.split() == ["·", "Trova"]


@pytest.mark.parametrize("language", ["en", "de"])
def test_it_is_made_without_a_context(language: str) -> None:
    with translation.override(language):
        page = get_template("500.html").render()
    assert f'<html lang="{language}">' in page
    assert "<h1>" in page
    assert "{{" not in SOURCE.replace("{{ language }}", "")
