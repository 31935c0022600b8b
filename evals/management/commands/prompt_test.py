"""`manage.py prompt_test`: is a version right where it must be? 0 pass, 1 fail, 2 inconclusive, 3 broken."""

import sys
from argparse import ArgumentParser
from typing import Any

from aiprefill.public import PRODUCTION, NoSuchVersion, find_version
from evals.datasets import NoSuchRelease, find_release, newest_release
from evals.decision import Status
from evals.management.commands import evaluate
from evals.management.commands.evaluate import at_least_one, dollars
from evals.management.verdicts import VerdictCommand
from evals.models import EvalRun
from evals.prompt_tests import CaseOutcome, must_pass, outcomes, status
from evals.runner import NotRun, Order, ask


class Command(VerdictCommand):
    help = (
        "Ask a version about the must-pass cases of all splits but the holdout, and say of each whether it "
        "passes. Exits with 0 pass, 1 fail, 2 inconclusive, 3 broken."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--prompt", default=PRODUCTION, help="a version's number, or a label")
        parser.add_argument("--dataset", help="NAME or NAME@NUMBER; the release that was made last")
        parser.add_argument("--repeats", type=at_least_one, default=3, metavar="K")
        parser.add_argument(
            "--max-cost-usd", type=dollars, default=2_000_000, metavar="USD", help="of all; 2"
        )
        parser.add_argument("--fresh", action="store_true", help="ask again what is in the cache")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            runs = self.runs(options)
        except (NoSuchVersion, NoSuchRelease, NotRun) as error:
            self.end(Status.BROKEN, str(error))
        cases = [case for run in runs for case in outcomes(run)]
        for case in cases:
            self.tell(case)
        passed = sum(case.passes is True for case in cases)
        spent = sum(run.cost_micros for run in runs) / 1_000_000
        self.end(status(runs, cases), f"{passed} of {len(cases)} cases pass. This cost {spent:.4f} USD.")

    def runs(self, options: dict[str, Any]) -> list[EvalRun]:
        """A run over the must-pass cases of each split, as it ended. Raises what keeps it from being made."""
        version = find_version(options["prompt"])
        release = find_release(options["dataset"]) if options["dataset"] else newest_release()
        found = must_pass(release)
        if not found:
            raise NotRun(f"{release} has no must-pass case that is open.")
        count = sum(map(len, found.values()))
        self.stdout.write(
            f"{version} on {release}: {count} must-pass cases, {options['repeats']} times each."
        )
        ended: list[EvalRun] = []
        for split, keys in found.items():
            order = Order(
                version,
                release,
                split,
                repeats=options["repeats"],
                only=frozenset(keys),
                is_fresh=options["fresh"],
                max_cost_micros=options["max_cost_usd"] - sum(run.cost_micros for run in ended),
            )
            run, _is_new = ask(order, how="manage.py prompt_test")
            ended.append(evaluate.Command().performed(run))
        return ended

    def tell(self, case: CaseOutcome) -> None:
        words = {True: "pass", False: "FAIL", None: "open"}
        wrong = f": wrong in {case.wrong} of {case.repeats}" if case.wrong else ""
        self.stdout.write(f"{words[case.passes]}  {case.key}{wrong}")
        for line in case.why:
            self.stdout.write(f"      {line}")

    def end(self, word: Status, why: str) -> None:
        self.stdout.write(f"{word.upper()}: {why}")
        if word.exit_code:
            sys.exit(word.exit_code)
