"""What the gate said."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from evals.models.release import Release
from evals.models.run import EvalRun


class VerdictStatus(models.TextChoices):
    """The gate's four answers; the command's exit codes are 0 to 3 in this order."""

    PASS = "pass", _("pass")
    FAIL = "fail", _("fail")
    INCONCLUSIVE = "inconclusive", _("inconclusive")
    BROKEN = "broken", _("broken")


class Verdict(models.Model):
    """One judgement of the gate over a candidate against its baseline. Never changes.

    `reasons` is a list of texts, the first decided. `evidence` is the whole JSON of the comparison, enough to
    read the verdict years later. Without both runs and their release it can only be broken.
    """

    candidate = models.ForeignKey(
        "aiprefill.PromptVersion", models.PROTECT, related_name="verdicts", verbose_name=_("candidate")
    )
    candidate_run = models.ForeignKey(
        EvalRun,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="verdicts",
        verbose_name=_("candidate's run"),
    )
    baseline_run = models.ForeignKey(
        EvalRun, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("baseline's run")
    )
    release = models.ForeignKey(
        Release, models.PROTECT, null=True, blank=True, related_name="verdicts", verbose_name=_("release")
    )
    status = models.CharField(_("status"), max_length=12, choices=VerdictStatus)
    reasons = models.JSONField(_("reasons"), default=list)
    evidence = models.JSONField(_("evidence"), default=dict)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked by"),
    )
    judged_at = models.DateTimeField(_("judged"), db_default=Now(), editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("verdict")
        verbose_name_plural = _("verdicts")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=VerdictStatus.values), name="verdict_status_known"),
            models.CheckConstraint(
                condition=Q(status="broken")
                | Q(candidate_run__isnull=False, baseline_run__isnull=False, release__isnull=False),
                name="verdict_rests_on_two_runs",
            ),
            models.CheckConstraint(
                condition=Q(status="pass") | ~Q(reasons=[]), name="verdict_says_why_it_is_no_pass"
            ),
        ]
        indexes = [models.Index(fields=["candidate", "-id"], name="verdict_of_candidate")]

    def __str__(self) -> str:
        return f"v{self.candidate_id}: {self.status}"
