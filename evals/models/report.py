"""A report that a person answers for."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from evals.models.verdict import Verdict


class Report(models.Model):
    """What trying another model found, for a person to sign. It never changes, save that it is signed once.

    `body` is Markdown for reading, `figures` the same numbers for machines.
    """

    version = models.ForeignKey(
        "aiprefill.PromptVersion", models.PROTECT, related_name="reports", verbose_name=_("prompt version")
    )
    verdict = models.ForeignKey(
        Verdict, models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("verdict")
    )
    body = models.TextField(_("report, Markdown"))
    figures = models.JSONField(_("figures"), default=dict)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    made_at = models.DateTimeField(_("made"), db_default=Now(), editable=False)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("signed by"),
    )
    signed_at = models.DateTimeField(_("signed"), null=True, blank=True)
    signed_words = models.CharField(_("what the signer says"), max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("model report")
        verbose_name_plural = _("model reports")
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_by=None, signed_at=None, signed_words="")
                | Q(signed_by__isnull=False, signed_at__isnull=False),
                name="report_signed_by_a_person",
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None) | Q(signed_words__regex=r"\S"), name="report_signed_in_words"
            ),
            models.CheckConstraint(condition=~Q(body=""), name="report_says_something"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} · v{self.version_id}"
