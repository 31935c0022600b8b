"""What the seller did with each suggestion before posting."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aiprefill.models.job import PrefillJob
from listings.fields import AI_FIELDS


class How(models.TextChoices):
    """What the seller did with a suggested field, as the page saw it."""

    UNTOUCHED = "untouched", _("untouched")
    FILLED = "filled", _("filled in")
    USED = "used", _("used")
    TYPED = "typed", _("typed")
    DISMISSED = "dismissed", _("dismissed")
    CLEARED = "cleared", _("cleared")


FIELD_CHOICES = [(name, name) for name in AI_FIELDS]


class FieldTrace(models.Model):
    """What was last put before the seller for a field, and what they did with it."""

    job = models.ForeignKey(PrefillJob, models.PROTECT, related_name="traces", verbose_name=_("job"))
    field = models.CharField(_("field"), max_length=11, choices=FIELD_CHOICES)
    offer = models.CharField(_("digest of the suggestion shown"), max_length=64, blank=True)
    how = models.CharField(_("what the seller did"), max_length=9, choices=How, default=How.UNTOUCHED)
    first_shown_at = models.DateTimeField(_("first shown"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("field trace")
        verbose_name_plural = _("field traces")
        constraints = [
            models.UniqueConstraint(fields=["job", "field"], name="field_trace_per_field"),
            models.CheckConstraint(
                condition=Q(field__in=AI_FIELDS) & Q(how__in=How.values), name="field_trace_values_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.how}"
