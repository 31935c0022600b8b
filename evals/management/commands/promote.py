"""`manage.py promote`: let production stand on a version that passed the gate, or that two people want."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from aiprefill.public import NoSuchVersion, PromptVersion, find_version
from evals.promotion import NotPromoted, override, promote


class Command(BaseCommand):
    help = "Let production stand on a version: on a fresh PASS of the gate, or by two people of the staff."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("version", metavar="N", help="the version's number")
        parser.add_argument("--override", metavar="WHY", help="without a PASS; why is kept")
        parser.add_argument("--by", metavar="EMAIL", help="who does it")
        parser.add_argument("--and-by", metavar="EMAIL", help="who else wants the override")

    def handle(self, *args: Any, **options: Any) -> None:
        version = version_of(options["version"])
        by = options["by"] and member_of_staff(options["by"])
        try:
            if options["override"] is None:
                promote(version, by)
            elif by and options["and_by"]:
                override(version, options["override"], by, member_of_staff(options["and_by"]))
            else:
                raise CommandError("An override takes two people: --by EMAIL --and-by EMAIL.")
        except NotPromoted as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Production is now {version}.")


def version_of(number: str) -> PromptVersion:
    """The version of that number. Raises CommandError."""
    try:
        return find_version(number)
    except NoSuchVersion as error:
        raise CommandError(str(error)) from error


def member_of_staff(email: str) -> int:
    """The id of the account of that address. Raises CommandError."""
    staff = get_user_model().objects.filter(email=email.lower(), is_staff=True, is_active=True).first()
    if staff is None:
        raise CommandError(f"{email} is no account of the staff.")
    return int(staff.pk)
