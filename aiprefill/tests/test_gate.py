"""Any JSON in; a valid field out, or an empty one."""

import json
import unicodedata
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import from_json

from aiprefill.gate import clean_text, gate_field, has_contact
from aiprefill.suggestion import MAX_REASON, Dropped, PriceRange, SuggestedField
from aiprefill.tests.asking import TAXONOMY
from listings.fields import AI_FIELDS, MAX_DESCRIPTION, MAX_PRICE, MAX_TITLE, Condition

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)
nearly = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("value", "reason", "low", "likely", "high"), anything)
)
numbers = st.integers(-10, 10**8) | st.floats() | st.sampled_from([0, -0.0, 0.005, 9_999_999, 9_999_999.004])


def field(name: str, value: object, reason: object = "", language: str = "en") -> SuggestedField:
    return gate_field(name, {"value": value, "reason": reason}, TAXONOMY, language)


def price(low: object, likely: object, high: object) -> SuggestedField:
    return gate_field("price", {"low": low, "likely": likely, "high": high, "reason": ""}, TAXONOMY, "en")


def assert_storable(text: str, limit: int) -> None:
    assert len(text) <= limit
    assert text == unicodedata.normalize("NFC", text).strip()
    assert not [char for char in text if char != "\n" and unicodedata.category(char)[0] == "C"]
    assert not has_contact(text)
    text.encode()


@given(st.sampled_from(AI_FIELDS), anything | nearly, st.sampled_from(["en", "de", "ru", "ja", ""]))
def test_any_json_gives_a_valid_field_or_nothing(name: str, raw: Any, language: str) -> None:
    got = gate_field(name, raw, TAXONOMY, language)

    assert_storable(got.reason, MAX_REASON)
    match got.value:
        case None:
            pass
        case PriceRange(low, likely, high):
            assert name == "price"
            assert Decimal(0) <= low <= likely <= high <= MAX_PRICE
            assert {amount.as_tuple().exponent for amount in (low, likely, high)} == {-2}
        case str(text) if name in ("title", "description"):
            assert_storable(text, {"title": MAX_TITLE, "description": MAX_DESCRIPTION}[name])
            assert text
        case choice:
            assert choice in {"category": dict(TAXONOMY), "condition": set(Condition)}[name]
    assert SuggestedField.from_json(name, json.loads(json.dumps(got.to_json()))) == got


@given(st.sampled_from(AI_FIELDS), st.binary())
def test_any_bytes_that_parse_pass_through_without_an_error(name: str, data: bytes) -> None:
    try:
        raw = from_json(data, allow_partial=True)
    except ValueError:
        return
    gate_field(name, raw, TAXONOMY, "en")


@given(numbers, numbers, numbers)
def test_a_price_is_three_ordered_bounded_amounts_or_nothing(low: float, likely: float, high: float) -> None:
    got = price(low, likely, high)

    assert (got.value is None) == (got.dropped is Dropped.NOT_A_PRICE)
    if isinstance(got.value, PriceRange):
        kept = (got.value.low, got.value.likely, got.value.high)
        assert all(abs(float(k) - n) <= 0.0051 for k, n in zip(kept, (low, likely, high), strict=True))
        assert max(low, likely, high) <= 9_999_999


@pytest.mark.parametrize(
    "likely",
    [
        "12,50",
        "12",
        "１２",
        True,
        float("nan"),
        float("inf"),
        -5,
        -0.01,
        1e12,
        10**40,
        pytest.param(10**400, id="huge"),
        [],
        {},
        None,
    ],
)
def test_what_is_no_amount_is_no_price(likely: object) -> None:
    got = price(0, likely, 9_999_999)

    assert got == SuggestedField(dropped=Dropped.NOT_A_PRICE)


def test_a_price_is_kept_to_the_cent() -> None:
    assert price(0, 12.5, 19.999).value == PriceRange(Decimal("0.00"), Decimal("12.50"), Decimal("20.00"))
    assert str(price(-0.0, 1, 2).value).count("-") == 0


def test_no_price_keeps_its_reason() -> None:
    raw = {"low": None, "likely": None, "high": None, "reason": "Nothing tells what it is."}

    assert gate_field("price", raw, TAXONOMY, "en") == SuggestedField(reason="Nothing tells what it is.")


def test_a_price_keeps_its_reason_too() -> None:
    raw = {"low": 1, "likely": 2, "high": 3, "reason": "Worn paperback"}

    assert gate_field("price", raw, TAXONOMY, "en").reason == "Worn paperback"


