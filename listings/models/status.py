"""Where a listing stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Where a listing stands. Buyers browse live and reserved ones; ended ones stay a while by address."""

    DRAFT = "draft", _("Draft")
    LIVE = "live", _("Live")
    RESERVED = "reserved", _("Reserved")
    SOLD = "sold", _("Sold")
    EXPIRED = "expired", _("Expired")
    HIDDEN = "hidden", _("Hidden")


ON_SHOW = (Status.LIVE, Status.RESERVED)
"""The statuses that browsing lists."""

ENDED = (Status.SOLD, Status.EXPIRED)
"""The statuses whose pages stay for a while, and say so."""
