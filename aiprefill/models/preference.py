"""What a seller or a browser asked of the suggestions."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Preference(models.Model):
    """An account's lasting wish to write listings without suggestions."""

    seller = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+"
    )
    wants_suggestions = models.BooleanField(_("wants suggestions"), default=True)

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return str(_("suggestions") if self.wants_suggestions else _("no suggestions"))
