"""What is measured in words: the keyword rule, advertising, length. Plain functions, no Django."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

MAX_TITLE_ASKED: Final = 60
MIN_WORDS_ASKED: Final = 8
MAX_WORDS_ASKED: Final = 90

_ADVERTISING: Final = Path(__file__).with_name("advertising_words.txt")


def fold(text: str) -> str:
    """Lower case without accents, so that "Écran" meets "ecran"; typographic apostrophes become straight."""
    plain = unicodedata.normalize("NFKD", text.replace("\u2019", "'").casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))


def hits(text: str, keyword: str) -> bool:
    """Whether the keyword stands at the start or the end of a word of the text, case and accents aside.

    The rule of the photo set: "chair" hits "armchair" and "chairs", "ram" does not hit "camera".
    """
    word = re.escape(fold(keyword))
    return re.search(rf"(?<![a-z0-9]){word}|{word}(?![a-z0-9])", fold(text)) is not None


def hits_each(text: str, groups: Sequence[Sequence[str]]) -> bool:
    """Whether every group has at least one keyword that hits the text."""
    return all(any(hits(text, keyword) for keyword in group) for group in groups)


def advertising_words(text: str) -> list[str]:
    """The words of `advertising_words.txt` in the text, as whole words, in the order met."""
    return _advertising().findall(fold(text))


def well_sized(title: str, description: str) -> bool:
    """Whether the title has 1 to 60 characters and the description 8 to 90 words.

    A little wider than what the first prompt asks for (30 to 80 words, fewer when the photos show little).
    """
    return 0 < len(title) <= MAX_TITLE_ASKED and (
        MIN_WORDS_ASKED <= len(description.split()) <= MAX_WORDS_ASKED
    )


def is_plain(title: str, description: str) -> bool:
    """Whether the title does not shout, and neither text has an exclamation mark or an emoji.

    A title shouts if it has two words of three letters or more and not one small letter: "SONY WH-1000XM4"
    does not.
    """
    words = re.findall(r"[^\W\d_]{3,}", title)
    shouts = len(words) > 1 and title == title.upper()
    text = f"{title}\n{description}"
    return not (shouts or "!" in text or any(char >= "\u2600" and _is_symbol(char) for char in text))


def _is_symbol(char: str) -> bool:
    return unicodedata.category(char) == "So"


def listed_advertising() -> tuple[str, ...]:
    """The list itself, one entry a line of the file."""
    return tuple(_ADVERTISING.read_text(encoding="utf-8").split("\n")[:-1])


@cache
def _advertising() -> re.Pattern[str]:
    words = sorted(map(fold, listed_advertising()), key=len, reverse=True)
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(map(re.escape, words))})(?![a-z0-9])")
