"""What became of each suggestion, and what the seller thought of it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from aiprefill.models.job import PrefillJob
from aiprefill.models.trace import FIELD_CHOICES
from listings.fields import AI_FIELDS


class CorrectionKind(models.TextChoices):
    """What became of a suggestion when the listing was posted."""

    KEPT = "kept", _("kept")
    EDITED = "edited", _("edited")
    CLEARED = "cleared", _("cleared")
    REPLACED = "replaced", _("replaced")
    IGNORED = "ignored", _("offered, not used")
    ADDED = "added", _("nothing offered, seller filled")
    BLANK = "blank", _("nothing offered, nothing posted")


class Correction(models.Model):
    """The implicit feedback: suggestion against what was posted. Texts are erased with the listing."""

    job = models.ForeignKey(PrefillJob, models.PROTECT, related_name="corrections", verbose_name=_("job"))
    field = models.CharField(_("field"), max_length=11, choices=FIELD_CHOICES)
    kind = models.CharField(_("kind"), max_length=8, choices=CorrectionKind)
    suggested = models.TextField(_("suggested"), null=True, blank=True)
    final = models.TextField(_("posted"), null=True, blank=True)
    keep_rate = models.FloatField(_("share kept"), null=True, blank=True)
    addition_share = models.FloatField(_("share added"), null=True, blank=True)
    created_at = models.DateTimeField(_("written"), db_default=Now(), editable=False)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        constraints = [
            models.UniqueConstraint(fields=["job", "field"], name="correction_per_field"),
            models.CheckConstraint(
                condition=Q(field__in=AI_FIELDS) & Q(kind__in=CorrectionKind.values),
                name="correction_values_known",
            ),
            models.CheckConstraint(
                condition=(Q(keep_rate__isnull=True) | Q(keep_rate__gte=0, keep_rate__lte=1))
                & (Q(addition_share__isnull=True) | Q(addition_share__gte=0, addition_share__lte=1)),
                name="correction_rates_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.kind}"


class Feedback(models.Model):
    """The explicit feedback: a thumb for a field, or for the whole suggestion (empty field), and a word."""

    job = models.ForeignKey(PrefillJob, models.PROTECT, related_name="feedback", verbose_name=_("job"))
    field = models.CharField(_("field"), max_length=11, blank=True, choices=FIELD_CHOICES)
    up = models.BooleanField(_("thumb up"))
    word = models.CharField(_("in the seller's words"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("given"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        constraints = [
            models.UniqueConstraint(fields=["job", "field"], name="feedback_per_field"),
            models.CheckConstraint(condition=Q(field__in=["", *AI_FIELDS]), name="feedback_field_known"),
        ]

    def __str__(self) -> str:
        return f"{self.field or 'all'}: {'up' if self.up else 'down'}"
