"""Frozen, numbered releases of a dataset, and who looked into what was sealed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from evals.models.case import Case
from evals.models.dataset import Dataset


class Release(models.Model):
    """The cases of a dataset as they stood once, of all splits: what a run measures on.

    `digest` is `content.release_digest` of its cases, which the database checks when the release commits;
    after that no row of it or of its members changes, comes or goes. Made by `datasets.release` alone.
    Write `NAME@NUMBER` for it.
    """

    dataset = models.ForeignKey(Dataset, models.PROTECT, related_name="releases", verbose_name=_("dataset"))
    number = models.PositiveIntegerField(_("number"))
    digest = models.CharField(_("digest"), max_length=64)
    case_count = models.PositiveIntegerField(_("cases"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    released_at = models.DateTimeField(_("released"), db_default=Now(), editable=False)
    cases = models.ManyToManyField(Case, through="ReleaseCase", related_name="releases")

    class Meta:
        ordering = ["dataset", "-number"]
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        constraints = [
            models.UniqueConstraint(fields=["dataset", "number"], name="release_number_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1) & Q(case_count__gte=1), name="release_has_cases"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dataset}@{self.number}"


class ReleaseCase(models.Model):
    """That a case version is in a release, and with which others it stands together.

    `cluster` is the same for cases of one seller, one product or nearly the same picture, whether declared or
    found; it never spans two splits. Resampling and clustered errors use it.
    """

    release = models.ForeignKey(Release, models.PROTECT, related_name="members", verbose_name=_("release"))
    case = models.ForeignKey(Case, models.PROTECT, related_name="memberships", verbose_name=_("case"))
    cluster = models.CharField(_("cluster"), max_length=80)

    class Meta:
        ordering = ["release", "case__key"]
        verbose_name = _("case of a release")
        verbose_name_plural = _("cases of releases")
        constraints = [models.UniqueConstraint(fields=["release", "case"], name="release_case_once")]

    def __str__(self) -> str:
        return f"{self.release_id}: {self.case_id}"


class HoldoutOpening(models.Model):
    """That somebody read the sealed holdout of a dataset, and why. Append-only.

    A holdout that was looked at often is no holdout: the count stands beside every figure from it. `who` is
    null for a command at a terminal; `how` names the command or page.
    """

    dataset = models.ForeignKey(Dataset, models.PROTECT, related_name="openings", verbose_name=_("dataset"))
    release = models.ForeignKey(
        Release, models.PROTECT, null=True, blank=True, related_name="openings", verbose_name=_("release")
    )
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    how = models.CharField(_("how"), max_length=80)
    why = models.CharField(_("why"), max_length=300)
    opened_at = models.DateTimeField(_("opened"), db_default=Now(), editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("opening of a holdout")
        verbose_name_plural = _("openings of holdouts")
        constraints = [
            models.CheckConstraint(condition=~Q(why="") & ~Q(how=""), name="holdout_opening_has_a_reason")
        ]

    def __str__(self) -> str:
        return f"{self.dataset}: {self.why}"
