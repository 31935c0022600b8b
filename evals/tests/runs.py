"""Runs of known scores, without a database."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from evals.run_scores import CaseScores, RunScores
from evals.scoring import METRICS

ALL_RIGHT = {
    name: 1.0 for name, metric in METRICS.items() if not metric.beside and name != "rightly_silent"
} | {"price_bias": 0.0}


def case(key: str, *, repeats: int = 3, **changes: Any) -> CaseScores:
    """A case with every score at 1; `changes` are scores (one, or one a repeat) or fields of `CaseScores`."""
    fields = {name: changes.pop(name) for name in list(changes) if name in CaseScores.__slots__}
    scores = []
    for repeat in range(repeats):
        now = {name: each[repeat] if isinstance(each, Sequence) else each for name, each in changes.items()}
        scores.append(ALL_RIGHT | now)
    return replace(CaseScores(tuple(scores), cluster=key, cost=800.0, latency=2.0), **fields)


def by_judge(key: str, *passes: float) -> CaseScores:
    """A case with a judge's verdicts, one a repeat, under `judge:x`."""
    return case(key, **dict[str, Any]({"judge:x": passes}))


def run(cases: Mapping[str, CaseScores], **changes: Any) -> RunScores:
    """A run over these cases."""
    repeats = len(next(iter(cases.values())).scores) if cases else 3
    return replace(RunScores("d1", "gate", repeats, 1, cases), **changes)


def flipped(
    n: int, lost: int, won: int, metric: str = "category_accepted", must_pass: int = 0
) -> tuple[RunScores, RunScores]:
    """Baseline and candidate over `n` cases; `lost` are right before only, `won` after only.

    And over so many that must pass, and do.
    """
    keys, wrong = [f"c{index:03}" for index in range(n)], dict[str, Any]({metric: 0.0})
    base = {key: case(key) for key in keys}
    base |= {f"m{index}": case(f"m{index}", must_pass=True) for index in range(must_pass)}
    cand = dict(base)
    for key in keys[:lost]:
        cand[key] = case(key, **wrong)
    for key in keys[lost : lost + won]:
        base[key] = case(key, **wrong)
    return run(base), run(cand)
