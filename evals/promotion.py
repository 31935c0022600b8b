"""Who stands in production. The rules are the database's (migration 0003); here are the words for people."""

from django.db import IntegrityError, transaction

from aiprefill.public import PRODUCTION, LabelMove, MoveKind, PromptVersion
from evals.models import Verdict, VerdictStatus


class NotPromoted(Exception):
    """The label stays where it is; the message says why."""


def promote(version: PromptVersion, by: int | None = None) -> LabelMove:
    """Let production stand on the version, by the gate's newest word about it. Raises NotPromoted.

    `by` is an account's id; None at a terminal.
    """
    verdict = Verdict.objects.filter(candidate=version).first()
    if verdict is None:
        raise NotPromoted(f"{version} was never judged. Run: manage.py gate --candidate {version.pk}")
    if verdict.status != VerdictStatus.PASS:
        raise NotPromoted(f"The gate's newest word about {version} is {verdict.status}: {verdict.reasons[0]}")
    kept = {"id": verdict.pk, "status": verdict.status, "release": str(verdict.release)}
    return _moved(version, MoveKind.GATE, f"Passed the gate: verdict {verdict.pk}.", by, verdict=kept)


def override(version: PromptVersion, why: str, by: int, and_by: int) -> LabelMove:
    """Let production stand on the version because two people, ids of accounts, say so. Raises NotPromoted."""
    if by == and_by:
        raise NotPromoted("An override takes two different people.")
    return _moved(version, MoveKind.OVERRIDE, why, by, and_by=and_by)


def roll_back(version: PromptVersion, by: int, why: str = "Rolled back.") -> LabelMove:
    """Let production stand again on a version that it stood on before. Raises NotPromoted."""
    return _moved(version, MoveKind.ROLLBACK, why, by)


def _moved(
    version: PromptVersion,
    kind: MoveKind,
    why: str,
    by: int | None,
    *,
    and_by: int | None = None,
    verdict: dict[str, object] | None = None,
) -> LabelMove:
    try:
        with transaction.atomic():
            return LabelMove.objects.create(
                label=PRODUCTION,
                version=version,
                kind=kind,
                why=why,
                who_id=by,
                and_who_id=and_by,
                verdict=verdict,
            )
    except IntegrityError as error:
        raise NotPromoted(str(error).partition("\n")[0]) from error
