"""Case versions: written with their files, ended, erased. The only place that writes Case rows."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.db.models.functions import Now

from aiprefill.public import erase_outputs
from evals.content import CaseContent
from evals.datasets import files
from evals.datasets.clusters import Member, Spanning, spanning
from evals.models import Case, CaseFile, CaseResult, Dataset, JudgeLabel, JudgeVerdict, RunCall


class SpansSplits(Exception):
    """Cases that belong together would stand in different splits; nothing was written."""

    def __init__(self, found: Sequence[Spanning]) -> None:
        super().__init__(" ".join(str(each) for each in found))
        self.found = found


class OutOfDate(Exception):
    """The version that was edited is not the newest any more."""

    def __init__(self, case: Case) -> None:
        super().__init__(f"{case.key} was changed meanwhile. Look at the newest version and edit that.")


def with_files(cases: QuerySet[Case]) -> QuerySet[Case]:
    """The cases, their pictures read with them."""
    return cases.prefetch_related(Prefetch("files", CaseFile.objects.order_by("position")))


def lock(dataset: Dataset) -> None:
    """Let one change of a dataset's cases through at a time, until the transaction ends."""
    Dataset.objects.select_for_update().get(pk=dataset.pk)


def picture_row(picture: files.Picture) -> CaseFile:
    """The row of a new picture, not saved yet."""
    return CaseFile(
        sha256=picture.sha256,
        phash=picture.phash,
        width=picture.width,
        height=picture.height,
        size=len(picture.jpeg),
    )


def edit(case: Case, content: CaseContent, *, why: str, by: int | None) -> Case:
    """Make the next version of a case, with the pictures of this one; `by` is a user's id.

    Gives the case back as it is if nothing differs. Raises OutOfDate or SpansSplits.
    """
    with transaction.atomic():
        lock(case.dataset)
        if Case.objects.get(pk=case.pk).valid_to is not None:
            raise OutOfDate(case)
        rows = [_copied(file) for file in case.files.all()]
        content = replace(content, pictures=tuple(row.sha256 for row in rows))
        refuse_spanning(case.dataset, [member(content, rows)])
        return write(case.dataset, content, rows, why=why, by=by, before=case) or case


def write(
    dataset: Dataset,
    content: CaseContent,
    rows: Sequence[CaseFile],
    *,
    before: Case | None,
    why: str = "",
    by: int | None = None,
) -> Case | None:
    """Write a version after `before`, the current one if there is one; None if it says the same.

    Call after `lock` in its transaction, with the files on the disk; `rows` are unsaved, cover first.
    """
    if before and before.digest == content.digest:
        return None
    number = 1
    if before:
        Case.objects.filter(pk=before.pk).update(valid_to=Now())
        number = before.number + 1
    else:
        number += Case.objects.filter(dataset=dataset, key=content.key).count()
    case = Case.objects.create(
        dataset=dataset,
        key=content.key,
        number=number,
        digest=content.digest,
        split=content.split,
        tier=content.tier,
        language=content.language,
        expected=content.expected.to_json(),
        tags=sorted(set(content.tags)),
        clusters=sorted(set(content.clusters)),
        provenance=dict(content.provenance),
        why=why,
        made_by_id=by,
    )
    for position, row in enumerate(rows):
        row.case, row.position = case, position
    CaseFile.objects.bulk_create(rows)
    return case


def retire(case: Case) -> None:
    """Take a case out of use: it stays in the releases it is in and comes into no later one."""
    Case.objects.filter(pk=case.pk, valid_to=None).update(valid_to=Now())


def erase(case: Case) -> int:
    """Erase every version of a case for good: pictures, texts, and every answer it ever got.

    Digests, counts, scores and cost stay, so that releases and runs can still be told whole. Says how many
    versions were erased; for legal requests.
    """
    with transaction.atomic():
        lock(case.dataset)
        versions = Case.objects.filter(dataset=case.dataset, key=case.key)
        shown = set(CaseFile.objects.filter(case__in=versions).values_list("sha256", flat=True))
        versions.filter(valid_to=None).update(valid_to=Now())
        # The cases before their answers: a run that writes one looks under a lock whether its case is there.
        erased = versions.filter(erased_at=None).update(
            erased_at=Now(), expected=None, provenance=None, tags=[], clusters=[], why=""
        )
        _erase_answers(versions)
        transaction.on_commit(lambda: files.remove_unused(shown))
    return erased


def _erase_answers(versions: QuerySet[Case]) -> None:
    # The results first: whoever opens a call about one looks under a lock whether it is still there.
    results = CaseResult.objects.filter(case__in=versions)
    results.filter(erased_at=None).update(erased_at=Now(), answer=None)
    answered = results.exclude(output=None).values_list("output_id", flat=True)
    called = RunCall.objects.filter(case__in=versions).values_list("output_id", flat=True)
    outputs = {output for output in (*answered, *called) if output is not None}
    erase_outputs(outputs)
    JudgeVerdict.objects.filter(output__in=outputs, erased_at=None).update(erased_at=Now(), reason="")
    JudgeLabel.objects.filter(result__in=results, erased_at=None).update(erased_at=Now(), why="")


def refuse_spanning(dataset: Dataset, changed: Iterable[Member]) -> None:
    """Raise SpansSplits if the dataset, with these cases as they shall be, had a cluster in two splits."""
    members = {case.key: member(case.content, case.files.all()) for case in _current(dataset)}
    members |= {each.key: each for each in changed}
    if found := spanning(list(members.values())):
        raise SpansSplits(found)


def member(content: CaseContent, rows: Iterable[CaseFile]) -> Member:
    """A case as `evals.datasets.clusters` sees it."""
    return Member(content.key, content.split, content.clusters, tuple(row.phash for row in rows))


def _current(dataset: Dataset) -> QuerySet[Case]:
    return with_files(dataset.cases.current().readable())


def _copied(file: CaseFile) -> CaseFile:
    return CaseFile(
        sha256=file.sha256, phash=file.phash, width=file.width, height=file.height, size=file.size
    )
