"""One call to a provider: the request, the answer, the cost."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from aiprefill.models.job import PrefillJob
from aiprefill.models.prompt import PromptVersion


class OutputPurpose(models.TextChoices):
    """What a provider call was made for."""

    JOB = "job", _("job")
    EVAL = "eval", _("evaluation")
    SHADOW = "shadow", _("shadow")
    LAB = "lab", _("lab")
    JUDGE = "judge", _("judge")


class OutputStatus(models.TextChoices):
    """How a call stands: `open` until it is settled; `fenced` answered too late to be used."""

    OPEN = "open", _("open")
    OK = "ok", _("answered")
    FAILED = "failed", _("failed")
    FENCED = "fenced", _("answered too late")
    LOST = "lost", _("worker lost")


class ModelOutput(models.Model):
    """One provider call: committed before the bytes leave, settled once after, erased at most once."""

    purpose = models.CharField(_("purpose"), max_length=6, choices=OutputPurpose)
    job = models.ForeignKey(
        PrefillJob, models.PROTECT, null=True, blank=True, related_name="outputs", verbose_name=_("job")
    )
    version = models.ForeignKey(
        PromptVersion, models.PROTECT, related_name="outputs", verbose_name=_("prompt version")
    )
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=1)
    status = models.CharField(_("status"), max_length=6, choices=OutputStatus, default=OutputStatus.OPEN)
    error_class = models.CharField(_("error class"), max_length=40, blank=True)
    http_status = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)
    request_id = models.CharField(_("request id"), max_length=120, blank=True)
    index_digest = models.CharField(_("digest of the index"), max_length=64, blank=True)
    request = models.TextField(_("request as sent, without picture bytes"), null=True, blank=True)
    raw = models.TextField(_("raw answer"), null=True, blank=True)
    parsed = models.JSONField(_("parsed answer"), null=True, blank=True)
    input_tokens = models.PositiveIntegerField(_("input tokens"), null=True, blank=True)
    cached_tokens = models.PositiveIntegerField(_("of these cached"), null=True, blank=True)
    output_tokens = models.PositiveIntegerField(_("output tokens"), null=True, blank=True)
    cost_micros = models.BigIntegerField(_("cost, micro-dollars"), null=True, blank=True)
    latency_ms = models.PositiveIntegerField(_("latency, ms"), null=True, blank=True)
    # Held on the SpendDay of `started_at` (UTC) while the call is open; settling gives it back, once.
    reserved_micros = models.BigIntegerField(_("reserved, micro-dollars"), default=0)
    started_at = models.DateTimeField(_("started"), db_default=Now(), editable=False)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("model output")
        verbose_name_plural = _("model outputs")
        constraints = [
            models.CheckConstraint(
                condition=Q(status="open", settled_at__isnull=True)
                | ~Q(status="open") & Q(settled_at__isnull=False),
                name="model_output_settled_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(request__isnull=True, raw__isnull=True, parsed__isnull=True),
                name="model_output_erased_is_empty",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=OutputPurpose.values) & Q(status__in=OutputStatus.values),
                name="model_output_values_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="failed") | ~Q(error_class=""), name="model_output_failed_class"
            ),
            models.CheckConstraint(
                condition=Q(reserved_micros__gte=0), name="model_output_reservation_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["started_at"], name="model_output_by_start"),
            models.Index(fields=["started_at"], name="model_output_open", condition=Q(status="open")),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} · {self.status}"
