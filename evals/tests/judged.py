"""Runs of known scores in the database, without a provider."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from django.db.models.functions import Now

from aiprefill.public import PRODUCTION, PromptVersion, create_version, endpoint, label_version, try_version
from evals.content import CaseContent, Expectation, Split, Tier, release_digest
from evals.models import Case, CaseFile, CaseResult, Dataset, EvalRun, Release, ReleaseCase, RunState
from evals.scoring import VERSION
from evals.tests.runs import ALL_RIGHT

SHA: Final = "a" * 64
SCORES: Final = ALL_RIGHT | {"price_bias": 0.0}


def make_release(dataset: str = "demo", first: Tier = Tier.MUST_PASS, digest: str = "") -> Release:
    """A release of 25 gate cases, the `first` of that tier; the next one of a dataset has others.

    `digest` is what the first case says of itself, if that is not true.
    """
    of, _ = Dataset.objects.get_or_create(name=dataset)
    number = of.releases.count() + 1
    cases = [_case(of, f"r{number}c000", first, digest)]
    cases += [_case(of, f"r{number}c{index:03}", Tier.METRIC) for index in range(1, 25)]
    release = Release.objects.create(
        dataset=of, number=number, digest=release_digest(case.digest for case in cases), case_count=25
    )
    ReleaseCase.objects.bulk_create(
        ReleaseCase(release=release, case=case, cluster=case.key) for case in cases
    )
    return release


def _case(dataset: Dataset, key: str, tier: Tier, digest: str = "") -> Case:
    content = CaseContent(key, (SHA,), Expectation(category="furniture"), Split.GATE, tier)
    case = Case.objects.create(
        dataset=dataset,
        key=key,
        digest=digest or content.digest,
        split=content.split,
        tier=tier,
        expected=content.expected.to_json(),
        provenance={},
    )
    CaseFile.objects.create(case=case, position=0, sha256=SHA, phash=0, width=1, height=1, size=1)
    return case


def make_candidate(words: str = "Be brief.") -> PromptVersion:
    """A version that differs from production in its instructions."""
    production = label_version(PRODUCTION)
    return create_version(replace(production.spec, instructions=words), "Shorter.", copied_from=production)


def make_trial(words: str = "Be bold.") -> PromptVersion:
    """The same, only tried."""
    production = label_version(PRODUCTION)
    return try_version(replace(production.spec, instructions=words), copied_from=production)


def make_run(
    release: Release,
    version: PromptVersion | None = None,
    *,
    wrong: Mapping[str, Mapping[str, Any]] | None = None,
    age: timedelta = timedelta(hours=1),
    short: int = 0,
    state: str = RunState.DONE,
    **changes: Any,
) -> EvalRun:
    """A run of that version (production) where all is right but `wrong`: of a case, its results' fields.

    The last `short` cases have no results.
    """
    version = version or label_version(PRODUCTION)
    fields: dict[str, Any] = {"split": "gate", "repeats": 3, "scoring": VERSION}
    fields |= {"endpoint": endpoint(version.provider)} | changes
    cases = list(Case.objects.readable().filter(releases=release).order_by("key"))
    planned = len(cases) * fields["repeats"]
    run = EvalRun.objects.create(release=release, version=version, planned=planned, **fields)
    given = Now() - age
    plain = {
        "settled_at": given,
        "answer": {},
        "scores": SCORES,
        "cache_key": "k",
        "latency_ms": 2000,
        "cost_micros": 800,
    }
    CaseResult.objects.bulk_create(
        CaseResult(run=run, case=case, repeat=repeat, **plain | dict((wrong or {}).get(case.key, {})))
        for case in cases[: len(cases) - short]
        for repeat in run.repeat_numbers
    )
    ended = {} if state == RunState.QUEUED else {"ended_at": given, "reason": "Because."}
    EvalRun.objects.filter(pk=run.pk).update(state=state, finished=planned, **ended)
    run.refresh_from_db()
    return run
