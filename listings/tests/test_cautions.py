"""What in a text wants care: what is found, and what is left in peace."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listings.cautions import Caution, cautions, has_link

LINKS = [
    "https://example.com/lamp",
    "see HTTP://EXAMPLE.COM",
    "hxxps://example.com",
    "www.example.org",
    "example.com",
    "have a look at trova-pay.shop, please",
    "bit.ly/3xyz",
    "my-site.io.",
    "host.example/pay?id=1",
    "example (dot) com",
    "example[.]com",
    "exam\u200bple.com",
    "ｅｘａｍｐｌｅ．ｃｏｍ",
    "t.me/somebody",
]
NO_LINKS = [
    "Is it still there?",
    "Yes.No problem.Thanks",
    "It costs 12.50 or 1.200,00 euros.",
    "at 10.30 o'clock, e.g. on Friday",
    "It is 3.5 m long (z.B. so).",
    "write to sanne@example.com",
    "a/b, and/or, 1/2",
    "Model XR-7.2/B",
    "I.e. the brass one",
]
CAUTIONS = [
    ("Call me: +32 470 12 34 56", [Caution.CONTACT]),
    ("0470/12.34.56", [Caution.CONTACT]),
    ("(030) 1234567 is my number", [Caution.CONTACT]),
    ("0049-30-1234567", [Caution.CONTACT]),
    ("sanne.v@example.org", [Caution.CONTACT]),
    ("sanne (at) example (dot) org", [Caution.CONTACT]),
    ("Are you on WhatsApp?", [Caution.CONTACT]),
    ("I pay by Western  Union", [Caution.PAYMENT]),
    ("send me gift cards", [Caution.PAYMENT]),
    ("in Bitcoin only", [Caution.PAYMENT]),
    ("My courier comes at noon", [Caution.COURIER]),
    ("Please pay in advance", [Caution.COURIER]),
    ("Tell me the code you received", [Caution.CODE]),
    ("I need your card number", [Caution.CODE]),
    ("My agent will fetch it, pay by MoneyGram", [Caution.PAYMENT, Caution.COURIER]),
]
PLAIN = [
    "Is it still there? I can come at 10.30 on 24/11/2026.",
    "It is 120 x 60 x 75 cm, 12.5 kg, from 1998.",
    "I offer 1 200,00 euros, or 0.50 for the small one.",
    "Zip 10115 Berlin, house 12",
    "Serial 4006381333931",
    "I paid 40 in cash and took the card with me.",
]


@pytest.mark.parametrize("text", LINKS)
def test_a_link_is_found(text: str) -> None:
    assert has_link(text)


@pytest.mark.parametrize("text", NO_LINKS)
def test_no_link_is_made_up(text: str) -> None:
    assert not has_link(text)


@pytest.mark.parametrize(("text", "expected"), CAUTIONS)
def test_a_caution_is_found(text: str, expected: list[Caution]) -> None:
    assert cautions(text) == expected


@pytest.mark.parametrize("text", PLAIN)
def test_ordinary_words_are_left_in_peace(text: str) -> None:
    assert cautions(text) == []


@given(st.text(max_size=300), st.sampled_from(LINKS), st.text(max_size=300))
def test_what_stands_around_hides_no_link(before: str, link: str, after: str) -> None:
    assert has_link(f"{before}\n{link}\n{after}")


@pytest.mark.parametrize("part", ["a.", "1 ", "0 (", "a-", "a@", ". ", "[.] ", "www."])
def test_the_longest_message_is_read_at_once(part: str) -> None:
    began = time.process_time()
    text = (part * 2000)[:2000]
    has_link(text), cautions(text)
    assert time.process_time() - began < 0.5
