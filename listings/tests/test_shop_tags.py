"""{% load shop %}: the words in which templates say prices, ages, photos and icons."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.conf import settings

from listings.models import Photo
from listings.templatetags.shop import age, icon, picture, price

NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
ICON = re.compile(r"""\{% icon "([\w-]+)" %\}|icon\("([\w-]+)"\)""")


@pytest.mark.parametrize(
    ("euros", "said"),
    [("0", "Free"), ("12", "€ 12"), ("12.00", "€ 12"), ("12.50", "€ 12.50"), ("1250", "€ 1,250"), (None, "")],
)
def test_a_price_has_cents_only_when_it_has_cents(euros: str | None, said: str) -> None:
    assert price(Decimal(euros) if euros else None).replace("\xa0", " ") == said


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=30), "1 day ago"),
        (timedelta(days=3, hours=4), "3 days ago"),
    ],
)
def test_an_age_is_said_in_its_largest_unit(passed: timedelta, said: str) -> None:
    with time_machine.travel(NOON, tick=False):
        assert age(NOON - passed) == said


def test_a_picture_offers_both_encodings_in_widths_that_are_there() -> None:
    photo = Photo(width=1280, height=960, widths=[320, 640, 1280], placeholder=b"tiny")
    card = picture(photo, "card", alt='a "lamp"')
    assert f'<source type="image/webp" srcset="/photos/{photo.pk}/320.webp 320w, ' in card
    assert f'src="/photos/{photo.pk}/640.jpg"' in card
    assert "1280.webp" not in card
    assert 'alt="a &quot;lamp&quot;" width="1280" height="960" loading="lazy"' in card
    assert 'src="data:image/webp;base64,dGlueQ=="' in card
    assert " style=" not in card
    assert "1280.webp 1280w" in picture(photo, "detail")


def test_a_small_photo_is_offered_as_it_is() -> None:
    photo = Photo(width=200, height=150, widths=[200], placeholder=b"tiny")
    assert f'srcset="/photos/{photo.pk}/200.webp 200w"' in picture(photo, "card")
    assert "<img" not in picture(None, "card")


def test_every_icon_that_is_used_is_in_the_sprite() -> None:
    sprite = (settings.BASE_DIR / "static/icons/sprite.svg").read_text()
    there = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    sources: list[Path] = [*(settings.BASE_DIR / "templates").rglob("*.html")]
    sources += (settings.BASE_DIR / "listings").rglob("*.py")
    used = {
        found for source in sources for pair in ICON.findall(source.read_text()) for found in pair if found
    }
    assert used - there == set()
    assert 'href="/static/icons/sprite.svg#camera"' in icon("camera")
