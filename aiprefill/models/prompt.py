"""What is asked: versions, and the labels that point at them."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from aiprefill.suggestion import PromptSpec


class PromptVersionQuerySet(models.QuerySet["PromptVersion"]):
    """Words for reading versions."""

    def suggesting(self) -> Self:
        """Those that ask for a suggestion; see `PromptSpec.suggests`."""
        return self.exclude(spec_text__contains='"taxonomy":[]')

    def kept(self) -> Self:
        """Those that somebody saved: all but the trials of the lab."""
        return self.filter(is_trial=False)


class PromptVersion(models.Model):
    """Everything that decides an answer, as one immutable row. Its digest is its PromptSpec's.

    A trial is what somebody tried in the lab and did not save: no label stands on it, and it has no note.
    Saving it is the one change that a row takes, once: it is no trial any more, and gets its note. Trials
    are numbered with the others, so the numbers of saved versions have gaps.
    """

    number = models.PositiveIntegerField(_("number"), primary_key=True)
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    spec_text = models.TextField(_("specification, canonical JSON"))
    provider = models.CharField(_("provider"), max_length=20)
    model = models.CharField(_("model"), max_length=80)
    note = models.CharField(_("what changed and why"), max_length=500)
    is_trial = models.BooleanField(_("trial"), default=False)
    copied_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="copies", verbose_name=_("copied from")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)

    objects = PromptVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        verbose_name = _("prompt version")
        verbose_name_plural = _("prompt versions")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_trial=True, note="") | Q(is_trial=False) & ~Q(note=""),
                name="prompt_version_says_what_changed",
            )
        ]

    def __str__(self) -> str:
        return f"v{self.number} · {self.provider} {self.model}"

    @cached_property
    def spec(self) -> PromptSpec:
        return PromptSpec.from_json(self.spec_text)


class MoveKind(models.TextChoices):
    """Why a label moved."""

    GATE = "gate", _("passed the gate")
    OVERRIDE = "override", _("override by two people")
    ROLLBACK = "rollback", _("rollback")
    BOOTSTRAP = "bootstrap", _("first version")


class LabelMove(models.Model):
    """A label is its newest move. Append-only; an override is by two people, `who` and `and_who`."""

    label = models.CharField(_("label"), max_length=20)
    version = models.ForeignKey(
        PromptVersion, models.PROTECT, related_name="label_moves", verbose_name=_("version")
    )
    kind = models.CharField(_("kind"), max_length=9, choices=MoveKind)
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    and_who = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("and by"),
    )
    why = models.CharField(_("why"), max_length=500)
    verdict = models.JSONField(_("verdict, as it stood"), null=True, blank=True)
    moved_at = models.DateTimeField(_("moved"), db_default=Now(), editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("label move")
        verbose_name_plural = _("label moves")
        indexes = [models.Index(fields=["label", "-id"], name="label_newest_move")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=MoveKind.values) & ~Q(why=""), name="label_move_has_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(kind="gate") | Q(verdict__isnull=False), name="label_move_gate_verdict"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["override", "rollback"]) | Q(who__isnull=False),
                name="label_move_by_a_person",
            ),
            models.CheckConstraint(
                condition=Q(kind="override", and_who__isnull=False) & ~Q(and_who=F("who"))
                | ~Q(kind="override") & Q(and_who=None),
                name="label_move_override_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(kind="bootstrap") | Q(verdict__isnull=True),
                name="label_move_bootstrap_is_unjudged",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} → v{self.version_id}"
