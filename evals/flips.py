"""The cases that flipped between two runs, with what was expected and both answers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from aiprefill.public import Change, Span, word_diff
from evals.judges.evidence import words
from evals.judges.modes import find_mode
from evals.models import Case, CaseResult, EvalRun
from evals.run_story import answered_words, expected_words
from evals.scoring import JUDGE, in_majority

FIELDS: Final = {
    "category_accepted": "category",
    "category_exact": "category",
    "condition_right": "condition",
    "price_inside": "price",
    "title_right": "title",
}
"""The field that a metric judges; of all others the description is shown."""
TEXT: Final = "text"
"""Title and description, which a judge reads."""
IN_WORDS: Final = ("title", "description", TEXT)
"""Fields that may differ in part; of the others a part makes no sense."""


@dataclass(frozen=True, slots=True)
class Flip:
    """A case that was right in one run and wrong in the other; the texts are of one field.

    The reasons are a judge's, "" of any other metric.
    """

    case: Case
    field: str
    is_worse: bool
    expected: str
    before: str
    after: str
    before_reason: str = ""
    after_reason: str = ""

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
    field = TEXT if metric.startswith(JUDGE) else FIELDS.get(metric, "description")
    was, now = (_of_keys(run, metric, keys) for run in (before, after))
    found = []
    for key in keys:
        is_worse = bool(in_majority([each.is_right for each in was[key]]))
        old = next(each for each in was[key] if each.is_right is is_worse)
        new = next(each for each in now[key] if each.is_right is not is_worse)
        case = old.result.case
        expected = expected_words(case).get(field, "")
        texts = _words(field, old.result), _words(field, new.result)
        found.append(Flip(case, field, is_worse, expected, *texts, old.reason, new.reason))
    return found


class _Scored(NamedTuple):
    result: CaseResult
    is_right: bool
    reason: str


def _of_keys(run: EvalRun, metric: str, keys: Sequence[str]) -> Mapping[str, list[_Scored]]:
    results = run.results.filter(case__key__in=keys).select_related("case").order_by("repeat")
    said = words(find_mode(metric.removeprefix(JUDGE)), results) if metric.startswith(JUDGE) else {}
    found: dict[str, list[_Scored]] = defaultdict(list)
    for result in results:
        word = said.get(result.pk)
        if word is None and metric not in result.scores:
            continue
        is_right = bool(word.passes) if word else result.scores.get(metric) == 1
        found[result.case.key].append(_Scored(result, is_right, word.reason if word else ""))
    return found


def _words(field: str, result: CaseResult) -> str:
    if field == TEXT:
        parts = (answered_words(name, result.answer or {}) for name in ("title", "description"))
        return "\n".join(filter(None, parts)) or result.error_class
    return answered_words(field, result.answer or {}) or result.error_class
