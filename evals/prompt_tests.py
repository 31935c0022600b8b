"""Prompt tests: the must-pass cases alone, each passed or failed in words.

They are those of every split but the holdout: what must pass must pass wherever it stands. A case fails when
it is not right in most of its repeats, or when one answer broke the schema: as in the gate.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evals.decision import Status
from evals.flips import FIELDS
from evals.models import Case, CaseResult, EvalRun, Release, ReleaseCase, RunState, Split, Tier
from evals.run_story import answered_words, expected_words
from evals.scoring import METRICS, failures


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """How one case did in so many repeats. `why` tells in lines what was wrong, and which answers lack.

    `passes` is None while the answers that lack could decide it.
    """

    key: str
    repeats: int
    wrong: int
    passes: bool | None
    why: tuple[str, ...]


def must_pass(release: Release) -> dict[str, list[str]]:
    """The keys of the must-pass cases by split, the holdout's left alone."""
    rows = ReleaseCase.objects.filter(release=release, case__tier=Tier.MUST_PASS, case__erased_at=None)
    found: dict[str, list[str]] = defaultdict(list)
    for split, key in rows.exclude(case__split=Split.HOLDOUT).values_list("case__split", "case__key"):
        found[split].append(key)
    return {split: sorted(keys) for split, keys in sorted(found.items())}


def outcomes(run: EvalRun) -> list[CaseOutcome]:
    """How each case of the run did, by key."""
    results: dict[str, list[CaseResult]] = {key: [] for key in run.only or ()}
    for result in run.results.select_related("case").order_by("case__key", "repeat"):
        results[result.case.key].append(result)
    return [outcome(run, key, of_case) for key, of_case in sorted(results.items())]


def outcome(run: EvalRun, key: str, results: Sequence[CaseResult]) -> CaseOutcome:
    """How one case of the run did; answers that lack decide nothing."""
    scored = [result for result in results if result.scores]
    wrong = sum(bool(failures(result.scores)) for result in scored)
    right, lacking = len(scored) - wrong, run.repeats - len(scored)
    passes = None
    if 2 * (right + lacking) <= run.repeats or any(result.scores["valid"] == 0 for result in scored):
        passes = False
    elif 2 * right > run.repeats:
        passes = True
    told = Counter(line for result in results for line in _why(result))
    why = [f"{line} ({times} of {run.repeats} times)" for line, times in told.items()]
    if len(results) < run.repeats:
        why.append(f"asked {len(results)} of {run.repeats} times: {run.reason}")
    return CaseOutcome(key, run.repeats, wrong, passes, tuple(why))


def _why(result: CaseResult) -> Iterator[str]:
    """What is wrong with an answer: expected, and what came."""
    if not result.scores:
        yield f"no answer: the provider failed with {result.error_class}"
    for name in failures(result.scores):
        yield f"{name}: expected {_expected(name, result.case)}, got {_answered(name, result)}"


def _expected(metric: str, case: Case) -> str:
    if metric == "no_forbidden_claim":
        return f"no claim of {', '.join(case.expectation.forbidden)}"
    if metric == "rightly_silent":
        return f"nothing about {', '.join(case.expectation.untellable)}"
    if metric in FIELDS:
        return expected_words(case)[FIELDS[metric]]
    return METRICS[metric].meaning.removeprefix("1: ").partition(" 0: ")[0].rstrip(".")


def _answered(metric: str, result: CaseResult) -> str:
    """The words that the metric judges, on one line."""
    fields: tuple[str, ...] = ("title", "description")
    if metric == "rightly_silent":
        fields = result.case.expectation.untellable
    elif metric in FIELDS:
        fields = (FIELDS[metric],)
    told = (answered_words(name, result.answer or {}) for name in fields)
    return " ".join("; ".join(filter(None, told)).split()) or result.error_class or "nothing"


def status(runs: Sequence[EvalRun], cases: Sequence[CaseOutcome]) -> Status:
    """The word over all cases: what failed has failed, though other answers lack.

    Those lack by a fault (broken), or because the run was stopped, such as by its price (inconclusive).
    """
    if any(case.passes is False for case in cases):
        return Status.FAIL
    if not cases or any(run.state not in {RunState.DONE, RunState.STOPPED} for run in runs):
        return Status.BROKEN
    if all(case.passes for case in cases):
        return Status.PASS
    return Status.INCONCLUSIVE if any(run.state == RunState.STOPPED for run in runs) else Status.BROKEN
