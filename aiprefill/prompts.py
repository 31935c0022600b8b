"""Prompt versions and the labels that stand on them: made and moved, never changed."""

import json
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Max

from aiprefill.differences import Span, line_diff
from aiprefill.models import LabelMove, MoveKind, PromptVersion
from aiprefill.suggestion import PromptSpec
from listings.models import Seller

PRODUCTION: Final = "production"
FLOOR: Final = "floor"


class SameVersion(Exception):
    """A version with exactly this specification exists; `version` is it."""

    def __init__(self, version: PromptVersion) -> None:
        super().__init__(f"Version {version.number} has exactly this specification.")
        self.version = version


class NoSuchLabel(LookupError):
    """The label stands on no version yet."""

    def __init__(self, label: str) -> None:
        super().__init__(f"No version has the label {label!r}. Run: manage.py migrate")


@dataclass(frozen=True, slots=True)
class Difference:
    """One part of a specification that differs between two versions; `lines` is its unified diff."""

    part: str
    before: str
    after: str
    lines: list[Span]


def label_version(label: str) -> PromptVersion:
    """The version that the label stands on. Raises NoSuchLabel."""
    move = LabelMove.objects.filter(label=label).select_related("version").first()
    if move is None:
        raise NoSuchLabel(label)
    return move.version


@lru_cache(maxsize=64)
def kept_version(number: int, digest: str) -> PromptVersion:
    """The version of this number and digest, read once a process: it never changes."""
    return PromptVersion.objects.get(number=number, digest=digest)


def labels_in_force() -> dict[str, int]:
    """Every label, with the number of the version that it stands on."""
    newest = LabelMove.objects.order_by("label", "-id").distinct("label")
    return dict(newest.values_list("label", "version_id"))


def move_label(
    label: str,
    version: PromptVersion,
    kind: MoveKind,
    why: str,
    who: Seller | None = None,
    verdict: dict[str, Any] | None = None,
    and_who: Seller | None = None,
) -> LabelMove:
    """Let the label stand on the version. What a kind demands (people, a verdict) the database checks."""
    return LabelMove.objects.create(
        label=label, version=version, kind=kind, why=why, who=who, and_who=and_who, verdict=verdict
    )


def create_version(
    spec: PromptSpec, note: str, by: Seller | None = None, copied_from: PromptVersion | None = None
) -> PromptVersion:
    """The next number with this specification. Raises SameVersion if it would change nothing."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Numbers have no gaps and no races: one version is made at a time.
            cursor.execute("LOCK TABLE aiprefill_promptversion IN SHARE ROW EXCLUSIVE MODE")
        if same := PromptVersion.objects.filter(digest=spec.digest).first():
            raise SameVersion(same)
        newest = PromptVersion.objects.aggregate(newest=Max("number"))["newest"] or 0
        return PromptVersion.objects.create(
            number=newest + 1,
            digest=spec.digest,
            spec_text=spec.to_json(),
            provider=spec.provider,
            model=spec.model,
            note=note,
            copied_from=copied_from,
            created_by=by,
        )


def diff(before: PromptVersion, after: PromptVersion) -> list[Difference]:
    """What changed from one version to the other, part by part; empty parts are left out."""
    old, new = _parts(before.spec), _parts(after.spec)
    return [
        Difference(name, old[name], new[name], line_diff(old[name], new[name]))
        for name in old
        if old[name] != new[name]
    ]


def _parts(spec: PromptSpec) -> dict[str, str]:
    """Every part of a specification as text in lines, so that a diff shows the place."""
    return {field.name: _lines(field.name, getattr(spec, field.name)) for field in fields(spec)}


def _lines(name: str, value: Any) -> str:
    if name in {"output_schema", "parameters"}:
        return json.dumps(json.loads(value), indent=2, ensure_ascii=False)
    if name == "taxonomy":
        return "\n".join(f"{slug}: {title}" for slug, title in value)
    return str(value)
