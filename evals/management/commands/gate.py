"""`manage.py gate`: may this version stand in production? 0 pass, 1 fail, 2 inconclusive, 3 broken."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from aiprefill.public import PRODUCTION, NoSuchVersion, find_version
from evals.comparison import Comparison
from evals.datasets import NoSuchRelease, find_release, newest_release
from evals.decision import Decision, Reason, Status, broken
from evals.gate import gate, keep
from evals.management.commands.evaluate import at_least_one, dollars
from evals.management.verdicts import VerdictCommand, as_json
from evals.margins import Margins
from evals.models import Split, Verdict
from evals.promotion import in_vain, in_vain_of
from evals.trial import Trial, lacking, to_judge


class Command(VerdictCommand):
    help = "Judge a version against production. Exits with 0 pass, 1 fail, 2 inconclusive, 3 broken."
    files = ("json", "markdown")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--candidate", required=True, help="a version's number, or a label")
        parser.add_argument("--dataset", help="NAME or NAME@NUMBER; the release that was made last")
        parser.add_argument("--split", default=Split.GATE, choices=[Split.DEV, Split.GATE])
        parser.add_argument("--repeats", type=at_least_one, default=3, metavar="K")
        parser.add_argument("--run-missing", action="store_true", help="make what is missing: runs, verdicts")
        parser.add_argument(
            "--max-cost-usd", type=dollars, default=2_000_000, metavar="USD", help="a run, or judging it; 2"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        verdict, decision = self.judged(options)
        if options["json"]:
            options["json"].write_text(as_json(decision, facts(verdict)), encoding="utf-8")
        if options["markdown"]:
            options["markdown"].write_text(markdown(verdict, decision), encoding="utf-8")
        self.stdout.write(markdown(verdict, decision))
        if decision.status.exit_code:
            sys.exit(decision.status.exit_code)

    def judged(self, options: dict[str, Any]) -> tuple[Verdict | None, Decision]:
        """The verdict; an unknown version has none, for there is nothing to write it under."""
        try:
            candidate = find_version(options["candidate"])
        except NoSuchVersion as error:
            return None, broken(Reason("no_such_version", str(error)))
        try:
            release = find_release(options["dataset"]) if options["dataset"] else newest_release()
        except NoSuchRelease as error:
            decision = broken(Reason("no_such_release", str(error)))
            return keep(candidate, decision), decision
        trial = Trial(candidate, release, options["split"], options["repeats"])
        if vain := in_vain(candidate, release, trial.split, trial.repeats):
            self.stderr.write(vain)
        if options["run_missing"]:
            self.run_missing(trial, options["max_cost_usd"])
        return gate(trial)

    def run_missing(self, trial: Trial, max_cost_micros: int) -> None:
        """Make the runs that the verdict needs, and judge them; what cannot be done is the gate's to name."""
        for version, fresh in lacking(trial, timezone.now()):
            name = str(version.pk) if version == trial.candidate else PRODUCTION
            self.run(trial.evaluate(name, fresh=fresh), max_cost_micros)
        for run, mode in to_judge(trial, timezone.now()):
            self.run(["judge", mode, f"--run={run.pk}"], max_cost_micros)

    def run(self, words: list[str], max_cost_micros: int) -> None:
        """Run a command that costs money, and tell of it beside the verdict."""
        try:
            call_command(*words, max_cost_usd=max_cost_micros, stdout=self.stderr)
        except CommandError as error:
            self.stderr.write(str(error))


def facts(verdict: Verdict | None) -> dict[str, Any]:
    """Which rows the verdict stands on, as plain JSON."""
    if verdict is None:
        return {"verdict": None}
    return {
        "verdict": verdict.pk,
        "candidate": verdict.candidate_id,
        "release": str(verdict.release) if verdict.release else None,
        "candidate_run": verdict.candidate_run_id,
        "baseline_run": verdict.baseline_run_id,
    }


def markdown(verdict: Verdict | None, decision: Decision) -> str:
    """The verdict for people."""
    title = f"# {decision.status.upper()}"
    lines = [f"{title}: {verdict.candidate}" if verdict else title, ""]
    if verdict and verdict.release:
        lines += [f"On {verdict.release}, verdict {verdict.pk}.", ""]
    if decision.margins and decision.margins.mark:
        lines += [decision.margins.mark, ""]
    if decision.status is Status.PASS and verdict and (vain := in_vain_of(verdict)):
        lines += [vain, ""]
    lines += [f"- {reason.text}" for reason in decision.reasons]
    lines += [f"- Tolerated: {warning.text}" for warning in decision.warnings]
    if decision.comparison and decision.margins:
        lines += ["", "| metric | cases | before | after | change | bounds | margin |", "|---" * 7 + "|"]
        for name in decision.margins.metrics:
            if each := decision.comparison.metrics.get(name):
                bounds = "too few" if each.lower is None else f"{each.lower:+.3f} to {each.upper:+.3f}"
                figures = f"{each.baseline:.3f} | {each.candidate:.3f} | {each.difference:+.3f}"
                margin = f"{decision.margins.of[name]:.3f}" if name in decision.margins.of else "watched"
                lines.append(f"| {name} | {each.cases} | {figures} | {bounds} | {margin} |")
        lines += judges(decision.comparison, decision.margins)
    return "\n".join(lines) + "\n"


def judges(comparison: Comparison, margins: Margins) -> list[str]:
    """Who the judges among the metrics are, how far they agree with people, and what is left of a margin."""
    lines = []
    for name in margins.metrics:
        if (each := comparison.metrics.get(name)) and (judge := each.judge):
            held = ""
            if name in margins.of:
                held = f" Of its margin it would show {margins.of[name] * judge.keeps:.3f}."
            lines += ["", f"{name}: {judge.question} {judge.agreement}.{held}"]
    return lines
