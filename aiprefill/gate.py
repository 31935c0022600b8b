"""The output gate: a model's answer is untrusted input, and this is the only way through.

`gate_field` takes any JSON value and returns a valid field or an empty one with a reason; it never raises.
Advertising words pass: evaluations measure them.
"""

import re
import unicodedata
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from aiprefill.suggestion import MAX_REASON, Dropped, PriceRange, SuggestedField, Taxonomy
from listings.fields import MAX_DESCRIPTION, MAX_PRICE, MAX_TITLE, Condition

_LIMITS: Final = {"title": MAX_TITLE, "description": MAX_DESCRIPTION}

_SCRIPTS: Final = {
    "ar": "ARABIC", "fa": "ARABIC", "he": "HEBREW", "el": "GREEK", "bg": "CYRILLIC", "ru": "CYRILLIC",
    "uk": "CYRILLIC", "sr": "CYRILLIC", "hi": "DEVANAGARI", "th": "THAI",
}  # fmt: skip
_UNCHECKED: Final = frozenset({"ja", "ko", "zh"})  # several scripts in one sentence

# Each pattern starts at a rare character or is bounded, so that no text costs more than linear time.
_CONTACT: Final = re.compile(
    r"""
      \w@\w | (?<!\w)@[^\W\d]\w | [\[(]\s?(?:at|@)\s?[\])]   # name@host, @handle, name (at) host
    | \b(?:https?|ftp|mailto|tel|javascript|data):\S | \bwww\.\w
    | [\w-]\.(?=(?-i:[a-z]{2,10}|[A-Z]{2,10})\b)             # a host; "worn.It works" is none
      (?:com|net|org|info|biz|shop|store|online|site|xyz|app|link|click|example|test
        |io|me|ly|gg|tv|co|eu|de|at|ch|fr|it|es|nl|be|pl|uk|us|ru)\b(?![.]?\w)
    | [\w-]\.[a-z]{2,10}/\w
    | \b(?:tel|phone|call|text|mobile|whatsapp|telegram|signal)\b\D{0,12}\d(?:[ ./()-]{0,2}\d){5}
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DATES: Final = re.compile(r"(?:[12]\d{3}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4})(?:\s?-\s?(?:[12]\d{3}))?")
_DIGITS: Final = re.compile(r"[+(]{0,2}\d(?:[ ./()-]{0,3}\d){7,}")


def gate_field(name: str, raw: object, taxonomy: Taxonomy, language: str) -> SuggestedField:
    """The field `name` (one of `AI_FIELDS`) of an answer as it may be shown to a seller.

    `raw` is the JSON value under that key, None if the key is missing.
    """
    if raw is None:
        return SuggestedField(dropped=Dropped.MISSING)
    if not isinstance(raw, Mapping):
        return SuggestedField(dropped=Dropped.MALFORMED)
    reason = _reason(raw.get("reason"))
    if name == "price":
        return _price(raw, reason)
    value = raw.get("value")
    if value is None:
        return SuggestedField(reason=reason, dropped=None if "value" in raw else Dropped.MISSING)
    if not isinstance(value, str):
        return SuggestedField(reason=reason, dropped=Dropped.MALFORMED)
    if name == "category":
        return _choice(value, {slug: slug for slug, _ in taxonomy}, reason)
    if name == "condition":
        return _choice(value, {condition.value: condition for condition in Condition}, reason)
    return _text(name, value, reason, language)


def _choice(value: str, offered: Mapping[str, str], reason: str) -> SuggestedField:
    if value not in offered:
        return SuggestedField(reason=reason, dropped=Dropped.UNKNOWN_CHOICE)
    return SuggestedField(offered[value])


def _text(name: str, value: str, reason: str, language: str) -> SuggestedField:
    text = clean_text(value, lines=name == "description")
    if not text:
        return SuggestedField(reason=reason)
    if has_contact(text):
        return SuggestedField(dropped=Dropped.CONTACT)
    if not _in_script(text, language):
        return SuggestedField(dropped=Dropped.WRONG_LANGUAGE)
    return SuggestedField(_shorten(text, _LIMITS[name]))


def _reason(raw: object) -> str:
    text = clean_text(raw, lines=False) if isinstance(raw, str) else ""
    return "" if has_contact(text) else _shorten(text, MAX_REASON)


def _price(raw: Mapping[str, object], reason: str) -> SuggestedField:
    numbers = [raw.get(key) for key in ("low", "likely", "high")]
    if all(number is None for number in numbers):
        return SuggestedField(reason=reason)
    prices = [price for number in numbers if (price := _euros(number)) is not None]
    if len(prices) < len(numbers) or prices != sorted(prices):
        return SuggestedField(reason=reason, dropped=Dropped.NOT_A_PRICE)
    return SuggestedField(PriceRange(*prices), reason)


def _euros(number: object) -> Decimal | None:
    """A JSON number from 0 to `MAX_PRICE` as euros with two decimals; else None, for NaN and true too."""
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number <= MAX_PRICE:
        return None
    return abs(Decimal(repr(number)).quantize(Decimal("0.01"), ROUND_HALF_UP))


def clean_text(text: str, *, lines: bool) -> str:
    """NFC plain text without control, bidi, zero-width, private or unassigned characters; spaces collapsed.

    With `lines`, line breaks stay (at most one empty line in a row); else the text is one line. At most two
    combining marks stay on a letter.
    """
    kept: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", text.encode(errors="ignore").decode()):
        category = unicodedata.category(char)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if char in "\n\r\t" or category in ("Zs", "Zl", "Zp"):
            kept.append("\n" if lines and char in "\n\u2028\u2029" else " ")
        elif category[0] != "C" and marks <= 2:
            kept.append(char)
    rows = [" ".join(row.split(" ")).strip() for row in "".join(kept).split("\n")]
    joined = re.sub(r"\n{3,}", "\n\n", "\n".join(re.sub(" {2,}", " ", row) for row in rows)).strip()
    return unicodedata.normalize("NFC", joined)


def has_contact(text: str) -> bool:
    """Whether the text holds an address, a link, a handle or a phone number, full-width forms included."""
    plain = unicodedata.normalize("NFKC", text)
    return bool(_CONTACT.search(plain)) or any(_is_phone(run[0]) for run in _DIGITS.finditer(plain))


def _is_phone(run: str) -> bool:
    """Eight digits or more that are no ISBN and no pair of years or dates."""
    digits = "".join(char for char in run if char.isdigit())
    if len(digits) == 13 and digits.startswith(("978", "979")):
        return False
    dates = _DATES.fullmatch(run.strip())
    return dates is None and (len(digits) >= 9 or run.startswith(("+", "0")))


def _in_script(text: str, language: str) -> bool:
    """Whether at least half of the letters are of the language's script; Latin unless listed."""
    code = language.partition("-")[0].lower()
    letters = [char for char in text if char.isalpha()]
    if code in _UNCHECKED or not letters:
        return True
    script = _SCRIPTS.get(code, "LATIN")
    return 2 * sum(script in unicodedata.name(char, "") for char in letters) >= len(letters)


def _shorten(text: str, limit: int) -> str:
    """The text cut to `limit` characters, at the last space if there is one."""
    if len(text) <= limit:
        return text
    cut = text[: limit + 1].rpartition(" ")[0] or text[:limit]
    return cut.rstrip(" ,;:-")[:limit]