@pytest.mark.parametrize(
    ("name", "value", "dropped"),
    [
        ("category", "phones", Dropped.UNKNOWN_CHOICE),
        ("category", "Electronics", Dropped.UNKNOWN_CHOICE),
        ("condition", "mint", Dropped.UNKNOWN_CHOICE),
        ("condition", 3, Dropped.MALFORMED),
        ("title", ["Lamp"], Dropped.MALFORMED),
        ("title", "Call me: +49 151 2345678", Dropped.CONTACT),
        ("description", "سماعات سوداء فوق الأذن", Dropped.WRONG_LANGUAGE),
    ],
)
def test_a_refused_value_says_why(name: str, value: object, dropped: Dropped) -> None:
    assert field(name, value) == SuggestedField(dropped=dropped)


def test_missing_parts_say_so() -> None:
    assert gate_field("title", None, TAXONOMY, "en").dropped is Dropped.MISSING
    assert gate_field("title", {"reason": "x"}, TAXONOMY, "en").dropped is Dropped.MISSING
    assert gate_field("title", "Lamp", TAXONOMY, "en").dropped is Dropped.MALFORMED


def test_could_not_tell_is_an_answer() -> None:
    assert field("condition", None, "The lid is closed.") == SuggestedField(reason="The lid is closed.")


def test_an_empty_text_is_nothing_told() -> None:
    assert field("title", " \u200b\n") == SuggestedField()


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("Head\u202ephones\u202c and\u200b cable", "Headphones and cable"),
        ("Head\x00phones\x1b[31m", "Headphones[31m"),
        ("  two   spaces\tand\nlines ", "two spaces and lines"),
        ("Cafe\u0301", "Café"),
        ("H" + "\u0301\u0302\u0303\u0304" * 20 + "i", "H\u0301\u0302i"),
        ("Lamp \ud800\ue000\ufeff", "Lamp"),
        ("Headphones 🎧", "Headphones 🎧"),
        ("<b>{{ 7*7 }}</b>", "<b>{{ 7*7 }}</b>"),
    ],
)
def test_text_becomes_plain(dirty: str, clean: str) -> None:
    assert clean_text(dirty, lines=False) == clean


def test_a_description_keeps_its_paragraphs() -> None:
    assert clean_text("One.\r\n\r\n\r\n\r\n Two.\u2028Three.", lines=True) == "One.\n\nTwo.\nThree."


@given(st.text(), st.booleans())
def test_cleaning_twice_changes_nothing(dirty: str, lines: bool) -> None:
    once = clean_text(dirty, lines=lines)

    assert clean_text(once, lines=lines) == once


def test_long_texts_end_at_a_word() -> None:
    assert field("title", "Headphones " * 40).value == " ".join(["Headphones"] * 7)
    assert field("title", "x" * 500).value == "x" * MAX_TITLE


@pytest.mark.parametrize(
    "text",
    [
        "a@b.de", "name (at) mail (dot) com", "see @my_shop", "www.evil.example", "visit evil.com now",
        "HTTPS://EVIL.EXAMPLE", "t.me/seller", "EVIL.COM", "ｗｗｗ．ｅｖｉｌ．ｃｏｍ", "javascript:alert(1)",
        "+49 151 2345678", "020 7946 0958", "0151２３４５６７８", "(555) 123-4567-89", "WhatsApp 123 456 78",
        "call 555 0199",
    ],
)  # fmt: skip
def test_contact_data_is_seen(text: str) -> None:
    assert has_contact(text)


@pytest.mark.parametrize(
    "text",
    [
        "ISBN 978-3-16-148410-0", "built 1998-2004", "bought 05.12.2023", "worn.Selling the pair",
        "nice.It works", "size 30/32", "3 for 5 @ 2", "1920 x 1080", "10.000.000 km", "Canon EOS 5D Mark II",
        "iPhone 13, 128 GB", "approx. 40x60x20 cm", "No. 5", "e.g. for a child of 3.5 years",
    ],
)  # fmt: skip
def test_ordinary_words_and_numbers_are_not_contact_data(text: str) -> None:
    assert not has_contact(text)


def test_contact_data_in_a_reason_is_dropped() -> None:
    assert field("title", None, "Ask at seller.com") == SuggestedField()


@pytest.mark.parametrize(
    ("text", "language", "kept"),
    [
        ("Война и мир, book", "en", False),
        ("Novel «Война», hardcover", "en", True),
        ("Лампа", "ru", True),
        ("Lampe für den Tisch", "de-AT", True),
        ("机械键盘", "zh-hans", True),
        ("1234", "en", True),
    ],
)
def test_text_is_in_the_script_of_the_language(text: str, language: str, kept: bool) -> None:
    assert (field("title", text, language=language).value is not None) == kept


def test_advertising_passes_to_be_measured() -> None:
    text = "Comfortable wired headphones - experience crisp sound quality and comfort"

    assert field("description", text).value == text
