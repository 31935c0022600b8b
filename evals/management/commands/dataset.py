"""manage.py dataset: import, export, list, release, diff."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count, Q
from django.utils.text import slugify

from evals import datasets
from evals.content import Split
from evals.models import Dataset

HOW: Final = "manage.py dataset export"


class Command(BaseCommand):
    help = "Import, export, list, release and compare the cases that evaluations are measured on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        take = verbs.add_parser("import", help="a folder with cases.jsonl and pictures, or such a file")
        take.add_argument("source", type=Path)
        take.add_argument("--name", help="the dataset; without it, the folder's name")
        take.add_argument("--split", choices=list(Split), help="for lines that name none")
        give = verbs.add_parser("export", help="write cases and pictures to an empty folder")
        give.add_argument("what", help="NAME for the cases as they are, NAME@NUMBER for a release")
        give.add_argument("folder", type=Path)
        give.add_argument("--split", choices=list(Split), help="only this one; else all but the holdout")
        give.add_argument("--why", default="", help="needed for the holdout; kept")
        verbs.add_parser("list", help="the datasets with their releases")
        freeze = verbs.add_parser("release", help="freeze the cases as they are under the next number")
        freeze.add_argument("name")
        freeze.add_argument("--note", default="")
        differ = verbs.add_parser("diff", help="what is different between two releases")
        differ.add_argument("before", metavar="R1", help="NAME@NUMBER")
        differ.add_argument("after", metavar="R2", help="NAME@NUMBER")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            match options["verb"]:
                case "import":
                    self.take(options["source"], options["name"], options["split"])
                case "export":
                    self.give(options["what"], options["folder"], options["split"], options["why"])
                case "list":
                    self.show()
                case "release":
                    made = datasets.release(datasets.find_dataset(options["name"]), note=options["note"])
                    self.stdout.write(f"{made}: {made.case_count} cases, digest {made.digest[:12]}.")
                case "diff":
                    self.differ(options["before"], options["after"])
        except (
            datasets.FolderInUse,
            datasets.ImportRefused,
            datasets.NoSuchRelease,
            datasets.NothingToRelease,
            datasets.Sealed,
            datasets.SpansSplits,
            OSError,
        ) as error:
            raise CommandError(str(error)) from error

    def take(self, source: Path, name: str | None, split: str | None) -> None:
        folder = source if source.is_dir() else source.parent
        name = slugify(name or folder.resolve().name)[:40]
        done = datasets.import_cases(name, source, split=Split(split) if split else None)
        counts = f"{len(done.added)} new, {len(done.changed)} changed, {len(done.same)} as they were"
        self.stdout.write(f"{name}: {counts}.")

    def give(self, what: str, folder: Path, split: str | None, why: str) -> None:
        cases = self.chosen(what, split, why)
        count = datasets.export_cases(cases, folder)
        self.stdout.write(f"{count} cases written to {folder}.")

    def chosen(self, what: str, split: str | None, why: str) -> Any:
        """The cases to export; opening the holdout is kept."""
        release = datasets.find_release(what) if "@" in what else None
        dataset = release.dataset if release else datasets.find_dataset(what)
        if split == Split.HOLDOUT:
            if not why:
                raise datasets.Sealed(dataset)
            datasets.log_opening(dataset, release, how=HOW, why=why)
        cases = release.cases.all() if release else dataset.cases.current()
        chosen = cases.filter(split=split) if split else cases.exclude(split=Split.HOLDOUT)
        return datasets.with_files(chosen.filter(erased_at=None).order_by("key"))

    def show(self) -> None:
        current = Q(cases__valid_to=None, cases__erased_at=None)
        counts = {split: Count("cases", filter=current & Q(cases__split=split)) for split in Split}
        for dataset in Dataset.objects.annotate(**{f"in_{split}": count for split, count in counts.items()}):
            said = ", ".join(f"{getattr(dataset, f'in_{split}')} {split}" for split in Split)
            self.stdout.write(f"{dataset.name}: {said}")
            for release in dataset.releases.all():
                when = f"{release.released_at:%Y-%m-%d %H:%M} UTC"
                note = f"  {release.note}" if release.note else ""
                self.stdout.write(
                    f"  {release}  {release.case_count} cases  {release.digest[:12]}  {when}{note}"
                )

    def differ(self, before: str, after: str) -> None:
        old, new = datasets.find_release(before), datasets.find_release(after)
        found = datasets.diff(old, new)
        for key in found.added:
            self.stdout.write(f"+ {key}")
        for key in found.removed:
            self.stdout.write(f"- {key}")
        for key, parts in found.changed.items():
            self.stdout.write(f"~ {key}: {', '.join(parts)}")
        counts = f"{len(found.added)} new, {len(found.removed)} gone, {len(found.changed)} changed"
        self.stdout.write(f"From {old} to {new}: {counts}.")
