"""Prompt versions and the labels that stand on them: made, tried and moved, never changed."""

import json
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Max

from aiprefill.differences import Change, Span, line_diff
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


class SavedAlready(Exception):
    """The version is no trial, so there is nothing to save; its note stays."""

    def __init__(self, version: PromptVersion) -> None:
        super().__init__(f"Version {version.number} is saved already: {version.note}")


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

    @property
    def changed(self) -> int:
        """How many lines came or went."""
        return sum(span.change != Change.SAME for span in self.lines)


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
    """The next number with this specification; of one that was tried in the lab, that row, saved.

    Raises SameVersion if it would change nothing.
    """
    with transaction.atomic():
        version, is_new = _find_or_make(spec, by, copied_from, note=note, is_trial=False)
        if not is_new and not version.is_trial:
            raise SameVersion(version)
        return version if is_new else save_trial(version, note)


def try_version(
    spec: PromptSpec, by: Seller | None = None, copied_from: PromptVersion | None = None
) -> PromptVersion:
    """The version with exactly this specification, a new trial where there is none."""
    with transaction.atomic():
        return _find_or_make(spec, by, copied_from, note="", is_trial=True)[0]


def save_trial(trial: PromptVersion, note: str) -> PromptVersion:
    """The trial as a version like any other. Raises SavedAlready."""
    if not PromptVersion.objects.filter(pk=trial.pk, is_trial=True).update(is_trial=False, note=note):
        raise SavedAlready(PromptVersion.objects.get(pk=trial.pk))
    return PromptVersion.objects.get(pk=trial.pk)


def _find_or_make(
    spec: PromptSpec, by: Seller | None, copied_from: PromptVersion | None, *, note: str, is_trial: bool
) -> tuple[PromptVersion, bool]:
    """(the version with this specification, whether it is new). Call it in a transaction."""
    with connection.cursor() as cursor:
        # Numbers have no races: one version is made at a time.
        cursor.execute("LOCK TABLE aiprefill_promptversion IN SHARE ROW EXCLUSIVE MODE")
    if same := PromptVersion.objects.filter(digest=spec.digest).first():
        return same, False
    newest = PromptVersion.objects.aggregate(newest=Max("number"))["newest"] or 0
    made = PromptVersion.objects.create(
        number=newest + 1,
        digest=spec.digest,
        spec_text=spec.to_json(),
        provider=spec.provider,
        model=spec.model,
        note=note,
        is_trial=is_trial,
        copied_from=copied_from,
        created_by=by,
    )
    return made, True


def diff(before: PromptVersion, after: PromptVersion) -> list[Difference]:
    """What changed from one version to the other, part by part; empty parts are left out."""
    return diff_specs(before.spec, after.spec)


def diff_specs(before: PromptSpec, after: PromptSpec) -> list[Difference]:
    """The same of two specifications, whether or not they are anybody's yet."""
    old, new = _parts(before), _parts(after)
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
