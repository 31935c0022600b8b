"""What a program shows instead of signing in, and how much it has written."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from listings.models.seller import Seller

MAX_TOKEN_NAME = 60


class ApiToken(models.Model):
    """A key to one account for programs. Of the token itself only a hash is kept: it is shown once."""

    seller = models.ForeignKey(Seller, models.CASCADE, related_name="api_tokens", verbose_name=_("seller"))
    name = models.CharField(_("what it is for"), max_length=MAX_TOKEN_NAME, blank=True)
    digest = models.CharField(_("SHA-256 of the token"), max_length=64, unique=True, editable=False)
    last_four = models.CharField(_("ends in"), max_length=4, editable=False)
    created_at = models.DateTimeField(_("made"), db_default=Now(), editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"…{self.last_four}"


class ApiWrites(models.Model):
    """How often an account has written through the API in the hour (UTC) that `hour` begins."""

    seller = models.OneToOneField(
        Seller, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("seller")
    )
    hour = models.DateTimeField(_("hour"))
    writes = models.PositiveIntegerField(_("writes"))

    class Meta:
        verbose_name = _("API writes")
        verbose_name_plural = _("API writes")

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H}: {self.writes}"
