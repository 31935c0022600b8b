"""Labels given by people: which answer is next, and the label written down, once a person."""

from django.db import IntegrityError, transaction

from evals.judges.judging import still_there
from evals.judges.modes import Mode
from evals.judges.subjects import Subject, subjects
from evals.models import EvalRun, JudgeLabel


class AlreadyLabelled(Exception):
    """The person has a label for this answer that this one was not meant to correct."""


def to_label(run: EvalRun, mode: Mode, person: int) -> tuple[list[Subject], int]:
    """(the answers of a run that the person has not labelled, of how many): those of the first repeat."""
    first = {subject.digest: subject for subject in subjects(run.results.filter(repeat=run.repeat_from))}
    mine = JudgeLabel.objects.filter(mode=mode.name, person=person, answer_digest__in=first)
    done = set(mine.values_list("answer_digest", flat=True))
    return [subject for digest, subject in first.items() if digest not in done], len(first)


def newest_label(run: EvalRun, mode: Mode, person: int) -> JudgeLabel | None:
    """The person's last label on an answer of the run that can still be shown."""
    mine = JudgeLabel.objects.in_force().filter(mode=mode.name, person=person, result__run=run)
    return mine.filter(erased_at=None).select_related("result__case").first()


def label(
    subject: Subject,
    mode: Mode,
    person: int,
    *,
    fails: bool,
    why: str = "",
    corrects: JudgeLabel | None = None,
) -> JudgeLabel | None:
    """Write the person's label down; None if the answer was erased. Raises AlreadyLabelled."""
    try:
        with transaction.atomic():
            if not still_there(subject.result):
                return None
            return JudgeLabel.objects.create(
                mode=mode.name,
                result=subject.result,
                answer_digest=subject.digest,
                person_id=person,
                fails=fails,
                why=why,
                corrects=corrects,
            )
    except IntegrityError as error:
        raise AlreadyLabelled from error
