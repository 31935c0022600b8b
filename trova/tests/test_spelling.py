"""Who mistypes finds what was meant; who looks for something rare is left in peace. Seeded."""

import json
import random
import re
import string
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from listings.models import Category, Listing, Seller, Status, Word
from listings.search import Search, answer, matches, results, vocabulary
from listings.search.matching import count
from listings.search.spelling import LONG

pytestmark = pytest.mark.django_db

FOLDER: Final = Path(settings.BASE_DIR) / "trova"
SEEDED: Final = 2_000
TYPOS: Final = 200
RARE: Final = 50


@pytest.fixture(scope="module")
def titles() -> list[tuple[str, str]]:
    """(title, description): the demo's, and many more, in which word n is said about 1/n times as often."""
    demo = json.loads((FOLDER / "demo" / "listings.json").read_text())["listings"]
    words = (FOLDER / "bench" / "words.txt").read_text().split()
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    dice = random.Random(1)  # noqa: S311 - seeded, so that the proof is the same each time
    said = [dice.choices(words, weights, k=12) for _ in range(SEEDED)]
    seeded = [(" ".join(each[:4]), " ".join(each[4:])) for each in said]
    return [(each["title"], each["description"]) for each in demo] + seeded


@pytest.fixture
def shop(db: None, titles: list[tuple[str, str]]) -> None:
    seller = Seller.objects.create_user("seller@example.org")
    shelf = Category.objects.get(slug="other")
    now = timezone.now()
    Listing.objects.bulk_create(
        Listing(
            seller=seller,
            title=title[:80],
            description=description,
            price=Decimal(5),
            category=shelf,
            status=Status.LIVE,
            published_at=now,
        )
        for title, description in titles
    )
    vocabulary.rebuild()


def mistyped(word: str, dice: random.Random) -> str:
    """The word with one edit, or, a longer one, two: a letter put in, left out, changed, or swapped."""
    wrong = word
    for _ in range(2 if len(word) >= LONG else 1):
        place, letter = dice.randrange(len(wrong)), dice.choice(string.ascii_lowercase)
        before, after = wrong[:place], wrong[place:]
        swapped = before + after[1::-1] + after[2:]
        wrong = dice.choice(
            [before + letter + after, before + after[1:], before + letter + after[1:], swapped]
        )
    return wrong


def test_who_mistypes_finds_what_was_meant(shop: None) -> None:
    dice = random.Random(2)  # noqa: S311 - seeded
    words = dice.sample(sorted(Word.objects.values_list("text", flat=True)), TYPOS)
    missed = []
    for word in words:
        while (typed := mistyped(word, dice)) == word:
            pass
        given = answer(Search(words=typed))
        first = [listing.pk for listing in results(given.search, size=10)[0]]
        meant = Listing.objects.filter(pk__in=first, title__iregex=rf"\y{re.escape(word)}\y")
        if not meant.exists():
            missed.append(f"{word} as {typed} read as {given.search.words}")
    assert len(missed) <= TYPOS * 0.1, missed


@pytest.fixture(scope="module")
def rare(titles: list[tuple[str, str]]) -> list[str]:
    """Words that stand in one listing, or two."""
    said = Counter(word for both in titles for word in {*re.findall(r"[a-z]{4,}", " ".join(both).lower())})
    return random.Random(3).sample(sorted(word for word in said if said[word] <= 2), RARE)  # noqa: S311 - seeded


def test_a_rare_word_that_is_there_is_not_read_otherwise(shop: None, rare: list[str]) -> None:
    assert [word for word in rare if answer(Search(words=word)).is_corrected] == []


def test_who_looks_for_what_was_there_is_left_in_peace(shop: None, rare: list[str]) -> None:
    """Each word is asked for when its last listing has gone."""
    spoken = []
    for word in rare:
        with rolled_back():
            gone = list(matches(Search(words=word)))
            Listing.objects.filter(pk__in=[listing.pk for listing in gone]).update(status=Status.EXPIRED)
            vocabulary.forget({each for listing in gone for each in vocabulary.words_of(listing.title)})
            if (given := answer(Search(words=word))).is_corrected:
                spoken.append(f"{word} read as {given.search.words}")
    assert len(spoken) <= RARE * 0.05, spoken


def test_who_looks_for_what_was_never_there_is_left_in_peace(shop: None) -> None:
    """Things that few people own, and then words drawn from this project's documents."""
    things = Path(__file__).with_name("right_words.txt").read_text().split()
    words = [word for word in things if not count(Search(words=word))]
    assert len(words) > 4 * RARE
    read = {word: corrected for word in words if (corrected := vocabulary.corrected(word))}
    assert len(read) <= len(words) * 0.05, read


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
