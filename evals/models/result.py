"""What came of one case in one repeat of a run."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from evals.models.case import Case
from evals.models.run import EvalRun


class CaseResult(models.Model):
    """The settled answer to one case and repeat, with its scores. Written once, erased once, never changed.

    It is committed as soon as its call is settled; a retry that can help happens before. `answer` is
    `Suggestion.to_json`, of a failed call the fields that had arrived. `error_class` is "" for an answer.
    `scores` holds, by metric, 0 to 1 for each that applies to the case; see `evals.scoring`. To score anew,
    run anew: from the cache that costs nothing.

    `cache_key` is a digest of the PromptSpec's digest, the endpoint, the pictures, the language, the
    provider's index and the repeat. Latency, tokens and cost are the call's own, also when the answer is
    `from_cache`: what the run paid stands on the run. NULL cost: unpriced.
    """

    run = models.ForeignKey(EvalRun, models.PROTECT, related_name="results", verbose_name=_("run"))
    case = models.ForeignKey(Case, models.PROTECT, related_name="results", verbose_name=_("case"))
    repeat = models.PositiveSmallIntegerField(_("repeat"))
    cache_key = models.CharField(_("cache key"), max_length=64)
    output = models.ForeignKey(
        "aiprefill.ModelOutput",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="case_results",
        verbose_name=_("model output"),
    )
    from_cache = models.BooleanField(_("from the cache"), default=False)
    answer = models.JSONField(_("answer"), null=True)
    error_class = models.CharField(_("error class"), max_length=40, blank=True)
    scores = models.JSONField(_("scores"), default=dict)
    latency_ms = models.PositiveIntegerField(_("latency, ms"), null=True, blank=True)
    input_tokens = models.PositiveIntegerField(_("input tokens"), null=True, blank=True)
    output_tokens = models.PositiveIntegerField(_("output tokens"), null=True, blank=True)
    cost_micros = models.BigIntegerField(_("cost, micro-dollars"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled"), db_default=Now(), editable=False)
    erased_at = models.DateTimeField(_("answer erased"), null=True, blank=True)

    class Meta:
        ordering = ["run", "case__key", "repeat"]
        verbose_name = _("result")
        verbose_name_plural = _("results")
        constraints = [
            models.UniqueConstraint(fields=["run", "case", "repeat"], name="case_result_once"),
            models.CheckConstraint(
                condition=Q(erased_at=None, answer__isnull=False)
                | Q(erased_at__isnull=False, answer__isnull=True),
                name="case_result_erased_is_empty",
            ),
            models.CheckConstraint(
                condition=Q(repeat__gte=1) & ~Q(cache_key=""), name="case_result_can_be_found"
            ),
        ]
        indexes = [
            # An answer that was erased cannot be used again.
            models.Index(fields=["cache_key"], name="case_result_cache", condition=Q(erased_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.case_id} ×{self.repeat}"
