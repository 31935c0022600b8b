"""The sentence of a refusal: whole, translatable, and safe whatever the file was called."""

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listings import photos
from listings.refusals import MAX_NAME, REFUSALS, PhotoRefused, RefusalCode, shown_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("IMG_0001.HEIC", "IMG_0001.HEIC"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\chair.jpg", "chair.jpg"),
        ("a\0b.jpg", "ab.jpg"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("\u2066new\nline\u2028.png", "newline.png"),
        ("Stuhl größe.jpg", "Stuhl größe.jpg"),
        ("x" * 300 + ".jpg", "x" * 40 + "…" + "x" * 15 + ".jpg"),
        ("", "photo"),
        ("../..\\", "photo"),
        ("{name}{limit}.jpg", "{name}{limit}.jpg"),
    ],
)
def test_a_name_is_shown_without_its_tricks(name: str, shown: str) -> None:
    assert shown_name(name) == shown
    with pytest.raises(PhotoRefused) as refused:
        photos.clean(b"", name)
    assert refused.value.name == shown
    assert str(refused.value) == f"{shown} is empty. Choose the photo again."


@given(st.text())
def test_any_name_is_short_and_visible(name: str) -> None:
    shown = shown_name(name)
    assert 0 < len(shown) <= MAX_NAME
    assert shown == shown.strip()
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert not set("/\\") & set(shown)


def test_every_code_has_a_sentence_and_no_place_is_left_empty() -> None:
    assert set(REFUSALS) == set(RefusalCode)
    params: dict[RefusalCode, dict[str, str | int]] = {
        RefusalCode.UNSUPPORTED_FORMAT: {"kind": "GIF"},
        RefusalCode.TOO_MANY_BYTES: {"limit": 15},
        RefusalCode.TOO_MANY_PIXELS: {"limit": 60},
        RefusalCode.TOO_SMALL: {"limit": 100},
    }
    for code, template in REFUSALS.items():
        refused = PhotoRefused(code, "chair.jpg", **params.get(code, {}))
        assert str(refused) == refused.template.format(**refused.params)
        places = {place for _, place, _, _ in string.Formatter().parse(template) if place}
        assert places == set(refused.params)
        assert str(refused).count(".") >= 2
