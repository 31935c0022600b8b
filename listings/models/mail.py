"""The mail that leaves."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _


class Mail(models.Model):
    """The outbox. All mail of the site is a row here first; the worker sends what is due, once."""

    sender = models.CharField(_("from"), max_length=254)
    recipient = models.EmailField(_("to"), max_length=254)
    subject = models.CharField(_("subject"), max_length=254)
    body = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    due_at = models.DateTimeField(_("due"), null=True, db_default=Now())
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("last error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        indexes = [
            models.Index(fields=["due_at"], name="mail_due", condition=Q(sent_at=None, due_at__isnull=False)),
            models.Index(Upper("recipient"), name="mail_of_recipient"),  # what is erased with its reader
        ]

    def __str__(self) -> str:
        return self.subject
