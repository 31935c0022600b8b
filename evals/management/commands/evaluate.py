"""`manage.py evaluate`: measure a prompt version on a release, asked as production asks."""

import os
import signal
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from tqdm import tqdm

from aiprefill.public import NoSuchVersion, find_version
from evals.datasets import NoSuchRelease, find_release
from evals.loading import run_scores
from evals.models import EvalRun, RunState, Split
from evals.run_story import constant
from evals.runner import NotRun, Order, Performance, Progress, ask, claim
from evals.scoring import METRICS
from evals.summary import Figure, averaged, coverages, figure
from evals.templatetags.runs import in_words

LOOK: Final = 0.5
"""Seconds between two looks at a run that another process performs."""

ENDING: Final = b"\nIt ends with the calls under way. Ctrl-C once more does not wait for them.\n"
INTERRUPTED: Final = 128 + signal.SIGINT
"""The exit status of a process that Ctrl-C ended."""


def dollars(text: str) -> int:
    """An amount in dollars as micro-dollars. Raises ArgumentTypeError."""
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise ArgumentTypeError(f"{text!r} is no amount of dollars") from error
    if not 0 <= amount < 1_000_000:
        raise ArgumentTypeError("give an amount from 0 to 999999 dollars")
    return int(amount * 1_000_000)


def at_least_one(text: str) -> int:
    """A whole number from 1. Raises ArgumentTypeError."""
    if not text.isdecimal() or not 1 <= int(text) < 10_000:
        raise ArgumentTypeError("give a whole number from 1 to 9999")
    return int(text)


class Command(BaseCommand):
    help = "Measure a prompt version on a dataset. The same command takes up a run that broke off."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--prompt", required=True, help="a version's number, or a label")
        parser.add_argument("--dataset", required=True, help="NAME, for its newest release, or NAME@NUMBER")
        parser.add_argument("--split", default=Split.GATE, choices=Split.values)
        parser.add_argument("--repeats", type=at_least_one, default=3, metavar="K")
        parser.add_argument(
            "--aa",
            action="store_true",
            help="ask for repeats K+1 to 2K: the same once more, with no answer from the first run",
        )
        parser.add_argument("--concurrency", type=at_least_one, default=16, help="calls at once")
        parser.add_argument(
            "--max-cost-usd", type=dollars, default=2_000_000, metavar="USD", help="never spend more; 2"
        )
        parser.add_argument("--limit", type=at_least_one, help="only the first so many cases, by key")
        parser.add_argument("--fresh", action="store_true", help="ask again what is in the cache")
        parser.add_argument("--why", default="", help="why the sealed holdout is opened; it is kept")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run, is_new = ask(ordered(options), how="manage.py evaluate", why=options["why"])
        except (NoSuchVersion, NoSuchRelease, NotRun) as error:
            raise CommandError(str(error)) from error
        self.say(headline(run, is_new))
        run = self.performed(run)
        self.say(summary(run))
        if run.state != RunState.DONE:
            raise CommandError(f"{run.reason} The same command goes on where it ended.")
        for line in table(run):
            self.say(line)

    def performed(self, run: EvalRun) -> EvalRun:
        """The run as it ended, performed here or by whoever holds it."""
        with tqdm(total=run.planned, initial=run.finished, unit="call", disable=None) as bar:
            told = False
            while True:
                if claimed := claim(run):
                    performance = Performance(claimed, lambda progress: show(bar, progress))
                    with interruptible(performance.stop):
                        performance.perform()
                run.refresh_from_db()
                connection.close()
                show(bar, Progress(run.finished, run.planned, run.cost_micros))
                if run.state in {RunState.DONE, RunState.FAILED, RunState.STOPPED}:
                    return run
                if not told:
                    bar.write(f"Another process holds run {run.pk}. It is followed until it ends.")
                told = True
                time.sleep(LOOK)  # between two looks at what another process does

    def say(self, text: str) -> None:
        self.stdout.write(text)


def ordered(options: dict[str, Any]) -> Order:
    """The run that was asked for. Raises NoSuchVersion or NoSuchRelease."""
    repeats = options["repeats"]
    return Order(
        version=find_version(options["prompt"]),
        release=find_release(options["dataset"]),
        split=options["split"],
        repeats=repeats,
        repeat_from=repeats + 1 if options["aa"] else 1,
        limit=options["limit"],
        is_fresh=options["fresh"],
        concurrency=options["concurrency"],
        max_cost_micros=options["max_cost_usd"],
    )


@contextmanager
def interruptible(stop: Callable[[str], None]) -> Iterator[None]:
    """Ctrl-C lets the calls under way end and keeps what they bring; a second one waits for none."""
    before = signal.getsignal(signal.SIGINT)

    def interrupted(_number: int, _frame: object) -> None:
        signal.signal(signal.SIGINT, before)
        stop("Stopped at the terminal.")
        os.write(sys.stderr.fileno(), ENDING)  # past the buffer, which may be in use just now

    signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. Calls under way may be paid again: the same command goes on.\n")
        sys.exit(INTERRUPTED)
    finally:
        signal.signal(signal.SIGINT, before)


def show(bar: "tqdm[Any]", progress: Progress) -> None:
    """Bring the bar to where the run is."""
    bar.total = progress.planned
    bar.set_postfix_str(f"{progress.cost_micros / 1_000_000:.4f} USD", refresh=False)
    bar.update(progress.finished - bar.n)


def headline(run: EvalRun, is_new: bool) -> str:
    """Which run it is."""
    last = run.repeat_from + run.repeats - 1
    asked = f"{run.version} on {run.release}, {run.split}, repeats {run.repeat_from} to {last}"
    if is_new:
        return f"Run {run.pk}: {asked}."
    return f"Taking up run {run.pk}: {asked}. {run.finished} of {run.planned} results are there."


def summary(run: EvalRun) -> str:
    """What came of it, in lines."""
    counts = f"{run.finished} of {run.planned} results, {run.from_cache} from the cache, {run.errors} errors."
    lines = [counts, f"This run cost {run.cost_micros / 1_000_000:.4f} USD."]
    if run.paid_again:
        lines.append(
            f"Calls that a break cut off, and that were paid again: {run.paid_again}. Each that "
            "broke off counts at all that was set aside for it: what it cost nobody heard."
        )
    return "\n".join(lines)


ROW: Final = "{:<24}{:<24}{:<24}{}"


def table(run: EvalRun) -> Iterator[str]:
    """Field by field what was right, told, and right where told; and what one needs no pictures for."""
    cases = run_scores(run).cases
    yield f"\n{len(averaged(cases))} cases that are averaged, {run.repeats} repeats, 95 % intervals."
    yield ROW.format("", "right, of all", "answered", "right where answered")
    for each in coverages(cases):
        right = figure(METRICS[METRICS[f"{each.field}_answered"].right_of], averaged(cases))
        yield ROW.format(each.field, *map(cell, (right, each.told, each.right)))
    if simple := constant(run, cases):
        yield ROW.format(f"always {simple.category}", cell(simple.accepted), "", "").rstrip()
        yield ROW.format("  as the best category", cell(simple.exact), "", "").rstrip()


def cell(told: Figure | None) -> str:
    """A share with its interval."""
    return in_words(told) if told else "–"
