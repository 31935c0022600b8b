"""Whether the gate sees what is wrong and lets pass what is not: scripted models over a set of 250 cases.

Real answers in the form that a model sends, through the gate of answers, the scores and the verdict, with the
margins of the synthetic sets. The habits are those of `bad_behaviours.toml`.
"""

import json
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from aiprefill.gate import gate_field
from aiprefill.suggestion import SuggestedField, Suggestion
from evals.answer import Answer
from evals.content import Expectation
from evals.decision import Decision, Status, judge
from evals.field_scores import absurdities
from evals.proofs.telling import say
from evals.run_scores import CaseScores, RunScores
from evals.scoring import VERSION, Scores, score
from evals.scripted.faults import answer_with
from evals.scripted.rates import Rates
from evals.scripted.things import note, thing
from evals.statistics import DRAWS
from listings.fields import AI_FIELDS, CATEGORIES

DATASET: Final = "synthetic"
CASES: Final = 250
MUST_PASS: Final = 6
REPEATS: Final = 3
LANGUAGE: Final = "en"

LEAST_SEEN: Final = 18
REWORDINGS: Final = 20
MOST_FAILED_REWORDINGS: Final = 3
LARGEST_SHARE_FAILED: Final = 0.08

ERRORS: Final = {"refusal": "refused", "not-json": "bad_answer"}
"""The error class that the engine gives to an answer in a mode of the provider server."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A bad habit: what it adds to the line of the prompt, and what the gate should call it by."""

    name: str
    line: str
    sees: tuple[str, ...]
    why: str

    def named(self, decision: Decision) -> set[str]:
        """The metrics and rules in the verdict's reasons that name the fault."""
        found = {name for reason in decision.reasons for name in (reason.check, *reason.metric.split(", "))}
        return found & set(self.sees)

    def is_named(self, decision: Decision) -> bool:
        """Whether the verdict is FAIL for a reason that names the fault."""
        return decision.status is Status.FAIL and bool(self.named(decision))


@cache
def _file() -> dict[str, Any]:
    path = Path(__file__).parent.with_name("bad_behaviours.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def behaviours() -> list[Behaviour]:
    """All of the file."""
    return [Behaviour(**each | {"sees": tuple(each["sees"])}) for each in _file()["behaviour"]]


def noise(seed: int, more: str = "") -> str:
    """The instructions of a version that errs as every version does, and has a habit besides."""
    rates = " ".join(f"{name}={rate}" for name, rate in _file()["noise"].items())
    return f"scripted: seed={seed} {rates} {more}".rstrip()


@cache
def expectation(number: int) -> Expectation:
    """Of a case of the set; the first must pass, and show orders."""
    return note() if number < MUST_PASS else thing(1, number)


@cache
def answered(number: int, faults: tuple[str, ...]) -> tuple[Scores, tuple[str, ...]]:
    """The scores of an answer with these faults, and what is absurd in it."""
    expected = expectation(number)
    mode, fields = answer_with(faults, expected)
    if mode:
        answer = Answer(error=ERRORS[mode], language=LANGUAGE)
    else:
        gated = {name: _gated(name, json.dumps(fields[name])) for name in AI_FIELDS}
        answer = Answer(Suggestion(**gated), language=LANGUAGE)
    return score(expected, answer), tuple(absurdities(expected, answer))


@cache
def _gated(name: str, raw: str) -> SuggestedField:
    return gate_field(name, json.loads(raw), tuple(CATEGORIES.items()), LANGUAGE)


def run(instructions: str, cases: int = CASES) -> RunScores:
    """The scores of the scripted model with this prompt over the set."""
    rates = Rates.of(instructions)
    return RunScores(
        "proof", "gate", REPEATS, VERSION, {f"s{number:05}": _case(number, rates) for number in range(cases)}
    )


def _case(number: int, rates: Rates) -> CaseScores:
    told = [answered(number, tuple(rates.faults(str(number), 1 + repeat))) for repeat in range(REPEATS)]
    return CaseScores(
        scores=tuple(scores for scores, _ in told),
        cluster=str(number),
        stratum=expectation(number).category or "",
        must_pass=number < MUST_PASS,
        absurd=tuple(words for _, absurd in told for words in absurd),
    )


def verdict(baseline: str, candidate: str, cases: int = CASES, draws: int = DRAWS) -> Decision:
    """What the gate says of the scripted model with the one prompt against the other."""
    return judge(DATASET, run(baseline, cases), run(candidate, cases), draws=draws)


def print_faults(rounds: int = 5, pairs: int = 400, draws: int = 2000) -> bool:
    """Print what the gate says of each habit, of harmless rewordings and of equals; whether it is right.

    The first round of the habits has to name them; the others, with other noise, tell how sure it is. None
    may pass in any round.
    """
    held = _print_behaviours(rounds, draws)
    held &= _print_equals("rewordings", REWORDINGS, 5000, MOST_FAILED_REWORDINGS / REWORDINGS, draws)
    return held & _print_equals("A/A pairs", pairs, 10_000, LARGEST_SHARE_FAILED, draws)


def _print_behaviours(rounds: int, draws: int) -> bool:
    say(f"{'habit':<36}{'line':<22}{'verdict':<14}in {rounds} rounds, named by")
    seen, passed = 0, 0
    for number, habit in enumerate(behaviours()):
        decisions = [
            verdict(noise(1000 * each), noise(1000 * each + number + 1, habit.line), draws=draws)
            for each in range(rounds)
        ]
        named = [habit.is_named(decision) for decision in decisions]
        seen += named[0]
        passed += any(decision.status is Status.PASS for decision in decisions)
        by = ", ".join(sorted(habit.named(decisions[0])))
        say(f"{habit.name:<36}{habit.line:<22}{decisions[0].status.upper():<14}{sum(named)} {by}")
    held = seen >= LEAST_SEEN and not passed
    say(f"{seen} FAIL with the metric that names the fault, at least {LEAST_SEEN}; {passed} PASS, none may")
    return held


def _print_equals(what: str, pairs: int, seed: int, most: float, draws: int) -> bool:
    """Pairs of versions with the same noise, of which each is drawn anew."""
    said: Counter[Status] = Counter()
    why: Counter[str] = Counter()
    for pair in range(pairs):
        decision = verdict(noise(seed + 2 * pair), noise(seed + 2 * pair + 1), draws=draws)
        said[decision.status] += 1
        if decision.status is Status.FAIL:
            why[decision.reasons[0].check] += 1
    told = ", ".join(f"{status.upper()} {said[status] / pairs:.3f}" for status in Status)
    say(f"{pairs} {what}: {told}; FAIL at most {most:.2f}, by {dict(why) or 'nothing'}")
    return said[Status.FAIL] <= most * pairs and not said[Status.BROKEN]
