"""Datasets: cases come in as lines of JSON with their pictures, are frozen as releases, and go out again.

The folder `demo` beside this file is the set that the demo imports.
"""

from evals.datasets.exporting import FolderInUse, export_cases
from evals.datasets.files import ChangedOnDisk
from evals.datasets.importing import Imported, ImportRefused, Problem, import_cases
from evals.datasets.lines import BadLine, read_line, write_line
from evals.datasets.releases import (
    NoSuchRelease,
    NothingToRelease,
    NotTheRelease,
    ReleaseDiff,
    Sealed,
    diff,
    find_dataset,
    find_release,
    log_opening,
    newest_release,
    release,
    verify,
)
from evals.datasets.versions import OutOfDate, SpansSplits, edit, erase, retire, with_files

__all__ = [
    "BadLine",
    "ChangedOnDisk",
    "FolderInUse",
    "ImportRefused",
    "Imported",
    "NoSuchRelease",
    "NotTheRelease",
    "NothingToRelease",
    "OutOfDate",
    "Problem",
    "ReleaseDiff",
    "Sealed",
    "SpansSplits",
    "diff",
    "edit",
    "erase",
    "export_cases",
    "find_dataset",
    "find_release",
    "import_cases",
    "log_opening",
    "newest_release",
    "read_line",
    "release",
    "retire",
    "verify",
    "with_files",
    "write_line",
]
