"""Browse and detail over a million listings, against the same page made of one query."""

import http.client
import os
import threading
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Final

from trova.bench.site import free_port, running, say, service
from trova.demo_supervisor import commands, wait_until_open

LISTINGS: Final = 1_000_000
KIND: Final = "a million, each of 24 words"
"""What the table says of itself when it is filled; another word here, and it is made anew."""
BASELINE: Final = "same rows, one query"
ROUNDS: Final = 24
SECONDS_A_ROUND: Final = 0.5
CONNECTIONS: Final = 4
BOUND: Final = 0.75
MOST_QUERIES: Final = 5


def fill() -> None:
    """Make the million listings, once; they stay for the next run."""
    from django.db import connection

    from listings.models import Listing
    from listings.search import vocabulary

    folder = Path(__file__).parent
    words = (folder / "words.txt").read_text().split()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), obj_description('listings_listing'::regclass) FROM listings_listing")
        if cursor.fetchone() == (LISTINGS, KIND):
            return
        say("Making a million listings, once: some minutes ...")
        cursor.execute("TRUNCATE listings_listing, listings_seller CASCADE")
        index = next(index for index in Listing._meta.indexes if index.name == "listing_words")
        cursor.execute("DROP INDEX IF EXISTS listing_words")  # listing by listing it would take far longer
        cursor.execute((folder / "million.sql").read_text(), {"words": words, "rows": LISTINGS})
        with connection.schema_editor() as editor:
            editor.add_index(Listing, index)
        vocabulary.rebuild()
        cursor.execute(f"COMMENT ON TABLE listings_listing IS '{KIND}'")
        cursor.execute("VACUUM ANALYZE")


def requests_a_second(port: int, address: str) -> tuple[float, list[float]]:
    """One round over keep-alive connections: (requests a second, each one's seconds)."""
    times: list[float] = []
    end = time.perf_counter() + SECONDS_A_ROUND

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while (start := time.perf_counter()) < end:
            connection.request("GET", address, headers={"Host": "localhost"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != http.client.OK:
                raise RuntimeError(f"{address} answered {answer.status}")
            times.append(time.perf_counter() - start)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(times) / SECONDS_A_ROUND, times


def queries(address: str) -> int:
    """How many queries one anonymous GET costs."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        answer = Client(HTTP_HOST="localhost").get(address)
    if answer.status_code != http.client.OK:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    return len(captured)


def run() -> bool:
    """Print the table; true if every bound holds."""
    from listings.models import Listing

    fill()
    shown = Listing.objects.on_show().order_by("-published_at", "-id")[:24]
    ids = [str(listing.pk) for listing in shown]
    addresses = {
        BASELINE: "/bench/same-rows/",
        "browse": "/",
        "browse, a category": "/?category=books",
        "detail": f"/listings/{ids[0]}/",
        "bare view": "/bench/bare/",
    }
    os.environ["BENCH_SHOWN"] = " ".join(ids)
    port = free_port()
    web = service("web", (*commands(port)["web"][:-1], "trova.bench.wsgi:application"))
    with running(web):
        wait_until_open(port, [web])
        return report(measure(port, addresses), addresses)


def measure(port: int, addresses: dict[str, str]) -> dict[str, list[tuple[float, list[float]]]]:
    """Rounds over all addresses in turn, so that a slow moment of the machine meets them alike."""
    for address in addresses.values():
        requests_a_second(port, address)
    rounds: dict[str, list[tuple[float, list[float]]]] = {name: [] for name in addresses}
    for _ in range(ROUNDS):
        for name, address in addresses.items():
            rounds[name].append(requests_a_second(port, address))
    return rounds


def report(rounds: dict[str, list[tuple[float, list[float]]]], addresses: dict[str, str]) -> bool:
    """Print each page's speed and its ratio to the baseline's in the same round; say if the bounds hold."""
    baseline = [speed for speed, _ in rounds[BASELINE]]
    bare = [speed for speed, _ in rounds["bare view"]]
    holds = True
    say(f"{'page':<22}{'req/s':>8}{'ratio':>8}{'to bare':>9}{'p99 ms':>8}{'queries':>9}")
    for name, measured in rounds.items():
        speeds = [speed for speed, _ in measured]
        ratio = median(speed / base for speed, base in zip(speeds, baseline, strict=True))
        to_bare = median(speed / base for speed, base in zip(speeds, bare, strict=True))
        p99 = quantiles([t for _, times in measured for t in times], n=100)[98] * 1000
        asked = queries(addresses[name]) if not addresses[name].startswith("/bench/") else 0
        bounded = name.startswith(("browse", "detail"))
        good = not bounded or (ratio >= BOUND and asked <= MOST_QUERIES)
        holds &= good
        row = f"{name:<22}{median(speeds):>8.0f}{ratio:>8.2f}{to_bare:>9.2f}{p99:>8.1f}{asked or '–':>9}"
        say(f"{row}{'' if good else '   MISSED'}")
    say(f"Bound: at least {BOUND} of the baseline, at most {MOST_QUERIES} queries.")
    return holds
