"""A job's whole story, gathered for one screen of the admin."""

import json
from dataclasses import dataclass
from typing import Any

from aiprefill.differences import Span, line_diff, word_diff
from aiprefill.models import Correction, Feedback, FieldTrace, ModelOutput, PrefillJob, PromptVersion
from aiprefill.suggestion import PriceRange, PromptSpec, SuggestedField
from listings.fields import AI_FIELDS
from listings.models import Photo

SPEC_PARTS = (
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
    """What became of one field: suggested, shown, decided, posted."""

    name: str
    suggested: str
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
    earlier = PromptVersion.objects.filter(provider=version.provider, number__lt=version.number)
    return earlier.order_by("-number").first()


def suggested_text(name: str, data: dict[str, Any] | None) -> tuple[str, str, str]:
    """A suggested field as (what a form would hold, the reason, why the gate dropped it)."""
    if not data:
        return "", "", ""
    field = SuggestedField.from_json(name, data)
    value = str(field.value.likely) if isinstance(field.value, PriceRange) else str(field.value or "")
    return value, field.reason, str(field.dropped or "")


def field_stories(job: PrefillJob) -> list[FieldStory]:
    """One story a field, in the order in which a model is asked for them."""
    traces = {t.field: t for t in job.traces.all()}
    corrections = {c.field: c for c in job.corrections.all()}
    feedback = {f.field: f for f in job.feedback.all()}
    stories = []
    for name in AI_FIELDS:
        suggested, reason, dropped = suggested_text(name, job.fields.get(name))
        correction = corrections.get(name)
        diff = word_diff(correction.suggested or "", correction.final or "") if correction else []
        stories.append(
            FieldStory(
                name, suggested, reason, dropped, traces.get(name), correction, diff, feedback.get(name)
            )
        )
    return stories


def laid_out(output: ModelOutput) -> Call:
    """One call with its texts laid out for reading."""
    return Call(output, pretty(output.request), pretty(output.raw), pretty(output.parsed))


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
    return {
        "photos": photos(job),
        "calls": calls(job),
        "fields": field_stories(job),
        "whole_feedback": job.feedback.filter(field="").first(),
        "previous_version": before,
        "changed_parts": [part for part in spec_parts(job.version, before) if part.diff],
        "lab_jobs": PrefillJob.objects.filter(
            listing_id=job.listing_id, photo_set_digest=job.photo_set_digest, purpose="lab"
        ).select_related("version")
        if job.listing_id
        else [],
        "versions": PromptVersion.objects.order_by("-number"),
    }
