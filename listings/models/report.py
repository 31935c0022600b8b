"""What people say should not be here."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from listings.models.conversation import Conversation
from listings.models.listing import Listing
from listings.models.seller import Seller

MAX_REPORT = 1000


class Reason(models.TextChoices):
    """What is wrong, in the words of whoever reports."""

    SCAM = "scam", _("It looks like a scam")
    FORBIDDEN = "forbidden", _("It may not be sold here")
    WRONG = "wrong", _("The photos or the text are not true, or not theirs")
    ABUSE = "abuse", _("It is insulting or threatening")
    OTHER = "other", _("Something else")


class Outcome(models.TextChoices):
    """What became of a report."""

    OPEN = "", _("Open")
    HIDDEN = "hidden", _("Hidden")
    KEPT = "kept", _("Kept")
    GONE = "gone", _("Gone")


class Report(models.Model):
    """Somebody reports a listing, or the conversation about it. Its key is the form's, so it counts once.

    When what it is about is erased, or its reporter is, the words go; reason and outcome stay.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    listing = models.ForeignKey(
        Listing, models.SET_NULL, null=True, related_name="reports", verbose_name=_("listing")
    )
    conversation = models.ForeignKey(
        Conversation,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("conversation"),
    )
    reporter = models.ForeignKey(
        Seller,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="reports_made",
        verbose_name=_("reported by"),
    )
    unit = models.UUIDField(_("browser unit"), null=True, blank=True, editable=False)
    reason = models.CharField(_("reason"), max_length=9, choices=Reason)
    text = models.TextField(_("in their words"), max_length=MAX_REPORT, blank=True)
    created_at = models.DateTimeField(_("reported"), db_default=Now(), editable=False)
    outcome = models.CharField(_("outcome"), max_length=6, choices=Outcome, default=Outcome.OPEN, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True, editable=False)
    settled_by = models.ForeignKey(
        Seller, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("settled by")
    )

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.CheckConstraint(condition=Q(reason__in=Reason.values), name="report_reason_is_known"),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.OPEN, settled_at=None)
                | Q(outcome__in=[Outcome.HIDDEN, Outcome.KEPT, Outcome.GONE], settled_at__isnull=False),
                name="report_is_open_or_settled",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], name="report_open", condition=Q(outcome="")),
            models.Index(fields=["-created_at", "-id"], name="report_newest"),
            models.Index(fields=["reporter", "-created_at"], name="report_of_account"),
            models.Index(fields=["unit", "-created_at"], name="report_of_unit"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("listings:receipt", args=[self.pk])

    @property
    def number(self) -> str:
        """What a receipt is called: the first eight digits of the key."""
        return str(self.pk)[:8].upper()
