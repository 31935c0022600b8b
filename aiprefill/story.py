"""A job's whole story, gathered for one screen of the admin."""

import json
from dataclasses import dataclass
from typing import Any, Final

from aiprefill.differences import Span, line_diff, whole_diff, word_diff
from aiprefill.models import (
    Correction,
    CorrectionKind,
    Feedback,
    FieldTrace,
    JobState,
    ModelOutput,
    PrefillJob,
    PromptVersion,
    Purpose,
)
from aiprefill.suggestion import PriceRange, PromptSpec, SuggestedField
from listings.fields import AI_FIELDS, ListingFields
from listings.models import Photo

CHOICES: Final = ("category", "condition", "price")
"""Fields whose words make no sense in part."""
OTHERWISE: Final = (CorrectionKind.REPLACED, CorrectionKind.IGNORED)
SPEC_PARTS: Final = (
    "instructions",
    "request",
    "language_rule",
    "taxonomy",
    "output_schema",
    "provider",
    "model",
    "parameters",
    "picture_size",
    "retrieval",
    "tools",
)


@dataclass(frozen=True, slots=True)
class SpecPart:
    """One part of a prompt version as text, and how it differs from the version it is compared with."""

    name: str
    text: str
    diff: list[Span]


@dataclass(frozen=True, slots=True)
class Call:
    """One model output with its texts laid out for reading."""

    output: ModelOutput
    request: str
    raw: str
    parsed: str


@dataclass(frozen=True, slots=True)
class FieldStory:
    """What became of one field: suggested, shown, decided, posted. `range` is a price's low and high."""

    name: str
    suggested: str
    range: str
    reason: str
    dropped: str
    trace: FieldTrace | None
    correction: Correction | None
    diff: list[Span]
    feedback: Feedback | None


def pretty(value: object) -> str:
    """JSON laid out on lines; text that is no JSON as it is; "" for nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return str(value)
    return json.dumps(value, indent=2, ensure_ascii=False)


def part_text(spec: PromptSpec, name: str) -> str:
    """One part of a spec as the text that a person compares."""
    if name == "taxonomy":
        return "\n".join(f"{slug}: {shown}" for slug, shown in spec.taxonomy)
    value = getattr(spec, name)
    return pretty(value) if name in {"output_schema", "parameters"} else str(value)


def spec_parts(version: PromptVersion, against: PromptVersion | None) -> list[SpecPart]:
    """Every part of a version, compared with `against` where there is one."""
    spec, other = version.spec, against.spec if against else None
    parts = []
    for name in SPEC_PARTS:
        text = part_text(spec, name)
        parts.append(SpecPart(name, text, line_diff(part_text(other, name), text) if other else []))
    return parts


def previous(version: PromptVersion) -> PromptVersion | None:
    """The version that this one was made from, else the one before it of the same provider."""
    if version.copied_from_id is not None:
        return version.copied_from
    kept = PromptVersion.objects.kept()
    earlier = kept.filter(provider=version.provider, number__lt=version.number)
    return earlier.order_by("-number").first()


def field_stories(job: PrefillJob) -> list[FieldStory]:
    """One story a field, in the order in which a model is asked for them."""
    traces = {t.field: t for t in job.traces.all()}
    corrections = {c.field: c for c in job.corrections.all()}
    feedback = {f.field: f for f in job.feedback.all()}
    posted = job.listing.fields if job.listing and not job.listing.is_draft else ListingFields()
    stories = []
    for name in AI_FIELDS:
        field = SuggestedField.from_json(name, job.fields[name]) if name in job.fields else SuggestedField()
        price = field.value if isinstance(field.value, PriceRange) else None
        suggested = str(price.likely if price else field.value or "")
        story = FieldStory(
            name=name,
            suggested=suggested,
            range=f"{price.low} – {price.high}" if price else "",
            reason=field.reason,
            dropped=str(field.dropped or "").replace("_", " "),
            trace=traces.get(name),
            correction=corrections.get(name),
            diff=_difference(name, corrections.get(name), suggested, getattr(posted, name)),
            feedback=feedback.get(name),
        )
        stories.append(story)
    return stories


def _difference(name: str, correction: Correction | None, suggested: str, posted: object) -> list[Span]:
    """From what was suggested to what was posted; for a job that no seller saw, to what they posted.

    Where another text or choice took its place, the words in common are chance: each is shown whole.
    """
    before, after = suggested, str(posted)
    if correction:
        before, after = correction.suggested or "", correction.final or ""
    elif posted is None:
        return []
    is_other = correction is not None and correction.kind in OTHERWISE
    if before == after or not (is_other or name in CHOICES):
        return word_diff(before, after)
    return whole_diff(before, after)


def state_word(job: PrefillJob) -> tuple[str, str]:
    """How a job stands: its state, and the words with what it failed of.

    `is_overdue`, where the job was read with it, is the database's word that the deadline has passed.
    """
    state, why = JobState(job.state), job.error_class
    if getattr(job, "is_overdue", False):
        state, why = JobState.GAVE_UP, why or "deadline"
    return state, " · ".join(filter(None, [str(state.label), why.replace("_", " ")]))


def laid_out(output: ModelOutput) -> Call:
    """One call with its texts laid out for reading."""
    parsed: Any = output.parsed
    if isinstance(parsed, dict):  # the database keeps no order of keys
        parsed = {name: parsed[name] for name in (*AI_FIELDS, *parsed) if name in parsed}
    return Call(output, pretty(output.request), pretty(output.raw), pretty(parsed))


def calls(job: PrefillJob) -> list[Call]:
    """The job's model outputs, first attempt first."""
    return [laid_out(output) for output in job.outputs.select_related("version").order_by("id")]


def photos(job: PrefillJob) -> list[Photo]:
    """The photos that the job reads, in its order; those removed since are missing."""
    found = Photo.objects.in_bulk(job.photo_ids)
    return [found[photo_id] for photo_id in job.photo_ids if photo_id in found]


def tell(job: PrefillJob) -> dict[str, Any]:
    """All that the job's page shows, for its template."""
    before = previous(job.version)
    kind, words = state_word(job)
    return {
        "state_kind": kind,
        "state_words": words,
        "is_open": kind in {JobState.QUEUED, JobState.RUNNING},
        "photos": photos(job),
        "calls": calls(job),
        "fields": field_stories(job),
        "whole_feedback": next((f for f in job.feedback.all() if not f.field), None),
        "previous_version": before,
        "changed_parts": [part for part in spec_parts(job.version, before) if part.diff] if before else [],
        "others": others(job),
        "versions": PromptVersion.objects.kept().suggesting().order_by("-number"),
    }


def others(job: PrefillJob) -> list[PrefillJob]:
    """Other jobs over the same photos: the seller's, and those of the lab, newest first."""
    if job.listing_id is None:
        return []
    same = PrefillJob.objects.filter(listing_id=job.listing_id, photo_set_digest=job.photo_set_digest)
    purposes = (Purpose.SELLER, Purpose.API, Purpose.LAB)
    return list(same.filter(purpose__in=purposes).exclude(pk=job.pk).select_related("version"))
