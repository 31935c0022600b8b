"""What the tests of runs ask for: a small release, and a run over it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.db import connection

from aiprefill.public import PRODUCTION, label_version
from evals import datasets
from evals.models import EvalRun, Release
from evals.runner import Order, Performance, ask, claim
from evals.tests.folders import jpeg


def make_release(folder: Path, count: int = 4, first: int = 0, **lines: Any) -> Release:
    """A release of `count` cases, numbered from `first`, in the gate split; the scripted answer is right."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for number in range(first, first + count):
        (folder / f"c{number:03}.jpg").write_bytes(jpeg(number))
        rows.append(
            {
                "id": f"c{number:03}",
                "image": f"c{number:03}.jpg",
                "category": "electronics",
                "acceptable_title_keywords": [["headphones"]],
                "price_low_eur": 10,
                "price_high_eur": 30,
                "split": "gate",
            }
            | lines
        )
    (folder / "cases.jsonl").write_text("\n".join(map(json.dumps, rows)))
    datasets.import_cases("set", folder)
    return datasets.release(datasets.find_dataset("set"))


def order(release: Release, **changes: Any) -> Order:
    """A run of production over the gate split, twice."""
    return replace(Order(label_version(PRODUCTION), release, "gate", repeats=2, concurrency=4), **changes)


def performed(asked: Order) -> EvalRun:
    """The run as it stands after this process performed it."""
    run, _is_new = ask(asked, how="test")
    claimed = claim(run)
    assert claimed
    Performance(claimed).perform()
    run.refresh_from_db()
    return run


@contextmanager
def going(work: Callable[[], object]) -> Iterator[threading.Thread]:
    """The work in a thread of its own, which has to end in half a minute after the block."""

    def worked() -> None:
        work()
        connection.close()

    thread = threading.Thread(target=worked, daemon=True)
    thread.start()
    yield thread
    thread.join(30)
    assert not thread.is_alive()
