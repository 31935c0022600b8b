"""Which language a short text is in, told by its function words; no Django, no library, no network.

Enough to see that an answer came in another language than the seller's; too coarse for anything finer.
"""

import re
from collections import Counter
from typing import Final

MIN_WORDS: Final = 3
"""Fewer function words than this tell nothing: "iPhone 12 Pro" is in every language."""

_WORDS: Final = {
    "de": "der die das und mit ist ein eine einen auf den dem von für nicht sind zu sehen auch ohne im am",
    "en": "the and with is a an of on for not are to be seen no from at has it this its but some by",
    "es": "el la los las y con es un una de en por para no son del se al sin como tiene está",
    "fr": "le la les et avec est un une des de du en pour pas sont au aux sur sans dans il elle ce",
    "it": "il lo la gli e con è un una di del della in per non sono al sul senza nel si che ha",
    "nl": "de het een en met is van op voor niet zijn te zien ook zonder in aan er dit deze maar",
    "pl": "i z jest w na do nie są się bez od po to ze dla przy oraz widać ma jak",
    "pt": "o os as e com é um uma de em por para não são do da no na sem ao se tem",
}
_OF_WORD: Final = {
    word: [code for code, words in _WORDS.items() if word in words.split()]
    for words in _WORDS.values()
    for word in words.split()
}


def in_language(text: str, language: str) -> bool:
    """Whether the text is in this language (a code such as "en" or "de-AT"), as far as can be told.

    False only if another language has more of its function words in the text and at least `MIN_WORDS`. A
    language without a word list is never denied.
    """
    code = language.partition("-")[0].lower()
    if code not in _WORDS:
        return True
    hits = Counter(lang for word in re.findall(r"\w+", text.lower()) for lang in _OF_WORD.get(word, ()))
    return all(count <= hits[code] or count < MIN_WORDS for count in hits.values())
