"""Which words are right, how far two are apart, and by what a mistyped one is found. No Django.

Symmetric deletion (Wolf Garbe's SymSpell): two words that are n edits apart become equal when up to n letters
are taken from each. So each word is kept under its stumps, and looked up by those of the mistyped one.
"""

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Final

SHORTEST: Final = 4
LONG: Final = 8
HEAD: Final = 7
"""Stumps are made of so many letters at the front: few for a long word, and still enough."""


@cache
def right_words(language: str) -> frozenset[str]:
    """Words that the language has and are not mistyped, however near another is: "hope" is not "hose".

    From `words/LANGUAGE.txt`; none where no such file is. English is SCOWL's up to size 35, British and
    American: what most people know. A list with rarer ones would take more typing errors for words.
    """
    file = Path(__file__).parent / "words" / f"{language}.txt"
    return frozenset(file.read_text().split()) if file.exists() else frozenset()


def edits(word: str) -> int:
    """How many mistakes a word may have and still be meant."""
    return 0 if len(word) < SHORTEST else 1 if len(word) < LONG else 2


def stumps(word: str, most: int) -> set[str]:
    """The head of the word with at most so many letters taken out."""
    found = {word[:HEAD]}
    for _ in range(most):
        found |= {stump[:i] + stump[i + 1 :] for stump in found for i in range(len(stump))}
    return found


def distance(one: str, other: str) -> int:
    """Letters put in, left out, changed, or swapped with the next: the fewest from one to the other."""
    before, row = [0] * (len(other) + 1), list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, its in enumerate(other, 1):
            steps = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                steps = min(steps, last[j - 2] + 1)
            row.append(steps)
    return row[-1]


def strays(typed: str, word: str) -> int:
    """How many letters were typed that the word has not.

    None where letters were only left out or swapped: which ones, the word says. A wrong letter is one of 26:
    of two words as near, the one that needs none is far likelier to be meant.
    """
    return (Counter(typed) - Counter(word)).total()
