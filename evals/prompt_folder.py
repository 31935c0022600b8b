"""Prompt versions as files of a folder, and back: the same digest in row and file.

A number belongs to one database, a digest to all: files name each other by digest. `labels.toml` beside them
says which version each label stands on, for databases that are made from the files.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from aiprefill.public import (
    PROVIDERS,
    MoveKind,
    NoSuchLabel,
    PromptVersion,
    SameVersion,
    create_version,
    label_version,
    labels_in_force,
    move_label,
)
from evals.prompt_file import BadPromptFile, PromptFile, read, write

FOLDER: Final = Path(__file__).with_name("prompts")
LABELS: Final = "labels.toml"
LARGEST: Final = 300_000
"""Bytes of a file that is read at all."""


@dataclass(slots=True)
class Imported:
    """The version of each file, made now or there before."""

    new: dict[Path, PromptVersion] = field(default_factory=dict)
    same: dict[Path, PromptVersion] = field(default_factory=dict)

    def version(self, path: Path) -> PromptVersion:
        """The version that the file says."""
        return self.new.get(path) or self.same[path]


def files_of(place: Path) -> list[Path]:
    """The prompt files of a folder, by name; of a file, itself."""
    if place.is_dir():
        return sorted(path for path in place.glob("*.toml") if path.name != LABELS)
    return [place]


def read_file(path: Path) -> PromptFile:
    """The version that the file says. Raises BadPromptFile."""
    file = read(_text_of(path))
    if file.spec.provider not in PROVIDERS:
        raise BadPromptFile(f"provider: it must be one of {', '.join(PROVIDERS)}.")
    return file


def _text_of(path: Path) -> str:
    """What stands in a file that somebody else may have made. Raises BadPromptFile."""
    try:
        # A link could show what is not the file's to tell.
        if path.is_symlink() or not path.is_file():
            raise BadPromptFile("This is not a file. Name a prompt file, or a folder of them.")
        if path.stat().st_size > LARGEST:
            raise BadPromptFile(f"The file is larger than {LARGEST} bytes: this is no prompt.")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadPromptFile(f"The file cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadPromptFile(f"The file is not UTF-8 text: {error}.") from error


def read_files(paths: Iterable[Path]) -> dict[Path, PromptFile]:
    """What every file says. Raises BadPromptFile with the problems of all, each with its file's name."""
    found, problems = {}, list[str]()
    for path in paths:
        try:
            found[path] = read_file(path)
        except BadPromptFile as error:
            problems += [f"{path}: {problem}" for problem in error.problems]
    if problems:
        raise BadPromptFile(*problems)
    return found


def import_files(paths: Iterable[Path]) -> Imported:
    """Make the versions that are missing: all of them, or none. Raises BadPromptFile.

    What a version was copied from has to be there, or among the files.
    """
    waiting, done = read_files(paths), Imported()
    with transaction.atomic():
        while waiting:
            coming = {file.spec.digest for file in waiting.values()}
            ready = {path: file for path, file in waiting.items() if file.based_on not in coming}
            for path, file in (ready or _none(waiting)).items():
                _import(path, file, done)
                del waiting[path]
    return done


def _none(waiting: Mapping[Path, PromptFile]) -> dict[Path, PromptFile]:
    raise BadPromptFile(*(f"{path}: based_on: the files are based on each other." for path in waiting))


def _import(path: Path, file: PromptFile, done: Imported) -> None:
    base = PromptVersion.objects.filter(digest=file.based_on).first()
    if file.based_on and base is None:
        text = (
            f'no version has the digest {file.based_on[:12]}…. Import its file too, or write based_on = "".'
        )
        raise BadPromptFile(f"{path}: based_on: {text}")
    try:
        done.new[path] = create_version(file.spec, file.note, copied_from=base)
    except SameVersion as same:
        done.same[path] = same.version


def export_files(versions: Iterable[PromptVersion], folder: Path) -> list[Path]:
    """Write a file for each version, and say where. A file that says it already keeps its name.

    Raises BadPromptFile, then nothing is written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    there = {file.spec.digest: path for path, file in read_files(files_of(folder)).items()}
    texts = {
        there.get(version.digest) or folder / file_name(version): write(file_of(version))
        for version in versions
    }
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    return list(texts)


def file_of(version: PromptVersion) -> PromptFile:
    """What the version's file says."""
    base = version.copied_from
    return PromptFile(version.spec, version.note, base.digest if base else "")


def file_name(version: PromptVersion) -> str:
    """The name of the version's file unless somebody gave it one: the same in every database."""
    return f"{slugify(f'{version.provider} {version.model}'.replace('.', '-'))}-{version.digest[:8]}.toml"


def export_labels(folder: Path) -> Path:
    """Write down which version every label stands on."""
    lines = ["# Written by `manage.py prompts export`: on which version each label stands, by digest.", ""]
    lines += [f'{label} = "{label_version(label).digest}"' for label in sorted(labels_in_force())]
    path = folder / LABELS
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def read_labels(folder: Path) -> dict[str, Any]:
    """The digest on which every label stands, as the folder says. Raises BadPromptFile."""
    path = folder / LABELS
    try:
        return tomllib.loads(_text_of(path))
    except ValueError as error:  # a BadPromptFile is one, too
        raise BadPromptFile(f"{path}: it cannot be read: {error}") from error


def labels_moved(change: Path, base: Path) -> list[str]:
    """The labels that the folder `change` puts elsewhere than `base`, and than where they stand here.

    It may follow what was decided here, as an export does. A folder without the file says nothing of labels:
    where it is missing, no database can be made. Raises BadPromptFile.
    """
    before, after = (read_labels(each) if _has_labels(each) else None for each in (base, change))
    if after is None:
        return []
    before = before or {}
    moved = [label for label in {**before, **after} if after.get(label) != before.get(label)]
    return [label for label in moved if after.get(label) != _digest_under(label)]


def _has_labels(folder: Path) -> bool:
    path = folder / LABELS
    return path.exists() or path.is_symlink()


def import_labels(folder: Path) -> list[str]:
    """Let every label stand where the folder says, as in a database that is new; the labels that moved.

    Raises BadPromptFile, also when somebody has decided about a label here: then that stands.
    """
    path, moved = folder / LABELS, []
    for label, digest in read_labels(folder).items():
        version = PromptVersion.objects.filter(digest=digest).first()
        if version is None:
            raise BadPromptFile(f"{path}: {label}: no version has the digest {digest!r}. Import its file.")
        if _stands_on(label) != version:
            _move(path, label, version)
            moved.append(label)
    return moved


def _stands_on(label: str) -> PromptVersion | None:
    try:
        return label_version(label)
    except NoSuchLabel:
        return None


def _digest_under(label: str) -> str | None:
    version = _stands_on(label)
    return version.digest if version else None


def _move(path: Path, label: str, version: PromptVersion) -> None:
    try:
        with transaction.atomic():
            move_label(label, version, MoveKind.BOOTSTRAP, f"{path.name} says so.")
    except IntegrityError as refused:
        raise BadPromptFile(f"{path}: {label}: {str(refused).partition(chr(10))[0]}.") from refused
