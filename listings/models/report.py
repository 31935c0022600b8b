"""What people say should not be here, and what its seller says to that."""

from typing import Self

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
    APPEAL = "appeal", _("Its seller asks us to look again")


class Outcome(models.TextChoices):
    """What became of a report."""

    OPEN = "", _("Open")
    HIDDEN = "hidden", _("Hidden")
    BARRED = "barred", _("Blocked")
    KEPT = "kept", _("Kept")
    SHOWN = "shown", _("Shown again")
    GONE = "gone", _("Gone")


class ReportQuerySet(models.QuerySet["Report"]):
    """The words in which reports are read."""

    def open(self) -> Self:
        """What nobody has decided yet."""
        return self.filter(outcome=Outcome.OPEN)

    def appeals(self) -> Self:
        """What sellers of hidden listings have asked."""
        return self.filter(reason=Reason.APPEAL)


class Report(models.Model):
    """Somebody reports a listing, or the conversation about it. Its key is the form's, so it counts once.

    One more kind of it, an appeal, is the seller's own: a listing is hidden, and they ask us to look again.

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

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.CheckConstraint(condition=Q(reason__in=Reason.values), name="report_reason_is_known"),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.OPEN, settled_at=None)
                | Q(outcome__in=[each for each in Outcome if each], settled_at__isnull=False),
                name="report_is_open_or_settled",
            ),
            models.CheckConstraint(
                condition=Q(reason=Reason.APPEAL) & ~Q(outcome=Outcome.HIDDEN)
                | ~Q(reason=Reason.APPEAL) & ~Q(outcome=Outcome.SHOWN),
                name="report_hides_and_appeal_shows",
            ),
            models.UniqueConstraint(
                fields=["listing"],
                condition=Q(reason=Reason.APPEAL, outcome=Outcome.OPEN),
                name="report_is_one_appeal_at_a_time",
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
    def is_appeal(self) -> bool:
        return self.reason == Reason.APPEAL

    @property
    def number(self) -> str:
        """What a receipt is called: the first eight digits of the key."""
        return str(self.pk)[:8].upper()


def open_appeals() -> models.Prefetch[str]:
    """What fetches the open appeals of many listings at once, each as its `open_appeals`."""
    return models.Prefetch("reports", Report.objects.appeals().open(), to_attr="open_appeals")
