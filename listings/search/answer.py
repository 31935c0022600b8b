"""What a search comes to: what was typed, or what was meant; and, if nothing is there, what to loosen."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from listings.search.facets import Facets, facets
from listings.search.matching import count
from listings.search.query import Search
from listings.search.vocabulary import corrected

MOST_WORDS: Final = 6
"""Of so many words it is tried what each of them keeps out."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`search` is what was counted: what was `asked`, or what mistyped words were read as."""

    asked: Search
    search: Search
    facets: Facets

    @property
    def is_corrected(self) -> bool:
        return self.search.words != self.asked.words


@dataclass(frozen=True, slots=True)
class Loosening:
    """A search that is wider by one filter, or by `word`, and finds so many."""

    search: Search
    found: int
    word: str = ""


def answer(asked: Search) -> Answer:
    """Count what was asked for; where nothing is, and a word is mistyped, what was meant."""
    counted = facets(asked)
    if not counted.found and (words := corrected(asked.words)):
        meant = replace(asked, words=words)
        return Answer(asked, meant, facets(meant))
    return Answer(asked, asked, counted)


def loosened(search: Search) -> Iterator[Loosening]:
    """Each single thing without which the search finds something, and doing without all filters."""
    bare = Search(words=search.words, sort=search.sort)
    wider_ones = [search.without(name) for name in sorted(search.filters)]
    for wider in wider_ones if bare in wider_ones else [*wider_ones, bare]:
        if wider.narrows and (found := count(wider)):
            yield Loosening(wider, found)
    words = search.words.split()
    if 1 < len(words) <= MOST_WORDS:
        for place, word in enumerate(words):
            wider = replace(search, words=" ".join(words[:place] + words[place + 1 :]))
            if found := count(wider):
                yield Loosening(wider, found, word)
