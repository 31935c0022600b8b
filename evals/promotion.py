"""Who stands in production. The rules are the database's (migration 0010); here are the words for people."""

from typing import Final

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from aiprefill.public import PRODUCTION, LabelMove, MoveKind, PromptVersion, label_version
from evals.datasets import NoSuchRelease, newest_release
from evals.models import OverrideWish, Release, Split, Verdict, VerdictStatus, WishOutcome

REPEATS: Final = 3
"""How often both runs have to ask, at least; migration 0010 says the same."""


class NotPromoted(Exception):
    """The label stays where it is; the message says why."""


def promote(version: PromptVersion, by: int | None = None) -> LabelMove:
    """Let production stand on the version, by the gate's last word about it. Raises NotPromoted.

    `by` is an account's id; None at a terminal.
    """
    verdict = last_word(version)
    if verdict is None:
        raise NotPromoted(_unjudged(version))
    if verdict.status != VerdictStatus.PASS:
        raise NotPromoted(f"The gate's newest word about {version} is {verdict.status}: {verdict.reasons[0]}")
    if vain := in_vain_of(verdict):
        raise NotPromoted(vain)
    kept = {"id": verdict.pk, "status": verdict.status, "release": str(verdict.release)}
    return _moved(version, MoveKind.GATE, f"Passed the gate: verdict {verdict.pk}.", by, verdict=kept)


def last_word(version: PromptVersion) -> Verdict | None:
    """The newest verdict about the version on the release that decides: of all, the one made last.

    A PASS that could not move production, as by one repeat, takes no earlier one back.
    """
    try:
        said = Verdict.objects.filter(candidate=version, release=newest_release())
    except NoSuchRelease:
        return None
    told = (each for each in said if each.status != VerdictStatus.PASS or not in_vain_of(each))
    return next(told, said.first())


def in_vain(version: PromptVersion, release: Release, split: str, repeats: int) -> str:
    """Why even a PASS over this could not move production: for whoever is about to pay; "" if it could."""
    decides = newest_release()
    if release == decides and split == Split.GATE and repeats >= REPEATS:
        return ""
    words = _(
        "A PASS on %(release)s (%(split)s, %(repeats)s repeats) cannot move production: %(decides)s decides, "
        "the release that was made last (gate, at least %(least)s repeats). "
        "Run: manage.py gate --candidate=%(version)s --dataset=%(decides)s"
    )
    told = {"release": release, "split": split, "repeats": repeats, "version": version.pk}
    return words % (told | {"decides": decides, "least": REPEATS})


def in_vain_of(verdict: Verdict) -> str:
    """Why this verdict could not move production even as a PASS; "" if it could."""
    run = verdict.candidate_run
    if run is None or verdict.release is None:
        return ""
    return in_vain(verdict.candidate, verdict.release, run.split, run.repeats)


def _unjudged(version: PromptVersion) -> str:
    try:
        decides = newest_release()
    except NoSuchRelease as error:
        return f"{version} was never judged. {error}"
    return (
        f"{version} was never judged on {decides}, which decides: it is the release that was made last. "
        f"Run: manage.py gate --candidate={version.pk} --dataset={decides}"
    )


def override(version: PromptVersion, why: str, by: int, and_by: int) -> LabelMove:
    """Let production stand on the version because two people, ids of accounts, say so. Raises NotPromoted."""
    if by == and_by:
        raise NotPromoted("An override takes two different people.")
    return _moved(version, MoveKind.OVERRIDE, why, by, and_by=and_by)


def ask_override(version: PromptVersion, why: str, by: int) -> OverrideWish:
    """Keep that somebody wants an override, for a second person to confirm. Raises NotPromoted.

    A version has one open wish at a time.
    """
    with transaction.atomic():
        PromptVersion.objects.select_for_update(no_key=True).get(pk=version.pk)  # one asks after the other
        if begun := OverrideWish.objects.open().filter(version=version).first():
            raise NotPromoted(f"{begun.asked_by} asked for it already: confirm that, or withdraw it first.")
        return OverrideWish.objects.create(version=version, why=why, asked_by_id=by)


def confirm(wish: OverrideWish, by: int) -> LabelMove:
    """Let production stand on what was wished, because a second person wants it too. Raises NotPromoted."""
    if wish.asked_by_id == by:
        raise NotPromoted("Whoever asked for an override cannot confirm it: a second person has to.")
    if not (wish.asked_by.is_active and wish.asked_by.is_staff):
        raise NotPromoted(f"{wish.asked_by} works here no more: withdraw the wish and ask anew.")
    with transaction.atomic():
        _end(wish, WishOutcome.CONFIRMED, by)
        return override(wish.version, wish.why, wish.asked_by_id, by)


def withdraw(wish: OverrideWish, by: int) -> None:
    """Let a wish go. Raises NotPromoted if it has ended before."""
    _end(wish, WishOutcome.WITHDRAWN, by)


def _end(wish: OverrideWish, outcome: WishOutcome, by: int) -> None:
    waiting = OverrideWish.objects.filter(pk=wish.pk, outcome="")
    try:
        with transaction.atomic():
            is_ended = waiting.update(outcome=outcome, ended_by=by, ended_at=Now())
    except IntegrityError as error:
        raise NotPromoted(_words(error)) from error
    if not is_ended:
        raise NotPromoted("The wish has ended already.")


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
    if label_version(PRODUCTION) == version:
        raise NotPromoted(f"{version} is production already.")
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
        raise NotPromoted(_words(error)) from error


def _words(error: IntegrityError) -> str:
    """What the database says of why it refuses."""
    return str(error).partition("\n")[0]
