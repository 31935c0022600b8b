"""What the gate decides, as a pure function of a comparison and its margins; no Django.

In this order: broken if anything is missing; fail for a must-pass case, an invalid answer, an absurd one, a
watched metric that is shown to lose; pass if every critical metric is shown to lose less than its margin (a
judge: less than its verdicts show of it); fail if one is shown to lose at all; else nothing is shown. A drop
alone is no reason: two equal versions that flip a tenth of the cases show one nearly every other time.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import Enum, StrEnum, auto
from typing import Any, Final

from evals.comparison import Comparison, MetricComparison, compare
from evals.margins import BadMarginsError, Margins, NoMarginsError, margins_for
from evals.run_scores import NotComparableError, RunScores
from evals.scoring import Kind
from evals.statistics import DRAWS, holm

ALPHA: Final = 0.05


class Status(StrEnum):
    """The gate's four answers."""

    PASS = "pass"  # noqa: S105  no password
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    BROKEN = "broken"

    @property
    def exit_code(self) -> int:
        """0 to 3, in this order."""
        return list(Status).index(self)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, in words for whoever reads the verdict. `check` names the rule, `metric` what it is about.

    Of a must-pass case that may be several metrics, by commas.
    """

    check: str
    text: str
    metric: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict. `reasons` are never empty but for a pass, the first decided; `warnings` did not.

    `comparison` and `margins` are what it rests on; a broken one may have neither.
    """

    status: Status
    reasons: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()
    comparison: Comparison | None = None
    margins: Margins | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain JSON of all of it, with the exit code."""
        return asdict(self) | {"exit_code": self.status.exit_code}


def broken(*reasons: Reason) -> Decision:
    """The verdict when something that it needs is missing."""
    return Decision(Status.BROKEN, reasons)


def judge(dataset: str, baseline: RunScores, candidate: RunScores, *, draws: int = DRAWS) -> Decision:
    """The verdict over two runs on a release of `dataset`. It never raises for a lack: that is broken."""
    counted = sum(not case.must_pass for case in candidate.cases.values())
    try:
        margins = margins_for(dataset, counted)
        comparison = compare(baseline, candidate, margins.metrics, draws=draws)
    except NoMarginsError as error:
        return broken(Reason("no_margins", str(error)))
    except BadMarginsError as error:
        return broken(Reason("bad_margins", str(error)))
    except NotComparableError as error:
        return broken(Reason("not_comparable", str(error)))
    return decide(comparison, margins)


def decide(comparison: Comparison, margins: Margins) -> Decision:
    """The verdict over a comparison made with the metrics of the margins declared."""
    found = {
        step: tuple(reason for check in checks for reason in check(comparison, margins))
        for step, checks in CHECKS.items()
    }
    guards, losses, questions = found[Step.GUARD], found[Step.LOSS], found[Step.QUESTION]
    if gaps := found[Step.GAP]:
        return Decision(Status.BROKEN, gaps, (), comparison, margins)
    if guards:
        return Decision(Status.FAIL, guards + losses, (), comparison, margins)
    if not questions:
        return Decision(Status.PASS, (), found[Step.WARNING], comparison, margins)
    if losses:
        return Decision(Status.FAIL, losses, (), comparison, margins)
    return Decision(Status.INCONCLUSIVE, questions, (), comparison, margins)


def _no_expectation(comparison: Comparison, margins: Margins) -> Iterator[Reason]:
    for name in margins.metrics:
        if name not in comparison.metrics:
            yield Reason("no_expectation", f"No case of the set expects anything of {name}.", name)


def _no_must_pass(comparison: Comparison, margins: Margins) -> Iterator[Reason]:
    if len(comparison.must_pass) < margins.must_pass_cases:
        few = f"{len(comparison.must_pass)} must-pass cases, at least {margins.must_pass_cases} are needed."
        yield Reason("no_must_pass", f"The set has {few}")


def _must_pass(comparison: Comparison, margins: Margins) -> Iterator[Reason]:
    for case in comparison.must_pass:
        if case.breaks:
            wrong = sum(bool(each) for each in case.wrong)
            why = ", ".join(sorted({name for each in case.wrong for name in each}))
            text = f"Must-pass case {case.case} is wrong in {wrong} of {len(case.wrong)} repeats: {why}."
            yield Reason("must_pass", text, why)


def _must_be_valid(comparison: Comparison, margins: Margins) -> Iterator[Reason]:
    for case in comparison.must_pass:
        if case.invalid:
            text = f"Must-pass case {case.case} has an answer that breaks the schema."
            yield Reason("must_be_valid", text, "valid")


def _valid(comparison: Comparison, margins: Margins) -> Iterator[Reason]:
    before, after = comparison.invalid
    if after > before and comparison.invalid_p_worse < ALPHA:
        p = comparison.invalid_p_worse
        text = f"{after} answers break the schema, {before} of production's (p {p:.3f})."
        yield Reason("valid", text, "valid")


def _absurd(comparison: Comparison, margins: Margins) -> Iterator[Reason]:
    for key, words in comparison.absurd:
        yield Reason("absurd", f"Case {key} has an absurd answer: {words}.")


def _watched(comparison: Comparison, margins: Margins) -> Iterator[Reason]:
    """A watched metric is shown to be worse: it has no margin within which that could be tolerated."""
    for each in _shown_worse(comparison, margins):
        if each.metric in margins.watched:
            text = f"{each.metric}, which is watched, is worse: {_told(each)}."
            yield Reason("watched", text, each.metric)


def _worse(comparison: Comparison, margins: Margins) -> Iterator[Reason]:
    """A critical metric is shown to be worse."""
    for each in _shown_worse(comparison, margins):
        if each.metric in margins.of:
            yield Reason("worse", f"{each.metric} is worse: {_told(each)}.", each.metric)


def _shown_worse(comparison: Comparison, margins: Margins) -> list[MetricComparison]:
    """Alpha is split over all metrics, critical and watched; the surest first."""
    found = [comparison.metrics[name] for name in margins.metrics if name in comparison.metrics]
    adjusted = holm({each.metric: 1.0 if each.p_worse is None else each.p_worse for each in found})
    worse = [each for each in found if adjusted[each.metric] < ALPHA]
    return sorted(worse, key=lambda each: adjusted[each.metric])


def _too_few(comparison: Comparison, margins: Margins) -> Iterator[Reason]:
    for each in _critical(comparison, margins):
        if each.lower is None:
            text = f"{each.metric} cannot be judged by {each.cases} cases: too few."
            yield Reason("too_few", text, each.metric)


def _not_shown(comparison: Comparison, margins: Margins) -> Iterator[Reason]:
    """Not shown to lose less than its margin. Margins are true losses, and a judge shows less than those."""
    for each in _critical(comparison, margins):
        margin = margins.of[each.metric]
        limit = margin * each.keeps
        if each.lower is not None and not each.lower > -limit:
            seen = f", {_size(each, limit)} as its judge sees it" if each.judge else ""
            text = f"{each.metric} may lose more than its margin of {_size(each, margin)}{seen}"
            yield Reason("not_shown", f"{text}: {_told(each)}.", each.metric)


def _tolerated(comparison: Comparison, margins: Margins) -> Iterator[Reason]:
    for each in _critical(comparison, margins):
        if each.upper is not None and each.upper < 0:
            text = f"{each.metric} loses a little, within its margin: {_told(each)}."
            yield Reason("tolerated", text, each.metric)


def _critical(comparison: Comparison, margins: Margins) -> list[MetricComparison]:
    return [comparison.metrics[name] for name in margins.of if name in comparison.metrics]


class Step(Enum):
    """What follows from a reason, in the order in which it decides."""

    GAP = auto()  # broken
    GUARD = auto()  # fails a version alone
    LOSS = auto()  # fails it, unless it passes
    QUESTION = auto()  # keeps it from passing
    WARNING = auto()  # decides nothing


Check = Callable[[Comparison, Margins], Iterator[Reason]]

CHECKS: Final[dict[Step, tuple[Check, ...]]] = {
    Step.GAP: (_no_expectation, _no_must_pass),
    Step.GUARD: (_must_pass, _must_be_valid, _valid, _absurd, _watched),
    Step.LOSS: (_worse,),
    Step.QUESTION: (_too_few, _not_shown),
    Step.WARNING: (_tolerated,),
}
"""Every rule of the gate; each gives reasons named as it is."""


def _told(each: MetricComparison) -> str:
    if each.lower is None or each.upper is None:
        return f"difference {_size(each, each.difference, sign=True)}"
    bounds = (_size(each, bound, sign=True) for bound in (each.difference, each.lower, each.upper))
    return "difference {}, one-sided bounds {} and {}".format(*bounds)


def _size(each: MetricComparison, amount: float, *, sign: bool = False) -> str:
    """Points of a hundred for shares, else the score's own unit."""
    plus = "+" if sign else ""
    return f"{amount:{plus}.3f}" if each.kind is Kind.MEDIAN else f"{100 * amount:{plus}.1f} points"
