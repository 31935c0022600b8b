"""The pictures of what is for sale."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from listings.fields import (
    MAX_PHOTOS,
)


class Photo(models.Model):
    """A cleaned photo of a listing. Its files lie under its id, one per width and format.

    Of the file that was sent only its digest is kept: the same file is known when it comes again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    listing = models.ForeignKey(
        "listings.Listing", models.CASCADE, related_name="photos", verbose_name=_("listing")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    sha256 = models.CharField(_("SHA-256 of the master"), max_length=64)
    upload_sha256 = models.CharField(
        _("SHA-256 of the upload"), max_length=64, blank=True, default="", db_default="", editable=False
    )
    phash = models.BigIntegerField(_("perceptual hash"))
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    widths = ArrayField(models.PositiveIntegerField(), verbose_name=_("widths kept"))
    placeholder = models.BinaryField(_("placeholder"), max_length=300)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)

    class Meta:
        ordering = ["position"]
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "position"],
                name="photo_position_is_taken_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(position__lt=MAX_PHOTOS), name="photo_count_is_limited"),
        ]
        indexes = [
            models.Index(fields=["sha256"], name="photo_by_sha256"),
            models.Index(fields=["phash"], name="photo_by_phash"),
            models.Index(fields=["-created_at", "-id"], name="photo_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.listing} · {self.position + 1}"

    def url(self, width: int, extension: str = "webp") -> str:
        return reverse("listings:photo", args=[self.pk, width, extension])
