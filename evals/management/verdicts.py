"""What the commands have in common whose exit code is a verdict."""

import json
import sys
import traceback
from argparse import ArgumentError, ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser

from evals.decision import Decision, Reason, broken


class VerdictCommand(BaseCommand):
    """Exits with 0 pass, 1 fail, 2 inconclusive, 3 broken; it fails closed.

    Broken is also what was typed wrong, and whatever breaks the command off: in words, and in the `files`.
    """

    files: ClassVar[tuple[str, ...]] = ()
    """The options that name a file for the verdict: of `json` and `markdown`."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        # It raises now. By itself it would exit with 2, which says inconclusive.
        parser.called_from_command_line = False
        self._add_files(parser)
        return parser

    def run_from_argv(self, argv: list[str]) -> None:
        try:
            super().run_from_argv(argv)
        except CommandError as error:  # of the arguments: all that comes later ends in `execute`
            self._break_off(f"{error}. See: manage.py help {argv[1]}", self._typed(argv[2:]))

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            self._look_for_folders(options)  # before anything is paid
            return super().execute(*args, **options)
        except CommandError as error:
            self._break_off(str(error), options)
        except Exception as error:  # noqa: BLE001  by itself it would exit with 1, which says fail
            self.stderr.write(traceback.format_exc())
            self._break_off(f"It broke off by a mistake: {type(error).__name__}: {error}", options)

    def _look_for_folders(self, options: Mapping[str, Any]) -> None:
        for path in filter(None, map(options.get, self.files)):
            if not path.parent.is_dir():
                raise CommandError(
                    f"There is no folder {path.parent} for {path.name}: make it, or name another."
                )

    def _add_files(self, parser: ArgumentParser) -> None:
        for name in self.files:
            parser.add_argument(f"--{name}", type=Path, metavar="FILE")

    def _typed(self, words: list[str]) -> Mapping[str, Any]:
        """The files that are named among words of which others are wrong."""
        parser = ArgumentParser(add_help=False, exit_on_error=False)
        self._add_files(parser)
        try:
            return vars(parser.parse_known_args(words)[0])
        except ArgumentError:
            return {}

    def _break_off(self, why: str, options: Mapping[str, Any]) -> NoReturn:
        """Exit as broken; an earlier verdict does not stay in the files."""
        decision = broken(Reason("broke_off", why))
        texts = {"json": as_json(decision, {"verdict": None}), "markdown": f"# BROKEN\n\n- {why}\n"}
        for name in self.files:
            if path := options.get(name):
                try:
                    path.write_text(texts[name], encoding="utf-8")
                except OSError as error:
                    self.stderr.write(f"{path} cannot be written: {error.strerror}.")
        self.stderr.write(f"BROKEN: {why}")
        sys.exit(decision.status.exit_code)


def as_json(decision: Decision, facts: Mapping[str, Any]) -> str:
    """The file of a verdict for programs; `facts` say on which rows it stands."""
    return json.dumps({**decision.to_json(), **facts}, indent=2) + "\n"
