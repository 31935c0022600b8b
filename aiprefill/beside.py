"""Two answers about the same photos, field by field, for one screen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Sum
from django.utils.translation import gettext as _

from aiprefill.differences import Span, whole_diff, word_diff
from aiprefill.models import PrefillJob
from aiprefill.progress import UNTOLD
from aiprefill.story import CHOICES, state_word
from aiprefill.suggestion import PriceRange, SuggestedField
from listings.fields import AI_FIELDS

Answer = Mapping[str, Any]
"""The fields as they are kept in rows: by name what `SuggestedField.to_json` wrote."""


@dataclass(frozen=True, slots=True)
class Told:
    """One field of one answer: its words, or why there are none. Neither: not answered (yet)."""

    text: str = ""
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class FieldBeside:
    """One field of both answers. `diff` leads from the one to the other, where both tell something."""

    name: str
    before: Told
    after: Told
    diff: list[Span]


@dataclass(frozen=True, slots=True)
class ReadingTold:
    """How a reading stands and what it took: milliseconds and micro-dollars of all its calls, if known."""

    job: PrefillJob
    kind: str
    words: str
    detail: str
    latency_ms: int | None
    cost_micros: int | None

    @property
    def is_open(self) -> bool:
        """Whether more may come."""
        return self.kind in OPEN


OPEN: Final = ("queued", "running")


def fields_beside(before: Answer, after: Answer) -> list[FieldBeside]:
    """Every field, in the order in which a model is asked for them."""
    found = []
    for name in AI_FIELDS:
        old, new = told(name, before), told(name, after)
        differ = whole_diff if name in CHOICES else word_diff
        spans = differ(old.text, new.text) if old.text and new.text and old != new else []
        found.append(FieldBeside(name, old, new, spans))
    return found


def told(name: str, answer: Answer) -> Told:
    """The field of that name in an answer, as text."""
    if name not in answer:
        return Told()
    field = SuggestedField.from_json(name, answer[name])
    if isinstance(field.value, PriceRange):
        return Told(f"{field.value.likely:.0f} € ({field.value.low:.0f} – {field.value.high:.0f})")
    if field.value:
        return Told(str(field.value))
    return Told(why_not=field.reason or _(UNTOLD[field.dropped]))


def reading_told(job: PrefillJob) -> ReadingTold:
    """The reading as it stands by the database's clock."""
    overdue = PrefillJob.objects.overdue().filter(pk=job.pk).exists()
    job.is_overdue = overdue  # type: ignore[attr-defined]  # as the list of jobs reads it
    kind, words = state_word(job)
    took = job.outputs.aggregate(ms=Sum("latency_ms"), cost=Sum("cost_micros"))
    return ReadingTold(job, kind, words, job.error_detail, took["ms"], took["cost"])
