"""One reading of one set of photos."""

import hashlib
import uuid
from collections.abc import Iterable
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from aiprefill.models.limit import Switch
from aiprefill.models.prompt import PromptVersion
from listings.models import Listing, Photo


class Purpose(models.TextChoices):
    """Whom a job serves."""

    SELLER = "seller", _("a seller")
    API = "api", _("the API")
    LAB = "lab", _("the lab")
    SHADOW = "shadow", _("shadow")
    REPLAY = "replay", _("replay")


class JobState(models.TextChoices):
    """What is stored for a job. The words a seller sees are a function of the row and the clock."""

    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    GAVE_UP = "gave_up", _("gave up")
    CANCELLED = "cancelled", _("cancelled")


OPEN_STATES = (JobState.QUEUED, JobState.RUNNING)


def photo_set_digest(photos: Iterable[Photo]) -> str:
    """SHA-256, hex, of the sorted digests of the photos: another order is the same set."""
    return hashlib.sha256("\n".join(sorted(photo.sha256 for photo in photos)).encode()).hexdigest()


class PrefillJobQuerySet(models.QuerySet["PrefillJob"]):
    """The words in which jobs are read. Time is the database's."""

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def unclaimed(self) -> Self:
        """In no worker's hands before the deadline: waiting, or under a lease that ran out."""
        is_lost = Q(state=JobState.RUNNING, lease_until__lte=Now())
        return self.filter(Q(state=JobState.QUEUED) | is_lost, deadline__gt=Now())

    def due(self) -> Self:
        """Claimable: in no worker's hands, its time has come, and suggestions are not off."""
        is_off = Exists(Switch.objects.filter(is_off=True))
        return self.unclaimed().exclude(state=JobState.QUEUED, next_at__gt=Now()).filter(~is_off)

    def on_page(self, listing: Listing) -> Self:
        """A listing's readings for its seller. First the one its page shows: of its photos, else the newest.

        `is_of_its_photos`: whether the photos are still the ones that were read.
        """
        is_of_its_photos = Q(photo_set_digest=photo_set_digest(listing.photos.all()))
        readings = self.filter(listing=listing, purpose=Purpose.SELLER)
        return readings.annotate(is_of_its_photos=is_of_its_photos).order_by("-is_of_its_photos", "-armed_at")

    def overdue(self) -> Self:
        """Open past their deadline: the sweep ends them."""
        return self.open().filter(deadline__lte=Now())


class PrefillJob(models.Model):
    """One reading of a set of photos. The row is the job; a message is only a doorbell."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(_("purpose"), max_length=6, choices=Purpose, default=Purpose.SELLER)
    listing = models.ForeignKey(
        Listing,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="prefill_jobs",
        verbose_name=_("listing"),
    )
    photo_ids = ArrayField(models.UUIDField(), verbose_name=_("photos, in order"))
    photo_set_digest = models.CharField(_("digest of the photo set"), max_length=64)
    version = models.ForeignKey(
        PromptVersion, models.PROTECT, related_name="jobs", verbose_name=_("prompt version")
    )
    language = models.CharField(_("language"), max_length=10, default="en")

    # Exposure: what this unit was shown, and by which draw. Empty arm: no experiment ran.
    unit = models.UUIDField(_("unit"), db_index=True)
    seller = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("seller"),
    )
    arm = models.CharField(_("experiment arm"), max_length=20, blank=True)
    share = models.FloatField(_("share in force"), null=True, blank=True)
    salt = models.CharField(_("salt"), max_length=40, blank=True)

    state = models.CharField(_("state"), max_length=9, choices=JobState, default=JobState.QUEUED)
    fields = models.JSONField(_("fields as they arrived"), default=dict)
    sequence = models.PositiveIntegerField(_("sequence"), default=1)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)
    losses = models.PositiveSmallIntegerField(_("lost workers"), default=0)
    next_at = models.DateTimeField(_("next try"), db_default=Now())
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    deadline = models.DateTimeField(_("deadline"))
    error_class = models.CharField(_("error class"), max_length=40, blank=True)
    error_detail = models.CharField(_("error detail"), max_length=300, blank=True)

    # A job is armed when it is asked for, and again by each *try again*; tries count from there. How often it
    # was armed on the day of the last time counts against that day's limit.
    arms = models.PositiveSmallIntegerField(_("times asked for on that day (UTC)"), default=1)
    armed_at = models.DateTimeField(_("last asked for"), db_default=Now(), editable=False)
    tries = models.PositiveSmallIntegerField(_("tries since, lost workers aside"), default=0)

    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    started_at = models.DateTimeField(_("first started"), null=True, blank=True)
    first_field_at = models.DateTimeField(_("first field"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    published_at = models.DateTimeField(_("listing posted"), null=True, blank=True)
    corrected_at = models.DateTimeField(_("corrections written"), null=True, blank=True)
    erased_at = models.DateTimeField(_("texts erased"), null=True, blank=True)

    objects = PrefillJobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("pre-fill job")
        verbose_name_plural = _("pre-fill jobs")
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "photo_set_digest"],
                condition=Q(purpose="seller"),
                name="prefill_job_per_photo_set",
            ),
            models.CheckConstraint(
                condition=Q(state__in=JobState.values) & Q(purpose__in=Purpose.values),
                name="prefill_job_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running"], ended_at__isnull=True)
                | Q(state__in=["done", "failed", "gave_up", "cancelled"], ended_at__isnull=False),
                name="prefill_job_ended_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(state="running", lease_until__isnull=False)
                | (~Q(state="running") & Q(lease_until__isnull=True)),
                name="prefill_job_lease_while_running",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(error_class=""), name="prefill_job_failed_has_class"
            ),
            models.CheckConstraint(
                condition=Q(deadline__gt=F("created_at")), name="prefill_job_deadline_is_later"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], name="prefill_job_open", condition=Q(state__in=["queued", "running"])
            ),
            models.Index(fields=["-created_at", "-id"], name="prefill_job_newest"),
            models.Index(fields=["unit", "armed_at"], name="prefill_job_of_unit_by_day"),
            models.Index(fields=["seller", "armed_at"], name="prefill_job_of_seller_by_day"),
            models.Index(
                fields=["id"],
                name="prefill_job_to_erase",
                condition=Q(listing=None, erased_at=None),
            ),
            models.Index(
                fields=["published_at"],
                name="prefill_job_uncorrected",
                condition=Q(published_at__isnull=False, corrected_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{str(self.id)[:8]} · {self.state}"
