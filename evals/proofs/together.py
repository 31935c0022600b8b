"""How often the gate says what when all the metrics of a real set are judged together, in both tiers."""

from collections import Counter
from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np

from evals.decision import Status, judge
from evals.margins import margins_for
from evals.proofs.telling import say
from evals.run_scores import CaseScores, RunScores
from evals.scoring import VERSION
from evals.statistics import SEED

DATASET: Final = "main"
SIZES: Final = (250, 700)
LARGEST_SHARE_FAILED: Final = 0.05
LEAST_SHARE_PASSED: Final = 0.2
"""Of equal versions, or people could hardly ever promote one."""

FLIPS: Final = {
    "category_accepted": 0.08,
    "title_right": 0.10,
    "price_inside": 0.12,
    "condition_right": 0.15,
    "text_length": 0.04,
    "description_right": 0.02,
    "plain_words": 0.02,
    "no_advertising": 0.04,
    "no_forbidden_claim": 0.03,
    "no_contact": 0.005,
    "right_language": 0.005,
    "not_refused": 0.01,
}
"""The share of cases in which one of two equal versions of a good prompt is right and the other is not.

What is judged (condition, price) moves most, what is a matter of obeying hardly ever.
"""
CLOSENESS_STEP: Final = 0.12
"""The standard deviation of a case's change in price closeness."""

CANDIDATES: Final[Mapping[str, Mapping[str, float]]] = {
    "equal": {},
    "2 better in all that flips most": dict.fromkeys(list(FLIPS)[:4], 0.02),
    "5 worse in category": {"category_accepted": -0.05},
    "10 worse in category": {"category_accepted": -0.10},
    "5 worse in advertising": {"no_advertising": -0.05},
    "5 worse in condition": {"condition_right": -0.05},
    "10 worse in condition": {"condition_right": -0.10},
}
"""Who is judged: the true differences of the shares right."""


def pair(n: int, deltas: Mapping[str, float], random: np.random.Generator) -> tuple[RunScores, RunScores]:
    """Two runs over `n` cases, and one that must pass and does.

    Metrics flip by themselves: more surprises than if they went together.
    """
    before, after = {"valid": np.ones(n)}, {"valid": np.ones(n)}
    for metric, flips in FLIPS.items():
        delta = deltas.get(metric, 0.0)
        flipping = max(flips, abs(delta))
        drawn = random.random(n)
        before[metric] = (drawn >= (flipping + delta) / 2).astype(float)
        after[metric] = ((drawn < (flipping + delta) / 2) | (drawn >= flipping)).astype(float)
    middle = random.beta(6, 3, n)
    for scores in (before, after):
        scores["price_closeness"] = np.clip(middle + random.normal(0, CLOSENESS_STEP / 2**0.5, n), 0, 1)
    return _run(before, n), _run(after, n)


def _run(scores: Mapping[str, np.ndarray[tuple[int], np.dtype[np.float64]]], n: int) -> RunScores:
    cases = {
        str(index): CaseScores(({name: float(each[index]) for name, each in scores.items()},), str(index))
        for index in range(n)
    }
    cases["must"] = CaseScores((dict.fromkeys(scores, 1.0),), "must", must_pass=True)
    return RunScores("proof", "gate", 1, VERSION, cases)


class Said(NamedTuple):
    """How often the gate said what, and which metrics kept it from passing, as shares of the pairs."""

    shares: Mapping[Status, float]
    open: Mapping[str, float]

    @property
    def is_fair(self) -> bool:
        """Whether the gate is right often enough of equal versions."""
        failed, passed = self.shares[Status.FAIL], self.shares[Status.PASS]
        return failed <= LARGEST_SHARE_FAILED and passed >= LEAST_SHARE_PASSED


def said(n: int, deltas: Mapping[str, float], runs: int, draws: int, seed: int = SEED) -> Said:
    """What the gate says of such a candidate, with the margins of the main set."""
    random = np.random.default_rng(seed)
    statuses: Counter[Status] = Counter()
    questions: Counter[str] = Counter()
    for _ in range(runs):
        decision = judge(DATASET, *pair(n, deltas, random), draws=draws)
        statuses[decision.status] += 1
        if decision.status is Status.INCONCLUSIVE:
            questions.update(reason.metric for reason in decision.reasons)
    return Said(
        {status: statuses[status] / runs for status in Status},
        {metric: count / runs for metric, count in questions.most_common()},
    )


def print_together(runs: int = 300, draws: int = 1000) -> bool:
    """Print the table; whether equal versions FAIL seldom and PASS often, all metrics taken together.

    Under the equal ones stands what keeps them from passing: critical metrics not shown within their margins.
    """
    say(f"all metrics of the set {DATASET!r} at once, {runs} pairs of runs a line")
    say(f"{'cases':>5}  {'candidate':<34}{'PASS':>8}{'FAIL':>8}{'INCONCLUSIVE':>14}")
    held = True
    for n in SIZES:
        margins = margins_for(DATASET, n)
        say(f"{'':>7}critical: {', '.join(margins.of)}; {len(margins.watched)} watched")
        for name, deltas in CANDIDATES.items():
            found = said(n, deltas, runs, draws)
            told = (found.shares[status] for status in (Status.PASS, Status.FAIL, Status.INCONCLUSIVE))
            say("{:>5}  {:<34}{:>8.3f}{:>8.3f}{:>14.3f}".format(n, name, *told))
            if not deltas:
                held &= found.is_fair
                left = ", ".join(f"{metric} {share:.2f}" for metric, share in found.open.items())
                say(f"{'':>7}left open by: {left}")
    fair = f"FAIL in at most {LARGEST_SHARE_FAILED:.2f} and PASS in at least {LEAST_SHARE_PASSED:.2f}"
    say(f"equal versions {fair}" if held else f"EQUAL VERSIONS DO NOT {fair}")
    return held
