"""The cases that flipped between two runs, with what was expected and both answers."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiprefill.public import Change, Span, word_diff
from evals.models import Case, CaseResult, EvalRun
from evals.run_story import answered_words, expected_words
from evals.scoring import in_majority

FIELDS: Final = {
    "category_accepted": "category",
    "category_exact": "category",
    "condition_right": "condition",
    "price_inside": "price",
    "title_right": "title",
}
"""The field that a metric judges; of all others the description is shown."""
IN_WORDS: Final = ("title", "description")
"""Fields that may differ in part; of the others a part makes no sense."""


@dataclass(frozen=True, slots=True)
class Flip:
    """A case that was right in one run and wrong in the other; the texts are of one field."""

    case: Case
    field: str
    is_worse: bool
    expected: str
    before: str
    after: str

    @property
    def key(self) -> str:
        """The case's."""
        return self.case.key

    @property
    def before_spans(self) -> list[Span]:
        """The answer before, with what is gone after."""
        return [span for span in self._spans() if span.change != Change.NEW]

    @property
    def after_spans(self) -> list[Span]:
        """The answer after, with what is new in it."""
        return [span for span in self._spans() if span.change != Change.GONE]

    def _spans(self) -> list[Span]:
        if self.field in IN_WORDS:
            return word_diff(self.before, self.after)
        pair = (Span(Change.GONE, self.before), Span(Change.NEW, self.after))
        return [span for span in pair if span.text]


def flips(before: EvalRun, after: EvalRun, metric: str, keys: Sequence[str]) -> list[Flip]:
    """The flips of these cases under a yes/no metric: of each run the first answer that shows it."""
    field = FIELDS.get(metric, "description")
    was, now = (_of_keys(run, keys) for run in (before, after))
    found = []
    for key in keys:
        is_worse = bool(in_majority([each.scores[metric] for each in was[key] if metric in each.scores]))
        old = _shown(was[key], metric, 1 if is_worse else 0)
        new = _shown(now[key], metric, 0 if is_worse else 1)
        expected = expected_words(old.case).get(field, "")
        found.append(Flip(old.case, field, is_worse, expected, _words(field, old), _words(field, new)))
    return found


def _of_keys(run: EvalRun, keys: Sequence[str]) -> dict[str, list[CaseResult]]:
    found: dict[str, list[CaseResult]] = defaultdict(list)
    for result in run.results.filter(case__key__in=keys).select_related("case").order_by("repeat"):
        found[result.case.key].append(result)
    return found


def _shown(results: Sequence[CaseResult], metric: str, score: int) -> CaseResult:
    return next(each for each in results if each.scores.get(metric) == score)


def _words(field: str, result: CaseResult) -> str:
    return answered_words(field, result.answer or {}) or result.error_class
