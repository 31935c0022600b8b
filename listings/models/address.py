"""How much came from one place."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AddressCount(models.Model):
    """How often one thing was done from one IP address on a day. `key` hides both: no address is kept."""

    key = models.CharField(_("hash of what and where"), max_length=64, primary_key=True)
    day = models.DateField(_("day (UTC)"), db_index=True)
    count = models.PositiveIntegerField(_("how often"))

    class Meta:
        verbose_name = _("count of an address")
        verbose_name_plural = _("counts of addresses")

    def __str__(self) -> str:
        return f"{self.key[:8]} · {self.day}: {self.count}"
