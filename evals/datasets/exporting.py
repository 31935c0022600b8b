"""Cases become a folder again, which imports as itself."""

from collections.abc import Iterable
from pathlib import Path

from evals.datasets import files
from evals.datasets.importing import CASES
from evals.datasets.lines import write_line
from evals.models import Case


class FolderInUse(Exception):
    """The folder holds something already."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} is not empty. Name a folder that is, or that does not exist yet.")


def export_cases(cases: Iterable[Case], folder: Path) -> int:
    """Write the cases, none of them erased, and their pictures to an empty folder; say how many.

    Raises FolderInUse, OSError, and `files.ChangedOnDisk`.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FolderInUse(folder)
    (folder / "images").mkdir(parents=True, exist_ok=True)
    lines = []
    for case in cases:
        images = []
        for position, sha256 in enumerate(case.content.pictures, start=1):
            images.append(f"images/{case.key}.{position}.jpg")
            (folder / images[-1]).write_bytes(files.read(sha256))
        lines.append(write_line(case.content, images) + "\n")
    (folder / CASES).write_text("".join(lines), encoding="utf-8")
    return len(lines)
