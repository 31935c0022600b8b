"""Two runs as a pair: whether they can be compared, which run would do if not, and what came of it."""

from dataclasses import replace

from evals.comparison import Comparison, compare
from evals.decision import Decision, Reason, Status, judge
from evals.judges import gating
from evals.models import EvalRun, RunState, Split
from evals.run_scores import NotComparableError
from evals.scoring import VERSION
from evals.trial import Trial


class NotPaired(Exception):
    """Two runs cannot be compared case by case; the message says why.

    `instead` is a run that would do, as a trial of its version, None where nothing but waiting helps; `there`
    is that run if somebody made it already.
    """

    def __init__(self, why: str, instead: Trial | None, *pair: EvalRun) -> None:
        super().__init__(why)
        self.instead = instead
        found = instead.run(instead.candidate) if instead else None
        self.there = None if found in pair else found


def check(before: EvalRun, after: EvalRun) -> None:
    """Raise NotPaired for what the people who made the runs can name."""
    for run in (before, after):
        some = len(run.only) if run.only else run.limit
        if run.state != RunState.DONE or some:
            limited = f"only {some} cases were asked for" if some else f"it is {run.state}"
            waits = run.state in {RunState.QUEUED, RunState.RUNNING} and not some
            raise NotPaired(
                f"Run {run.pk} is not complete: {limited}.", None if waits else _of(run, run), run
            )
    for what, one, other in (
        ("releases", before.release, after.release),
        ("splits", before.split, after.split),
        ("numbers of repeats", before.repeats, after.repeats),
    ):
        if one != other:
            why = f"Runs {before.pk} and {after.pk} are of different {what}, {one} and {other}"
            raise NotPaired(f"{why}: their cases cannot be paired.", _of(after, before), before, after)


def outcome(before: EvalRun, after: EvalRun) -> tuple[Comparison, Decision | None]:
    """The runs compared, and what the gate's rule says of them. Raises NotPaired.

    There is no rule where the dataset has no margins, and none for a holdout: the gate never opens it. Judges
    are compared too, those that may be shown and have judged both runs whole.
    """
    check(before, after)
    old, new = gating.judged_scores(gating.whole(before, after), before, after)
    try:
        if before.split != Split.HOLDOUT:
            decision = judge(before.release.dataset.name, old, new)
            if decision.comparison:
                return decision.comparison, _with_judges(decision, before, after)
        return compare(old, new), None
    except NotComparableError as error:
        odd = [
            run for run in (after, before) if run.scoring != VERSION or run.results.filter(scores={}).exists()
        ]
        again = odd[0] if odd else after
        raise NotPaired(str(error), _of(again, again), before, after) from error


def _with_judges(decision: Decision, before: EvalRun, after: EvalRun) -> Decision:
    """The same; broken if a judge that the margins name cannot take part in it."""
    dataset = before.release.dataset.name
    told = [gating.unknown(dataset), gating.not_calibrated(dataset)]
    told += [gating.unjudged(dataset, run) for run in (before, after)]
    reasons = tuple(Reason("judge", text) for text in told if text)
    return replace(decision, status=Status.BROKEN, reasons=reasons, warnings=()) if reasons else decision


def _of(run: EvalRun, like: EvalRun) -> Trial:
    """A complete run of the version of `run`, over what the other was made on."""
    return Trial(run.version, like.release, like.split, like.repeats)
