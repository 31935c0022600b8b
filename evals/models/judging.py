"""What judges said of answers, and what people say of the same answers."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from evals.models.result import CaseResult


class JudgeVerdict(models.Model):
    """A judge's yes or no on one answer: whether it fails in the judge's failure mode.

    Once for a version of the judge, the address that it was asked at and an answer: equal answers about equal
    pictures share it, whichever run they are in (`answer_digest`, see `evals.judges.subjects`). Never
    changes; its `reason` is erased once. `output` is the call that brought it, whose RunCall names the run
    and the case.
    """

    mode = models.CharField(_("failure mode"), max_length=40)
    version = models.ForeignKey(
        "aiprefill.PromptVersion",
        models.PROTECT,
        related_name="judge_verdicts",
        verbose_name=_("version of the judge"),
    )
    endpoint = models.CharField(_("asked at"), max_length=300, blank=True, default="", db_default="")
    answer_digest = models.CharField(_("digest of the answer"), max_length=64)
    output = models.OneToOneField(
        "aiprefill.ModelOutput", models.PROTECT, related_name="judge_verdict", verbose_name=_("model output")
    )
    fails = models.BooleanField(_("fails"))
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    judged_at = models.DateTimeField(_("judged"), db_default=Now(), editable=False)
    erased_at = models.DateTimeField(_("reason erased"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("verdict of a judge")
        verbose_name_plural = _("verdicts of judges")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "endpoint", "answer_digest"], name="judge_verdict_once"
            ),
            models.CheckConstraint(
                condition=~Q(mode="") & Q(answer_digest__regex=r"^[0-9a-f]{64}$"),
                name="judge_verdict_can_be_found",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(reason=""), name="judge_verdict_erased_is_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mode}: {self.answer_digest[:12]}"


class JudgeLabelQuerySet(models.QuerySet["JudgeLabel"]):
    """Words for reading labels."""

    def in_force(self) -> Self:
        """Without those that their person corrected."""
        return self.filter(corrected_by=None)


class JudgeLabel(models.Model):
    """A person's yes or no on one answer, given without sight of the judge's.

    Once for a person, an answer and a failure mode; who was wrong adds a row that `corrects` the one before.
    Never changes; `why` is erased once. `result` is where the person met the answer.
    """

    mode = models.CharField(_("failure mode"), max_length=40)
    result = models.ForeignKey(
        CaseResult, models.PROTECT, related_name="judge_labels", verbose_name=_("result")
    )
    answer_digest = models.CharField(_("digest of the answer"), max_length=64)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    fails = models.BooleanField(_("fails"))
    why = models.CharField(_("why"), max_length=300, blank=True)
    corrects = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrected_by",
        verbose_name=_("corrects"),
    )
    labelled_at = models.DateTimeField(_("labelled"), db_default=Now(), editable=False)
    erased_at = models.DateTimeField(_("words erased"), null=True, blank=True)

    objects = JudgeLabelQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("label for judges")
        verbose_name_plural = _("labels for judges")
        constraints = [
            models.UniqueConstraint(
                fields=["mode", "answer_digest", "person"],
                condition=Q(corrects=None),
                name="judge_label_once_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(mode="") & Q(answer_digest__regex=r"^[0-9a-f]{64}$"),
                name="judge_label_can_be_found",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(why=""), name="judge_label_erased_is_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mode}: {self.answer_digest[:12]}"
