"""`manage.py judge`: ask a judge about every answer of a run, and say how far it is to be believed."""

from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from aiprefill.public import is_configured
from evals.judges.agreement import can_gate, why_not
from evals.judges.evidence import Judged, judged, mistakes
from evals.judges.judging import Judging
from evals.judges.modes import NoSuchMode, find_mode
from evals.management.commands.evaluate import at_least_one, dollars, interruptible, show
from evals.models import EvalRun, RunState
from evals.scoring import JUDGE

SHOWN: Final = 10
"""Mistakes of the judge that are told."""


class Command(BaseCommand):
    help = (
        "Ask a judge about every answer of a run, and about all that people have labelled. "
        "What it has judged is not asked again: the same command goes on where it ended."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("mode", help="a failure mode, by the name of its file in evals/judges/")
        parser.add_argument("--run", type=int, required=True, help="the number of a run that is done")
        parser.add_argument("--concurrency", type=at_least_one, default=16, help="calls at once")
        parser.add_argument(
            "--max-cost-usd", type=dollars, default=2_000_000, metavar="USD", help="never spend more; 2"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            mode = find_mode(options["mode"])
        except NoSuchMode as error:
            raise CommandError(str(error)) from error
        run = EvalRun.objects.filter(pk=options["run"], state=RunState.DONE).first()
        if run is None:
            raise CommandError(f"There is no run {options['run']} that is done.")
        if not is_configured(mode.spec.provider):
            raise CommandError(f"No {mode.spec.provider} model is connected, so nothing can be judged.")
        judging = Judging(
            mode,
            run,
            concurrency=options["concurrency"],
            max_cost_micros=options["max_cost_usd"],
        )
        with tqdm(total=len(judging.waiting), unit="call", disable=None) as bar, interruptible(judging.stop):
            judging.on_progress = lambda progress: show(bar, progress)
            reason = judging.perform()
        for line in summary(judging, judged(mode, run)):
            self.stdout.write(line)
        if reason:
            raise CommandError(f"{reason} The same command goes on where it ended.")


def summary(judging: Judging, found: Judged) -> list[str]:
    """What came of it, in lines."""
    told, progress = found.calibration, judging.progress
    asked = f"{progress.finished} answers asked about, {progress.cost_micros / 1_000_000:.4f} USD."
    lines = [f"{judging.mode.question} Judge {judging.version}: {asked}"]
    lines += [f"No verdict on {count}: {name}." for name, count in sorted(judging.failed.items())]
    lines += [
        f"Dev part, people say the opposite: {case} {'fails' if fails else 'passes'}: {reason}"
        for case, fails, reason in mistakes(judging.mode)[:SHOWN]
    ]
    if not told.is_known:
        return [*lines, f"Nothing is shown of what it found: {why_not(told)}."]
    for name, share in (("TPR", told.tpr), ("TNR", told.tnr)):
        low, high = share.interval
        lines.append(f"{name} {share.value:.3f} (95% {low:.3f} to {high:.3f}), {share.of} answers")
    if found.rate and found.rate.corrected is not None and found.rate.interval:
        low, high = found.rate.interval
        passed = f"{found.rate.raw:.3f} pass as it says, {found.rate.corrected:.3f} corrected"
        lines.append(f"{passed} (95% {low:.3f} to {high:.3f}), {found.verdicts} of {found.answers} answers")
    could = f"It can gate, where margins.toml names it: {JUDGE}{judging.mode.name}."
    return [*lines, could if can_gate(told) else f"It cannot gate: {why_not(told)}."]
