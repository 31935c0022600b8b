"""Search over a million listings, through the site, and beside it `icontains` over the same columns."""

import http.client
import random
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import Final
from urllib.parse import quote_plus

from trova.bench.shop import LISTINGS, fill
from trova.bench.site import free_port, running, say, service
from trova.bench.tables import verdict
from trova.demo_supervisor import commands, wait_until_open

EACH: Final = 30
"""Searches of each kind, each of them in the three orders."""
COMPARED: Final = 5
"""Of each kind, so many are also asked of `icontains`, which takes seconds."""
SORTS: Final = ("relevance", "newest", "price")
COMMON: Final = (0.01, 0.05)
RARE: Final = (0.001, 0.01)
BOUND_MS: Final = 150


def run() -> bool:
    """Print the table; true if the bound holds."""
    fill()
    kinds = mix()
    port = free_port()
    web = service("web", (*commands(port)["web"][:-1], "trova.bench.wsgi:application"))
    with running(web):
        wait_until_open(port, [web])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        for words in islice(kinds["two words"], 3):  # processes and plans warm up
            seconds(connection, "/", words, "relevance")
        return report(connection, kinds)


def mix() -> dict[str, list[str]]:
    """The searches: words said in so many of all listings, and two common words together. Seeded."""
    words = (Path(__file__).parent / "words.txt").read_text().split()
    dice = random.Random(1)  # noqa: S311 - seeded, so that each run asks the same
    dice.shuffle(words)
    common = list(islice((word for word in words if _share(word, COMMON)), EACH))
    rare = list(islice((word for word in words if _share(word, RARE)), EACH))
    pairs = [" ".join(dice.sample(common, 2)) for _ in range(EACH)]
    return {"1 to 5 per cent": common, "0.1 to 1 per cent": rare, "two words": pairs}


def _share(word: str, between: tuple[float, float]) -> bool:
    from listings.search import Search, matches

    least, most = (share * LISTINGS for share in between)
    return least <= matches(Search(words=word)).count() < most


def seconds(connection: http.client.HTTPConnection, path: str, words: str, sort: str) -> float:
    """How long one page takes from the request to its last byte."""
    start = time.perf_counter()
    connection.request("GET", f"{path}?q={quote_plus(words)}&sort={sort}", headers={"Host": "localhost"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != http.client.OK:
        raise RuntimeError(f"{words} answered {answer.status}")
    return time.perf_counter() - start


def report(connection: http.client.HTTPConnection, kinds: dict[str, list[str]]) -> bool:
    """Ask everything in turn, `icontains` in between, and print what it took."""
    say(f"{'milliseconds':<40}{'median':>8}{'p95':>8}{'most':>8}{'pages':>8}")
    whole: list[float] = []
    for kind, searches in kinds.items():
        times = {sort: [seconds(connection, "/", words, sort) for words in searches] for sort in SORTS}
        for sort, taken in times.items():
            _row(f"{kind}, {sort}", taken)
            whole += taken
        _row(
            f"{kind}, icontains",
            [seconds(connection, "/bench/icontains/", words, "") for words in searches[:COMPARED]],
        )
    _row("all searches", whole)
    p95 = 1000 * quantiles(whole, n=20, method="inclusive")[-1]
    return verdict(f"p95 of all searches, counts and page, at most {BOUND_MS} ms", p95 <= BOUND_MS)


def _row(name: str, taken: Sequence[float]) -> None:
    numbers = (median(taken), quantiles(taken, n=20, method="inclusive")[-1], max(taken))
    say(f"{name:<40}{''.join(f'{1000 * number:>8.0f}' for number in numbers)}{len(taken):>8}")
