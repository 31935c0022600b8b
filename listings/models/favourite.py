"""What people keep an eye on."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from listings.models.listing import Listing
from listings.models.seller import Seller


class Favourite(models.Model):
    """Somebody marked a listing. Gone with either."""

    seller = models.ForeignKey(
        Seller, models.CASCADE, related_name="favourites", verbose_name=_("who"), db_index=False
    )
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="favourites", verbose_name=_("listing"))
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("favourite")
        verbose_name_plural = _("favourites")
        constraints = [
            models.UniqueConstraint(fields=["seller", "listing"], name="favourite_is_kept_once"),
        ]

    def __str__(self) -> str:
        return f"{self.seller} · {self.listing}"
