"""The off switch, and what a day may cost."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Switch(models.Model):
    """The off switch: one row. Off: every seller gets the ordinary form."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    is_off = models.BooleanField(_("suggestions are off"), default=False)
    why = models.CharField(_("why"), max_length=200, blank=True)
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    changed_at = models.DateTimeField(_("changed"), db_default=Now())

    class Meta:
        verbose_name = _("off switch")
        verbose_name_plural = _("off switch")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="switch_is_one_row")]

    def __str__(self) -> str:
        return str(_("off") if self.is_off else _("on"))


class SpendDay(models.Model):
    """The site's model spending of one UTC day, in micro-dollars: reserved with the claim, settled after."""

    day = models.DateField(_("day (UTC)"), primary_key=True)
    reserved_micros = models.BigIntegerField(_("reserved, micro-dollars"), default=0)
    spent_micros = models.BigIntegerField(_("spent, micro-dollars"), default=0)

    class Meta:
        ordering = ["-day"]
        verbose_name = _("day's spending")
        verbose_name_plural = _("spending by day")
        constraints = [
            models.CheckConstraint(
                condition=Q(reserved_micros__gte=0, spent_micros__gte=0), name="spend_not_negative"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day}: {Decimal(self.spent_micros) / 1_000_000:.4f} USD"
