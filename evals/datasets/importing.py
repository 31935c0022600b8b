"""A folder with `cases.jsonl` and pictures becomes cases: all of it, or nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.db import transaction

from evals.content import CaseContent, Split
from evals.datasets import files
from evals.datasets.lines import BadLine, CaseLine, read_line
from evals.datasets.versions import (
    SpansSplits,
    lock,
    member,
    picture_row,
    refuse_spanning,
    with_files,
    write,
)
from evals.models import Case, Dataset
from listings.photos import PhotoRefused

CASES: str = "cases.jsonl"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line, from 1; line 0 means the whole file."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}" if self.line else self.text


class ImportRefused(Exception):
    """The file holds problems, one a line or more; nothing of it was imported."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(slots=True)
class Imported:
    """The keys of what an import did."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Read:
    """A line with its pictures."""

    number: int
    line: CaseLine
    pictures: list[files.Picture]


def import_cases(
    name: str, source: Path, *, split: Split | None = None, why: str = "", by: int | None = None
) -> Imported:
    """Import a folder, or a JSON-lines file with its pictures beside it, into the dataset of that name.

    `split` is for lines that name none; without it a known case keeps its split and a new one is for
    development. A line that says what the case says already changes nothing, another makes a new version.
    Cases that the file does not name stay. `by` is a user's id. Raises ImportRefused.
    """
    file = source / CASES if source.is_dir() else source
    lines = _read_all(file)
    with transaction.atomic():
        dataset, _made = Dataset.objects.get_or_create(name=name, defaults={"created_by_id": by})
        lock(dataset)
        known = {case.key: case for case in with_files(dataset.cases.current())}
        contents = {read.number: _content(read, split, known.get(read.line.content.key)) for read in lines}
        _refuse_erased(dataset, lines)
        _refuse_spanning(dataset, lines, contents)
        done = Imported()
        for read in lines:
            content = contents[read.number]
            for picture in read.pictures:
                files.store(picture)
            before = known.get(content.key)
            rows = [picture_row(picture) for picture in read.pictures]
            written = write(dataset, content, rows, why=why, by=by, before=before)
            kind = done.same if written is None else done.changed if before else done.added
            kind.append(content.key)
    return done


def _read_all(file: Path) -> list[_Read]:
    """Every line with its pictures. Raises ImportRefused with all problems of the file."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise _refused(f"There is no file {file}. Name a folder with {CASES} in it, or the file.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(f"{file} cannot be read as UTF-8 text ({error}).") from error
    problems: list[Problem] = []
    found: dict[str, _Read] = {}
    for number, row in enumerate(text.split("\n"), start=1):
        if not row.strip():
            continue
        try:
            read = _read_one(number, row, file.parent)
        except BadLine as error:
            problems += [Problem(number, problem) for problem in error.problems]
            continue
        key = read.line.content.key
        if key in found:
            first = found[key].number
            problems.append(Problem(number, f"id {key} stands in line {first} already. Give it another."))
        found.setdefault(key, read)
    if not found and not problems:
        problems.append(Problem(0, f"{file} holds no case. Write one a line."))
    if problems:
        raise ImportRefused(problems)
    return list(found.values())


def _read_one(number: int, row: str, folder: Path) -> _Read:
    line = read_line(row)
    problems: list[str] = []
    pictures = list(_pictures(line, folder, problems))
    if problems:
        raise BadLine(problems)
    return _Read(number, line, pictures)


def _pictures(line: CaseLine, folder: Path, problems: list[str]) -> Iterator[files.Picture]:
    for name in line.images:
        place = (folder / name).resolve()
        if not place.is_relative_to(folder.resolve()):
            problems.append(f"image {name} is not in the folder of the cases. Move it there.")
        elif not place.is_file():
            problems.append(f"image {name} is not there. Put the picture there, or correct the path.")
        else:
            try:
                yield files.take(place.read_bytes(), name)
            except PhotoRefused as error:
                problems.append(str(error))


def _content(read: _Read, split: Split | None, before: Case | None) -> CaseContent:
    """What the line says, with its pictures and the split that holds for it."""
    kept = Split(before.split) if before else Split.DEV
    return replace(
        read.line.content,
        pictures=tuple(picture.sha256 for picture in read.pictures),
        split=read.line.split or split or kept,
    )


def _refuse_erased(dataset: Dataset, lines: list[_Read]) -> None:
    keys = {read.line.content.key: read.number for read in lines}
    erased = dataset.cases.filter(key__in=keys).exclude(erased_at=None).values_list("key", flat=True)
    problems = [
        Problem(keys[key], f"{key} was erased on request and must not come back. Take the line out.")
        for key in sorted(set(erased))
    ]
    if problems:
        raise ImportRefused(problems)


def _refuse_spanning(dataset: Dataset, lines: list[_Read], contents: dict[int, CaseContent]) -> None:
    numbers = {read.line.content.key: read.number for read in lines}
    rows = {read.number: [picture_row(picture) for picture in read.pictures] for read in lines}
    try:
        refuse_spanning(dataset, [member(contents[number], rows[number]) for number in contents])
    except SpansSplits as error:
        problems = []
        for spanning in error.found:
            keys = sorted(key for keys in spanning.keys.values() for key in keys)
            here = [numbers[key] for key in keys if key in numbers]
            problems.append(Problem(max(here, default=0), str(spanning)))
        raise ImportRefused(problems) from error


def _refused(text: str) -> ImportRefused:
    return ImportRefused([Problem(0, text)])
