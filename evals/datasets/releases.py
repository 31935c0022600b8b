"""Releases: frozen, told apart, read again exactly."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields

from django.db import transaction
from django.db.models import Exists, OuterRef

from evals.content import CaseContent, release_digest
from evals.datasets.clusters import clusters
from evals.datasets.versions import lock, member, refuse_spanning, with_files
from evals.models import Case, Dataset, HoldoutOpening, Release, ReleaseCase, Split


class NoSuchRelease(LookupError):
    """No dataset or release of that name; the message says which there are."""


class NothingToRelease(Exception):
    """The dataset has no case, or stands exactly as in its newest release."""


class Sealed(Exception):
    """The holdout is read by nobody before `log_opening` has kept who does and why."""

    def __init__(self, dataset: Dataset) -> None:
        super().__init__(f"The holdout of {dataset} is sealed. To open it, say why: it is written down.")


class NotTheRelease(Exception):
    """What is stored does not have the digests of the release."""


def release(dataset: Dataset, *, note: str = "", by: int | None = None) -> Release:
    """Freeze the current cases of a dataset under the next number; `by` is a user's id.

    Raises NothingToRelease, or SpansSplits.
    """
    with transaction.atomic():
        lock(dataset)
        cases = list(with_files(dataset.cases.current().readable()))
        if not cases:
            raise NothingToRelease(f"{dataset} has no case yet. Import some: manage.py dataset import")
        newest = dataset.releases.first()
        digest = release_digest(case.digest for case in cases)
        if newest and newest.digest == digest:
            raise NothingToRelease(f"{dataset} has not changed since {newest}. Use that release.")
        refuse_spanning(dataset, [])
        made = Release.objects.create(
            dataset=dataset,
            number=newest.number + 1 if newest else 1,
            digest=digest,
            case_count=len(cases),
            note=note,
            released_by_id=by,
        )
        cluster = clusters([member(case.content, case.files.all()) for case in cases])
        ReleaseCase.objects.bulk_create(
            ReleaseCase(release=made, case=case, cluster=cluster[case.key]) for case in cases
        )
    return made


def find_dataset(name: str) -> Dataset:
    """The dataset of that name. Raises NoSuchRelease."""
    dataset = Dataset.objects.filter(name=name).first()
    if dataset is None:
        names = ", ".join(Dataset.objects.values_list("name", flat=True)) or "none yet"
        raise NoSuchRelease(f"There is no dataset {name!r}. There are: {names}.")
    return dataset


def find_release(name: str) -> Release:
    """The release `NAME@NUMBER`, or the newest of `NAME`. Raises NoSuchRelease."""
    dataset_name, _at, number = name.partition("@")
    dataset = find_dataset(dataset_name)
    releases = dataset.releases.select_related("dataset")
    if number:
        found = releases.filter(number=int(number)).first() if _is_number(number) else None
    else:
        found = releases.first()
    if found is None:
        numbers = ", ".join(str(each) for each in reversed(releases))
        hint = f"It has: {numbers}." if numbers else f"Make one: manage.py dataset release {dataset.name}"
        raise NoSuchRelease(f"{dataset} has no release {number}".rstrip() + f". {hint}")
    return found


def newest_release() -> Release:
    """The release that was made last, of whichever dataset, of those to gate by. Raises NoSuchRelease.

    To gate by is what has cases in the split gate; migration 0010 of evals says the same.
    """
    gating = ReleaseCase.objects.filter(release=OuterRef("pk"), case__split=Split.GATE)
    releases = Release.objects.filter(Exists(gating)).select_related("dataset")
    if release := releases.order_by("-pk").first():
        return release
    raise NoSuchRelease(
        "No release has cases in the split gate yet. Make one: manage.py dataset release NAME"
    )


def log_opening(
    dataset: Dataset, release: Release | None, *, how: str, why: str, by: int | None = None
) -> HoldoutOpening:
    """Keep that the holdout is about to be read; without a release, as it is now."""
    return HoldoutOpening.objects.create(dataset=dataset, release=release, how=how, why=why, who_id=by)


def verify(release: Release) -> None:
    """Raise NotTheRelease unless every case, read again, has its digest, and all together the release's.

    Of an erased case the digest alone is left, and is taken at its word.
    """
    cases = list(with_files(release.cases.all()))
    for case in cases:
        if case.erased_at is None and case.content.digest != case.digest:
            raise NotTheRelease(f"{release}: {case} does not say what its digest says.")
    if len(cases) != release.case_count or release_digest(case.digest for case in cases) != release.digest:
        raise NotTheRelease(f"{release} does not hold exactly its cases.")


@dataclass(slots=True)
class ReleaseDiff:
    """Keys that came, went, or changed from one release to another; of changed ones the parts."""

    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    changed: dict[str, list[str]] = field(default_factory=dict)


def diff(before: Release, after: Release) -> ReleaseDiff:
    """What is different in `after`; they may be of different datasets."""
    old, new = ({case.key: case for case in with_files(each.cases.all())} for each in (before, after))
    return ReleaseDiff(
        added=sorted(new.keys() - old.keys()),
        removed=sorted(old.keys() - new.keys()),
        changed={
            key: _changed_parts(old[key], new[key])
            for key in sorted(old.keys() & new.keys())
            if old[key].digest != new[key].digest
        },
    )


def _changed_parts(before: Case, after: Case) -> list[str]:
    if before.erased_at or after.erased_at:
        return ["erased"]
    old, new = before.content, after.content
    parts: Sequence[str] = [part.name for part in fields(CaseContent)]
    return [name for name in parts if getattr(old, name) != getattr(new, name)]


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) < 10
