"""`manage.py rollback`: let production stand again on a version that it stood on before."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from evals.management.commands.promote import member_of_staff, version_of
from evals.promotion import NotPromoted, roll_back


class Command(BaseCommand):
    help = "Let production stand again on a version that it stood on before; no gate is asked."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("version", metavar="N", help="the version's number")
        parser.add_argument("--by", metavar="EMAIL", required=True, help="who does it")
        parser.add_argument("--why", default="Rolled back.")

    def handle(self, *args: Any, **options: Any) -> None:
        version = version_of(options["version"])
        try:
            roll_back(version, member_of_staff(options["by"]), options["why"])
        except NotPromoted as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Production is again {version}.")
