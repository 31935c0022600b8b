"""A case and its versions, each with its own pictures."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from evals.content import CaseContent, Expectation
from evals.content import Split as SplitValue
from evals.content import Tier as TierValue
from evals.models.dataset import Dataset


class Split(models.TextChoices):
    """See `evals.content.Split`."""

    DEV = SplitValue.DEV, _("dev")
    GATE = SplitValue.GATE, _("gate")
    HOLDOUT = SplitValue.HOLDOUT, _("sealed holdout")


class Tier(models.TextChoices):
    """See `evals.content.Tier`."""

    MUST_PASS = TierValue.MUST_PASS, _("must pass")
    METRIC = TierValue.METRIC, _("metric")


class CaseQuerySet(models.QuerySet["Case"]):
    """Words for reading cases."""

    def current(self) -> Self:
        """The newest version of every case that is in use."""
        return self.filter(valid_to=None)

    def unsealed(self) -> Self:
        """Without the holdout, which is read by nobody before `datasets.log_opening` has kept why."""
        return self.exclude(split=Split.HOLDOUT)

    def readable(self) -> Self:
        """Those whose content was not erased: an erased case can be counted and never run."""
        return self.filter(erased_at=None)


class Case(models.Model):
    """One version of a case. `key` is the case, stable through its versions; `number` counts them from 1.

    A row never changes, save that `valid_to` is set once (a newer version took its place, or the case was
    taken out of use) and its content is erased once (a legal request), which leaves `digest`. Rows are made
    by `evals.datasets` alone, which writes the files with them. `digest` is `content.digest`.
    """

    dataset = models.ForeignKey(Dataset, models.PROTECT, related_name="cases", verbose_name=_("dataset"))
    key = models.CharField(_("key"), max_length=80)
    number = models.PositiveIntegerField(_("version"), default=1)
    digest = models.CharField(_("digest"), max_length=64)
    split = models.CharField(_("split"), max_length=8, choices=Split)
    tier = models.CharField(_("tier"), max_length=9, choices=Tier)
    language = models.CharField(_("language"), max_length=10, default="en")
    expected = models.JSONField(_("expected"), null=True)
    tags = ArrayField(models.CharField(max_length=60), verbose_name=_("tags"), default=list, blank=True)
    clusters = ArrayField(
        models.CharField(max_length=120), verbose_name=_("clusters"), default=list, blank=True
    )
    provenance = models.JSONField(_("provenance"), null=True)
    why = models.CharField(_("what changed and why"), max_length=300, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    valid_from = models.DateTimeField(_("valid from"), db_default=Now(), editable=False)
    valid_to = models.DateTimeField(_("valid to"), null=True, blank=True)
    erased_at = models.DateTimeField(_("content erased"), null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["dataset", "key", "-number"]
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.UniqueConstraint(fields=["dataset", "key", "number"], name="case_version_once"),
            models.UniqueConstraint(
                fields=["dataset", "key"], condition=Q(valid_to=None), name="case_one_current_version"
            ),
            models.CheckConstraint(
                condition=Q(split__in=Split.values) & Q(tier__in=Tier.values), name="case_values_known"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="case_ends_after_it_began"
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None, expected__isnull=False, provenance__isnull=False)
                | Q(
                    erased_at__isnull=False,
                    expected__isnull=True,
                    provenance__isnull=True,
                    tags=[],
                    clusters=[],
                    why="",
                ),
                name="case_erased_is_empty",
            ),
            models.CheckConstraint(
                condition=Q(key__regex=r"^[A-Za-z0-9][A-Za-z0-9._-]*$") & Q(number__gte=1),
                name="case_key_is_plain",
            ),
        ]
        indexes = [models.Index(fields=["dataset", "split"], name="case_current", condition=Q(valid_to=None))]

    def __str__(self) -> str:
        return f"{self.key} v{self.number}"

    @property
    def content(self) -> CaseContent:
        """What this version says. Reads `files`; only of a case that is not erased."""
        return CaseContent(
            key=self.key,
            pictures=tuple(file.sha256 for file in self.files.all()),
            expected=self.expectation,
            split=SplitValue(self.split),
            tier=TierValue(self.tier),
            language=self.language,
            tags=tuple(self.tags),
            clusters=tuple(self.clusters),
            provenance=self.provenance or {},
        )

    @property
    def expectation(self) -> Expectation:
        """What a right answer holds; of an erased case nothing."""
        return Expectation.from_json(self.expected or {})

    @property
    def slices(self) -> list[str]:
        """What a run's page groups this case by: its tags, and how hard and of what kind its picture is."""
        said = self.provenance or {}
        kinds = (f"{name}: {said[name]}" for name in ("kind", "origin", "difficulty") if said.get(name))
        return sorted({*self.tags, *kinds})


class CaseFile(models.Model):
    """One picture of one case version: a clean JPEG under `MEDIA_ROOT/evals`, by the digest of its bytes.

    Versions and cases that show the same picture share one file on the disk; see `evals.files`.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="files", verbose_name=_("case"))
    position = models.PositiveSmallIntegerField(_("position"))
    sha256 = models.CharField(_("SHA-256"), max_length=64, db_index=True)
    phash = models.BigIntegerField(_("perceptual hash"))
    width = models.PositiveIntegerField(_("width, pixels"))
    height = models.PositiveIntegerField(_("height, pixels"))
    size = models.PositiveIntegerField(_("bytes"))

    class Meta:
        ordering = ["case", "position"]
        verbose_name = _("picture of a case")
        verbose_name_plural = _("pictures of cases")
        constraints = [
            models.UniqueConstraint(fields=["case", "position"], name="case_file_once_a_place"),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="case_file_digest_is_hex"
            ),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]
