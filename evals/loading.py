"""A run's rows as the plain values that statistics work on."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from aiprefill.public import Suggestion
from evals.answer import Answer
from evals.field_scores import absurdities
from evals.models import Case, CaseResult, EvalRun, ReleaseCase, Tier
from evals.run_scores import CaseScores, RunScores
from evals.scoring import Scores


def run_scores(run: EvalRun, more: Mapping[int, Scores] | None = None) -> RunScores:
    """The run's scores, case by case; of a run that is not done, what is there.

    `more` are scores that do not stand in the results, by a result's id.
    """
    clusters = dict(ReleaseCase.objects.filter(release=run.release).values_list("case", "cluster"))
    results: dict[Case, list[CaseResult]] = defaultdict(list)
    for result in run.results.select_related("case").order_by("case__key", "repeat"):
        results[result.case].append(result)
    cases = {case.key: _scores(case, told, clusters[case.pk], more or {}) for case, told in results.items()}
    return RunScores(run.release.digest, run.split, run.repeats, run.scoring, cases)


def _scores(case: Case, results: list[CaseResult], cluster: str, more: Mapping[int, Scores]) -> CaseScores:
    expected = case.expectation
    absurd = (absurdities(expected, answer) for result in results if (answer := answer_of(result)))
    return CaseScores(
        scores=tuple({**result.scores, **more.get(result.pk, {})} for result in results),
        cluster=cluster,
        stratum=expected.category or "",
        must_pass=case.tier == Tier.MUST_PASS,
        absurd=tuple(words for found in absurd for words in found),
        cost=_mean([result.cost_micros for result in results]),
        latency=_mean([result.latency_ms and result.latency_ms / 1000 for result in results]),
    )


def answer_of(result: CaseResult) -> Answer | None:
    """The whole answer of a result; None if there is none, or it was erased."""
    if result.error_class or not result.answer:
        return None
    return Answer(Suggestion.from_json(result.answer))


def _mean(values: list[Any]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
