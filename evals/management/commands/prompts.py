"""manage.py prompts: export, import."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aiprefill.public import NoSuchVersion, find_version, labels_in_force
from evals.prompt_file import BadPromptFile
from evals.prompt_folder import FOLDER, export_files, export_labels, files_of, import_files, import_labels


class Command(BaseCommand):
    help = "Write prompt versions to files, one each, and make the versions that files say."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        give = verbs.add_parser(
            "export", help="write versions; without a name, all with a label and the labels"
        )
        give.add_argument("versions", nargs="*", metavar="VERSION", help="a version's number, or a label")
        give.add_argument("--folder", type=Path, default=FOLDER, help="without it, evals/prompts")
        take = verbs.add_parser("import", help="make the versions that are missing here")
        take.add_argument("places", nargs="+", type=Path, metavar="FILE|FOLDER")
        take.add_argument(
            "--labels", action="store_true", help="move the labels as the folder says: for a new database"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["verb"] == "export":
                self.give(options["versions"], options["folder"])
            else:
                self.take(options["places"], labels=options["labels"])
        except (BadPromptFile, NoSuchVersion, OSError) as error:
            raise CommandError(str(error)) from error

    def give(self, names: list[str], folder: Path) -> None:
        chosen = {version.pk: version for version in map(find_version, names or labels_in_force())}
        for version, path in zip(chosen.values(), export_files(chosen.values(), folder), strict=True):
            self.stdout.write(f"{path}: {version}")
        if not names:
            self.stdout.write(str(export_labels(folder)))

    def take(self, places: list[Path], *, labels: bool) -> None:
        done = import_files(path for place in places for path in files_of(place))
        if not done.new and not done.same:
            raise CommandError("There is no prompt file. Name a file, or a folder with some: *.toml.")
        for path, version in done.new.items():
            self.stdout.write(f"{path}: new, {version}, digest {version.digest}")
        for path, version in done.same.items():
            self.stdout.write(f"{path}: there already, {version}")
        for place in places if labels else ():
            for label in import_labels(place):
                self.stdout.write(f"{label} stands as {place} says.")
