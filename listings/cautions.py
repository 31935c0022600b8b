"""What in a message wants care: links, contact data, the tricks of those who are after money. No Django.

A caution is a hint and never a verdict: it is shown beside a text and keeps nothing from being sent.
"""

import re
import unicodedata
from enum import StrEnum
from typing import Final


class Caution(StrEnum):
    """What a text may lead to."""

    CONTACT = "contact"
    """A telephone number or an address: what follows is not seen by the site."""
    PAYMENT = "payment"
    """A way to pay that cannot be taken back."""
    COURIER = "courier"
    """Money before the thing, or somebody else who fetches it."""
    CODE = "code"
    """A code or a card number, which is nobody else's."""


# Endings that are words or abbreviations too ("it", "is", "to", "me", "no") count only before a path.
_ENDINGS: Final = (
    "app|at|be|biz|cc|ch|click|club|co|com|de|dev|dk|es|eu|fr|info|io|ly|net|nl|online|org|page|pl|pt|ru|se|"
    "shop|site|store|tk|top|uk|vip|xyz"
)
_LINK: Final = re.compile(
    rf"""
    \b(?:h(?:tt|xx)ps?|ftp)\s*:\s*/\s*/
    | \bwww\d?\s*\.\s*[a-z0-9]
    | (?<![@\w.)\]-]) [a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)* \s?[\[({{]\s?(?:dot|\.)\s?[\])}}]\s? [a-z]{{2,}}
    | (?<![@\w.)\]-]) [a-z0-9][a-z0-9-]+(?:\.[a-z0-9-]+)* \. (?:{_ENDINGS})\b(?![.-]?\w)
    | (?<![@\w.)\]-]) [a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)* \. [a-z]{{2,}}(?::\d+)?/\S
    """,
    re.VERBOSE,
)
_EMAIL: Final = re.compile(
    r"[\w.+-]+\s?(?:@|[\[({]\s?(?:at|@)\s?[\])}])\s?[\w-]+(?:\.|\s?[\[({]\s?(?:dot|\.)\s?[\])}]\s?)\w{2,}"
)
_PHONE: Final = re.compile(r"(?<![\w.,/€-])(?:\+|00|0)[\s./()-]*[1-9](?:[\s./()-]*\d){6,13}(?![\w,])")
_WORDS: Final[dict[Caution, re.Pattern[str]]] = {
    Caution.CONTACT: re.compile(
        r"\b(?:whats\s?app|telegram|viber|wechat|signal me|text me (?:on|at)|call me (?:on|at))\b"
    ),
    Caution.PAYMENT: re.compile(
        r"\b(?:western\s?union|money\s?gram|ria transfer|gift\s?cards?|google play card|steam card|"
        r"pay\s?safe\s?card|bit\s?coins?|usdt|crypto(?:currency)?|"
        r"friends (?:and|&) family|cash\s?app|zelle)\b"
    ),
    Caution.COURIER: re.compile(
        r"\b(?:couriers?|shipping (?:agent|company)|my (?:agent|mover|driver|cousin) will|"
        r"pay(?:ment)? (?:in|it in) advance|advance payment|pay (?:first|upfront|up front)|"
        r"deposit (?:first|upfront|to)|vorkasse|cashier'?s che(?:ck|que)|overpay(?:ment)?|customs fee)\b"
    ),
    Caution.CODE: re.compile(
        r"\b(?:(?:verification|confirmation|sms|security|six.digit|6.digit) code|"
        r"code (?:that )?(?:you (?:got|get|received)|i sent)|(?:card|cvv|cvc|pin) (?:number|code)|cvv|cvc)\b"
    ),
}


def has_link(text: str) -> bool:
    """Whether the text names an address on the web, also one that is spelt to hide it."""
    return bool(_LINK.search(_folded(text)))


def cautions(text: str) -> list[Caution]:
    """What a reader of this text should mind, in the order of Caution."""
    folded = _folded(text)
    found = {caution for caution, words in _WORDS.items() if words.search(folded)}
    if _EMAIL.search(folded) or _PHONE.search(folded):
        found.add(Caution.CONTACT)
    return [caution for caution in Caution if caution in found]


def _folded(text: str) -> str:
    """Lower case, full-width letters and dots made plain, single spaces, and nothing that cannot be seen."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("。", ".").replace("’", "'")
    return " ".join("".join(char for char in plain if unicodedata.category(char) != "Cf").split())
