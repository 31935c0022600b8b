"""The words of the titles on show: learned and forgotten with them, and asked when nothing is found."""

import re
from collections.abc import Collection
from typing import Final

from django.conf import settings
from django.contrib.postgres.search import SearchQuery
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from listings.models import Listing, Word
from listings.models.word import MAX_WORD
from listings.search.matching import matches
from listings.search.query import Search
from listings.search.spelling import SHORTEST, distance, edits, right_words, strays, stumps

WORD: Final = re.compile(r"[^\W\d_]+")
TYPED_SHORTEST: Final = SHORTEST - 1
SEARCHED: Final = """
SELECT word FROM unnest(%s::text[]) AS word WHERE numnode(plainto_tsquery(%s::regconfig, word)) > 0
"""
"""Of the shortest words, one letter may be missing."""
WEIGHED: Final = 5
COMMON: Final = 200
"""Among so many words that are equally near, the commonest is meant; nothing is counted further."""
AT_ONCE: Final = 2_000


def words_of(title: str) -> set[str]:
    """The words that are worth keeping."""
    return {word for word in WORD.findall(title.lower()) if SHORTEST <= len(word) <= MAX_WORD}


def learn(title: str) -> None:
    """A title came on show."""
    _keep(words_of(title))


def forget(words: Collection[str]) -> None:
    """Titles with these words went: what stands in no other title that is on show is erased.

    Called after the commit, so that of two who end the last two titles with a word one sees that it is gone.
    """
    query = SearchQuery(OuterRef("text"), config=settings.SEARCH_CONFIG)
    titles = Listing.objects.on_show().filter(search=query, title__icontains=OuterRef("text"))
    Word.objects.filter(~Exists(titles), text__in=words).delete()


def rebuild() -> int:
    """Learn the titles on show anew; how many words there are."""
    words = set[str]()
    for title in Listing.objects.on_show().values_list("title", flat=True).iterator(chunk_size=AT_ONCE):
        words |= words_of(title)
    with transaction.atomic():
        Word.objects.all().delete()
        _keep(words)
    return len(words)


def sweep(turn: int) -> None:
    """Forget what a process that died left behind: another hundred words each turn."""
    if known := Word.objects.count():
        start = 100 * turn % known
        forget(list(Word.objects.order_by("text")[start : start + 100].values_list("text", flat=True)))


def corrected(words: str) -> str:
    """The words with those that nobody knows replaced by the likeliest on show; empty where none is."""
    typed = {word for word in WORD.findall(words.lower()) if len(word) >= TYPED_SHORTEST}
    typed -= right_words(settings.SEARCH_CONFIG)
    known = set(Word.objects.filter(text__in=typed).values_list("text", flat=True))
    unknown = [word for word in _searched(typed - known) if not matches(Search(words=word)).exists()]
    meant = {word: _meant(word) for word in unknown}
    if not any(meant.values()):
        return ""
    return WORD.sub(lambda found: meant.get(found[0].lower()) or found[0], words)


def _meant(typed: str) -> str:
    """The nearest word, that with the fewest letters to take back, with the same first letter, the commonest.

    Empty where none is near.
    """
    near = Word.objects.filter(stumps__overlap=list(stumps(typed, edits("x" * (len(typed) + 2)))))
    apart = {word: distance(typed, word) for word in near.values_list("text", flat=True)}
    near_enough = {word: far for word, far in apart.items() if far <= edits(word)}
    rated = {word: (far, strays(typed, word), word[0] != typed[0]) for word, far in near_enough.items()}
    likely = sorted(word for word in rated if rated[word] == min(rated.values()))[:WEIGHED]
    return max(likely, key=_how_common) if len(likely) > 1 else "".join(likely)


def _how_common(word: str) -> int:
    return matches(Search(words=word))[:COMMON].count()


def _keep(words: Collection[str]) -> None:
    rows = [Word(text=word, stumps=sorted(stumps(word, edits(word)))) for word in sorted(_searched(words))]
    Word.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)


def _searched(words: Collection[str]) -> list[str]:
    """Those that the language does not leave out of a search, as English does "with"."""
    if not words:
        return []
    with connection.cursor() as cursor:
        cursor.execute(SEARCHED, [list(words), settings.SEARCH_CONFIG])
        return [word for (word,) in cursor]
