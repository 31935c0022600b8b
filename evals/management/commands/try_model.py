"""`manage.py try_model`: another model under production's prompt, up to a report for a person to sign."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from aiprefill.public import (
    PRODUCTION,
    NoSuchVersion,
    PromptVersion,
    call_reserve,
    find_version,
    is_priced,
    label_version,
)
from evals.datasets import NoSuchRelease, find_release, newest_release
from evals.decision import Status
from evals.management.commands.evaluate import at_least_one, dollars
from evals.models import Report, RunState
from evals.promotion import in_vain
from evals.runner.questions import count
from evals.trial import Trial, faults
from evals.upgrade.attempt import NotTried, Step, refuse, steps, version_with
from evals.upgrade.report import find_or_write

BROKEN: Final = Status.BROKEN.exit_code


class Command(BaseCommand):
    help = (
        "Try another model: make the version, run it and production, forecast cost and time, write a report "
        "that a person signs in the admin. Exits with 0 pass, 1 fail, 2 inconclusive, 3 broken. The same "
        "command goes on where one ended."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("model", help="its name, as the provider spells it")
        parser.add_argument("--dataset", help="NAME or NAME@NUMBER; the release that was made last")
        parser.add_argument("--repeats", type=at_least_one, default=3, metavar="K")
        parser.add_argument("--max-cost-usd", type=dollars, default=2_000_000, metavar="USD", help="a run; 2")
        parser.add_argument(
            "--from", dest="source", default=PRODUCTION, metavar="N|LABEL", help="whose prompt; production's"
        )
        parser.add_argument("--json", type=Path, metavar="FILE")
        parser.add_argument("--markdown", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            release = find_release(options["dataset"]) if options["dataset"] else newest_release()
            source = find_version(options["source"])
            refuse(source, options["model"], release)
        except (NoSuchRelease, NoSuchVersion, NotTried) as error:
            raise CommandError(str(error), returncode=BROKEN) from error
        trial = Trial(version_with(options["model"], source), release, repeats=options["repeats"])
        self.announce(trial, options["max_cost_usd"])
        self.run_all(trial, options["max_cost_usd"])
        self.tell(find_or_write(trial, timezone.now()), options)

    def announce(self, trial: Trial, max_cost_micros: int) -> None:
        """Say what is about to be asked, and what it may cost."""
        production, candidate = label_version(PRODUCTION), trial.candidate
        missing = [step for step in steps(trial, production, timezone.now()) if step.words]
        calls = trial.repeats * count(trial.release, trial.split, None)
        self.stderr.write(f"{candidate} against production, {production}, on {trial.release}.")
        if vain := in_vain(candidate, trial.release, trial.split, trial.repeats):
            self.stderr.write(vain)
        for step in missing:
            self.stderr.write(f"To be run: {named(step)}, {calls} answers.")
        most = len(missing) * max_cost_micros / 1_000_000
        self.stderr.write(
            f"{len(missing)} runs, each at most {max_cost_micros / 1_000_000:.2f} USD: {most:.2f} USD in all."
        )
        for version in (production, candidate):
            if not is_priced(version.model):
                each = call_reserve(version) / 1_000_000
                self.stderr.write(f"{version.model} is unpriced: each call counts as {each:.2f} USD.")

    def run_all(self, trial: Trial, max_cost_micros: int) -> None:
        """Make the runs that are missing; none is made once the gate can no longer judge."""
        production = label_version(PRODUCTION)
        for step in steps(trial, production, timezone.now()):
            if step.aa and any(faults(trial, production, timezone.now())):
                return
            if step.words:
                self.run(trial, step, max_cost_micros)

    def run(self, trial: Trial, step: Step, max_cost_micros: int) -> None:
        """Make one run. Raises CommandError unless it is done, or failed by what the candidate is."""
        command, *words = step.words or []
        self.stderr.write(f"Now {named(step)}.")
        try:
            call_command(command, *words, max_cost_usd=max_cost_micros, stdout=self.stderr)
        except CommandError as error:
            ended = trial.runs(step.version, aa=step.aa).first()
            is_tried = step.version == trial.candidate and ended and ended.state == RunState.FAILED
            if not is_tried:
                raise CommandError(str(error), returncode=BROKEN) from error
            self.stderr.write(str(error))

    def tell(self, report: Report, options: dict[str, Any]) -> None:
        """Print the report, write the files, and exit as the gate does."""
        if options["json"]:
            told = report.figures | {"report": report.pk}
            options["json"].write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
        if options["markdown"]:
            options["markdown"].write_text(report.body, encoding="utf-8")
        self.stdout.write(report.body)
        page = reverse("admin:evals_report_change", args=[report.pk])
        self.stdout.write(f"Report {report.pk}, to be signed by a person: {settings.SITE_URL}{page}")
        if code := Status(report.figures["status"]).exit_code:
            sys.exit(code)


def named(step: Step) -> str:
    """The run in words."""
    version: PromptVersion = step.version
    return f"{version} once more (A/A)" if step.aa else str(version)
