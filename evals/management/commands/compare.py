"""`manage.py compare`: two runs over the same cases, as text."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from aiprefill.public import PromptVersion, diff
from evals.comparison import DECLARED, Comparison, MetricComparison, Paired
from evals.decision import Decision
from evals.flips import flips
from evals.margins import Margins
from evals.models import EvalRun, Split
from evals.pairing import NotPaired, outcome
from evals.scoring import Kind

SHOWN: Final = 10
"""Flips of a metric that are told with both answers, each way."""
ROW: Final = "{:<19} {:>5} {:>8} {:>8} {:>8} {:>17} {:>6} {:>6} {:>6} {:>7} {:>7}"
HEAD: Final = (
    *("metric", "cases", "before", "after", "change"),
    *("95% interval", "p", "Holm", "sees", "margin", "-/+"),
)


class Command(BaseCommand):
    help = "Compare two runs case by case: what differs between their versions, and what came of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("baseline", type=int, metavar="RUN_A", help="the number of the run before")
        parser.add_argument("candidate", type=int, metavar="RUN_B", help="the number of the run after")

    def handle(self, *args: Any, **options: Any) -> None:
        before, after = (found(options[name]) for name in ("baseline", "candidate"))
        try:
            told, decision = outcome(before, after)
        except NotPaired as error:
            raise CommandError(refusal(error)) from error
        for line in lines(before, after, told, decision):
            self.stdout.write(line)


def found(number: int) -> EvalRun:
    """The run of that number. Raises CommandError."""
    run = EvalRun.objects.filter(pk=number).select_related("release__dataset", "version").first()
    if run is None:
        raise CommandError(f"There is no run {number}.")
    return run


def refusal(error: NotPaired) -> str:
    """Why the runs cannot be compared, and what would do."""
    if error.there:
        return f"{error} Take run {error.there.pk} instead."
    if trial := error.instead:
        return f"{error} What would do: manage.py {' '.join(trial.evaluate(str(trial.candidate.pk)))}"
    return str(error)


def lines(before: EvalRun, after: EvalRun, told: Comparison, decision: Decision | None) -> Iterator[str]:
    """All that is said of the two."""
    yield f"Run {before.pk}, {before.version}, and run {after.pk}, {after.version}."
    yield f"{before.release}, {before.split}, {told.repeats} repeats, {told.cases} cases that are averaged."
    yield from ("", *differences(before.version, after.version))
    if decision:
        yield f"By the gate's rule: {decision.status.upper()}."
        yield from (f"  {reason.text}" for reason in (*decision.reasons, *decision.warnings))
    if told.too_few:
        yield f"{told.cases} cases are too few: this says little."
    yield from ("", ROW.format(*HEAD))
    margins = (decision and decision.margins) or Margins("", {})
    declared = margins.metrics or DECLARED
    every = [told.metrics[name] for name in declared if name in told.metrics]
    every += [each for name, each in told.metrics.items() if name not in declared]
    for each in every:
        yield row(each, margins)
    judged = [(each.metric, each.judge) for each in every if each.judge]
    yield from (f"{name}: {judge.question} {judge.agreement}." for name, judge in judged)
    yield "sees: the smallest change that this many cases find in four of five tries."
    yield f"Answers that break the schema: {told.invalid[0]} before, {told.invalid[1]} after."
    yield paired("Cost of an answer, millionths of a dollar", told.cost)
    yield paired("Seconds for an answer", told.latency)
    if before.split == Split.HOLDOUT:
        yield "The split is sealed: its cases are not shown."
        return
    yield from (f"Must-pass case {each.case} breaks." for each in told.must_pass if each.breaks)
    yield from (f"Case {key} has an absurd answer: {words}." for key, words in told.absurd)
    for each in every:
        if each.metric in declared:
            yield from flipped(before, after, each)


def differences(before: PromptVersion, after: PromptVersion) -> Iterator[str]:
    """What changed from one version to the other, part by part."""
    if before == after:
        yield "Both runs are of the same version."
    for each in diff(before, after):
        yield f"{each.part}:"
        yield from (f"  {span.text}" for span in each.lines)


def row(each: MetricComparison, margins: Margins) -> str:
    """One metric as a line of the table."""
    is_share = each.kind is Kind.YES_NO
    interval = "too few"
    if each.interval:
        interval = " to ".join(size(bound, is_share, sign=True) for bound in each.interval)
    margin = "watched" if each.metric in margins.watched else ""
    if each.metric in margins.of:
        margin = size(margins.of[each.metric], is_share)
    return ROW.format(
        each.metric,
        each.cases,
        size(each.baseline, is_share),
        size(each.candidate, is_share),
        size(each.difference, is_share, sign=True),
        interval,
        *("" if p is None else f"{p:.3f}" for p in (each.p, each.p_holm)),
        "" if each.smallest is None else size(each.smallest, is_share),
        margin,
        f"{len(each.regressed)}/{len(each.improved)}" if is_share else "",
    )


def size(amount: float, is_share: bool, *, sign: bool = False) -> str:
    """A share in per cent, anything else as it is."""
    plus = "+" if sign else ""
    return f"{100 * amount:{plus}.1f}%" if is_share else f"{amount:{plus}.3f}"


def paired(what: str, told: Paired | None) -> str:
    """Cost or latency in a line."""
    if told is None:
        return f"{what}: unknown."
    interval = " (95% {:+.3g} to {:+.3g})".format(*told.interval) if told.interval else ""
    return (
        f"{what}: {told.baseline:.4g} before, {told.candidate:.4g} after, {told.difference:+.3g}{interval}."
    )


def flipped(before: EvalRun, after: EvalRun, each: MetricComparison) -> Iterator[str]:
    """The cases that went over, with both answers."""
    for word, keys in (("regressed", each.regressed), ("improved", each.improved)):
        if keys:
            yield f"\n{each.metric}, {word}: {len(keys)}"
        for flip in flips(before, after, each.metric, keys[:SHOWN]):
            yield f"  {flip.key}: expected {flip.expected!r}, before {flip.before!r}, after {flip.after!r}"
            for when, reason in (("before", flip.before_reason), ("after", flip.after_reason)):
                if reason:
                    yield f"    the judge, {when}: {reason}"
        if len(keys) > SHOWN:
            yield f"  and {len(keys) - SHOWN} more: {', '.join(keys[SHOWN:])}"
