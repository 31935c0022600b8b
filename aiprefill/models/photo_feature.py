"""What the catalogue knows a published photo by."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from pgvector.django import HnswIndex, VectorField

from listings.models import Photo


class PhotoFeature(models.Model):
    """What the catalogue compares of a posted photo: noted first, worked out after. Gone with the photo."""

    photo = models.OneToOneField(
        Photo, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("photo")
    )
    version = models.PositiveSmallIntegerField(_("version of the features"))
    vector = VectorField(_("vector"), dimensions=392, null=True)
    local = models.BinaryField(_("corners and colours"), null=True)
    made_at = models.DateTimeField(_("worked out"), null=True)

    class Meta:
        verbose_name = _("photo feature")
        verbose_name_plural = _("photo features")
        indexes = [
            HnswIndex(
                name="photo_feature_likest",
                fields=["vector"],
                m=16,
                ef_construction=64,
                opclasses=["vector_cosine_ops"],
            ),
            models.Index(fields=["made_at"], name="photo_feature_made"),
        ]

    def __str__(self) -> str:
        return str(self.photo_id)
