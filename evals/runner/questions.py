"""What a run asks: the cases of a split, K times, each with the key under which its answer is known."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from evals.models import Case, CaseFile, EvalRun, Release, ReleaseCase


@dataclass(frozen=True, slots=True)
class Question:
    """One case in one repeat. `pictures` are the digests of its files, cover first."""

    case: Case
    cluster: str
    pictures: tuple[str, ...]
    repeat: int


def members(release: Release, split: str) -> list[tuple[Case, str, tuple[str, ...]]]:
    """The cases of a split that can be read, by key, each with its cluster and the digests of its files."""
    rows = ReleaseCase.objects.filter(release=release, case__split=split, case__erased_at=None)
    found = list(rows.select_related("case").order_by("case__key"))
    files: dict[int, list[str]] = {row.case_id: [] for row in found}
    for case_id, sha256 in (
        CaseFile.objects.filter(case__in=files).order_by("case", "position").values_list("case", "sha256")
    ):
        files[case_id].append(sha256)
    return [(row.case, row.cluster, tuple(files[row.case_id])) for row in found]


def questions(run: EvalRun) -> list[Question]:
    """Everything that the run asks, the repeats of a case side by side: they show the same pictures."""
    asked = [
        member for member in members(run.release, run.split) if run.only is None or member[0].key in run.only
    ]
    return [
        Question(case, cluster, pictures, repeat)
        for case, cluster, pictures in asked[: run.limit]
        for repeat in run.repeat_numbers
    ]


def count(release: Release, split: str, limit: int | None, only: Collection[str] | None = None) -> int:
    """How many cases a run over this split would ask about."""
    rows = ReleaseCase.objects.filter(release=release, case__split=split, case__erased_at=None)
    cases = (rows if only is None else rows.filter(case__key__in=only)).count()
    return cases if limit is None else min(cases, limit)


def still_there(cases: Iterable[int]) -> set[int]:
    """Those of the cases, by id, that are not erased, nor will be before this transaction ends."""
    rows = Case.objects.readable().select_for_update(no_key=True).filter(pk__in=set(cases))
    return set(rows.order_by("pk").values_list("pk", flat=True))
