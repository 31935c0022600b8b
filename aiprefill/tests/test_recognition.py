"""How many near copies the catalogue recognises with all the demo's pictures known, and how few strangers."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from aiprefill.providers.alignment import NEAR_COPY
from aiprefill.providers.catalogue import MemoryIndex
from aiprefill.recognition import Asked, ask, index_of, pictures, shown
from aiprefill.tests.likenesses import DEMO, NEAR
from listings.tests.pictures import SHARED, needs_shared

NEEDED = 0.9
Named = list[tuple[str, bytes]]


@pytest.fixture(scope="module")
def known() -> Named:
    return list(pictures([DEMO / "photos"], cleaned=True))


@pytest.fixture(scope="module")
def index(known: Named) -> MemoryIndex:
    return index_of(known)


def table(title: str, rows: Iterable[Asked]) -> str:
    lines = [f"  {asked.score:6.1f}  {asked.name}: {asked.likest}, {asked.answer or '-'}" for asked in rows]
    return "\n".join([title, *lines[:8]])


def test_near_copies_are_recognised(index: MemoryIndex) -> None:
    folders = [folder for folder in NEAR if folder.is_dir()]
    rows = sorted(
        (ask(index, near) for near in pictures(folders, cleaned=True)), key=lambda asked: asked.score
    )
    print(table(f"Near copies, weakest first; the limit is {NEAR_COPY}", rows))  # noqa: T201  # with pytest -s
    assert rows
    assert [asked for asked in rows if asked.answer not in (None, shown(asked.name))] == []
    right = sum(asked.answer == shown(asked.name) for asked in rows)
    assert right >= NEEDED * len(rows), table("Near copies, weakest first", rows)


def test_known_things_are_not_taken_for_each_other(index: MemoryIndex, known: Named) -> None:
    rows = [ask(index, picture, leave_out=True) for picture in known]
    rows.sort(key=lambda asked: -asked.score)
    print(table("Each known thing left out, likest first", rows))  # noqa: T201  # with pytest -s
    assert [asked for asked in rows if asked.answer] == []


@needs_shared
@pytest.mark.parametrize(("folder", "cleaned", "count"), [("dev/images", True, 90), ("hostile", False, 22)])
def test_no_stranger_is_recognised(index: MemoryIndex, folder: str, cleaned: bool, count: int) -> None:
    rows = [ask(index, picture) for picture in pictures([SHARED / Path(folder)], cleaned=cleaned)]
    rows.sort(key=lambda asked: -asked.score)
    print(table(f"Strangers of {folder}, likest first", rows))  # noqa: T201  # with pytest -s
    assert len(rows) == count
    assert [asked for asked in rows if asked.answer] == []
