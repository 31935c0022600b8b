"""That somebody wants production to stand on a version that the gate did not pass."""

from datetime import datetime, timedelta
from typing import Final, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

LIVES: Final = timedelta(days=7)
"""How long a wish can be confirmed; after that it is void."""


class WishOutcome(models.TextChoices):
    """How a wish ended; one without an outcome waits, or is void."""

    CONFIRMED = "confirmed", _("confirmed")
    WITHDRAWN = "withdrawn", _("withdrawn")


class OverrideWishQuerySet(models.QuerySet["OverrideWish"]):
    """Words for reading wishes."""

    def open(self) -> Self:
        """Those that a second person can still confirm, by the database's clock."""
        return self.filter(outcome="", asked_at__gt=Now() - LIVES)


class OverrideWish(models.Model):
    """One person's wish to override the gate, which a second person confirms, or either of them withdraws.

    A row changes once: it gets its outcome. The database refuses a confirmation by whoever asked, and one
    that comes after `LIVES`. Production itself moves by `promotion.override`.
    """

    version = models.ForeignKey(
        "aiprefill.PromptVersion",
        models.PROTECT,
        related_name="override_wishes",
        verbose_name=_("prompt version"),
    )
    why = models.CharField(_("why"), max_length=500)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"), db_default=Now(), editable=False)
    outcome = models.CharField(_("outcome"), max_length=9, choices=WishOutcome, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ended by"),
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = OverrideWishQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("wish to override the gate")
        verbose_name_plural = _("wishes to override the gate")
        constraints = [
            models.CheckConstraint(condition=~Q(why=""), name="override_wish_says_why"),
            models.CheckConstraint(
                condition=Q(outcome="", ended_by=None, ended_at=None)
                | Q(outcome__in=WishOutcome.values, ended_by__isnull=False, ended_at__isnull=False),
                name="override_wish_ended_by_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="confirmed") | ~Q(ended_by=F("asked_by")),
                name="override_wish_confirmed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.version_id}: {self.why}"

    @property
    def void_from(self) -> datetime:
        """When it can no longer be confirmed."""
        return self.asked_at + LIVES
