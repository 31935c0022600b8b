"""One run of a prompt version over a release, and every provider call made for it."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from evals.models.case import Case, Split
from evals.models.release import Release


class RunState(models.TextChoices):
    """How a run stands. All but `done` can be taken up again; `done` never changes any more."""

    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    STOPPED = "stopped", _("stopped")


class EvalRunQuerySet(models.QuerySet["EvalRun"]):
    """Words for reading runs."""

    def whole(self) -> Self:
        """Over all cases of the split."""
        return self.filter(limit=None, only=None)

    def complete(self) -> Self:
        """Done over all cases of the split: what a comparison and the gate may use."""
        return self.whole().filter(state=RunState.DONE)

    def readable(self) -> Self:
        """None of whose cases was erased: the same run made today asks about exactly its cases."""
        return self.exclude(results__case__erased_at__isnull=False)

    def due(self) -> Self:
        """Waiting for a worker, or left by one that died."""
        queued = Q(state=RunState.QUEUED)
        return self.filter(queued | Q(state=RunState.RUNNING, lease_until__lt=Now()))

    def like(self, run: "EvalRun") -> Self:
        """On the same release and split, as often and by the same scores: comparable case by case."""
        same = {"release": run.release_id, "split": run.split, "repeats": run.repeats}
        return self.filter(**same, scoring=run.scoring)


class EvalRun(models.Model):
    """A prompt version asked about every case of one split of a release, K times each.

    Above the line stands what is measured, which never changes; below it, how far it is. The run asks about
    the first `limit` cases by key (None: all) of those whose keys are in `only` (None: all), repeats
    `repeat_from` to `repeat_from + repeats - 1`: an A/A run of K repeats starts at K + 1, so that no answer
    comes from the other's cache. `scoring` is the version of the scores (`evals.scoring`): runs are compared
    only if it is the same. `endpoint` is the address that is asked, without user and password; "" for a
    provider in this process, and where it was not kept. A run over chosen cases is a look, not evidence:
    no verdict stands on it.

    A worker claims it by `attempt` and holds it by `lease_until`, on the database's clock, as a PrefillJob is
    held. Counts are of results, not calls; `cost_micros` is what this run itself spent, from the cache
    nothing. The run stops with a `reason` before it passes `max_cost_micros`.
    """

    release = models.ForeignKey(Release, models.PROTECT, related_name="runs", verbose_name=_("release"))
    split = models.CharField(_("split"), max_length=8, choices=Split)
    version = models.ForeignKey(
        "aiprefill.PromptVersion",
        models.PROTECT,
        related_name="eval_runs",
        verbose_name=_("prompt version"),
    )
    repeats = models.PositiveSmallIntegerField(_("repeats"), default=3)
    repeat_from = models.PositiveSmallIntegerField(_("first repeat"), default=1)
    limit = models.PositiveIntegerField(_("only so many cases"), null=True, blank=True)
    only = ArrayField(
        models.CharField(max_length=80), verbose_name=_("only these cases"), null=True, blank=True
    )
    is_fresh = models.BooleanField(_("asks again what is in the cache"), default=False)
    scoring = models.PositiveSmallIntegerField(_("version of the scores"), default=1)
    endpoint = models.CharField(_("asked at"), max_length=300, blank=True, default="", db_default="")
    index_digest = models.CharField(_("digest of the provider's index"), max_length=64, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked by"),
    )
    asked_at = models.DateTimeField(_("asked"), db_default=Now(), editable=False)
    # --- how far it is ---
    state = models.CharField(_("state"), max_length=7, choices=RunState, default=RunState.QUEUED)
    reason = models.CharField(_("why it ended so"), max_length=300, blank=True)
    concurrency = models.PositiveSmallIntegerField(_("calls at once"), default=16)
    max_cost_micros = models.BigIntegerField(_("may cost, micro-dollars"), null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    stop_asked = models.BooleanField(_("asked to stop"), default=False)
    planned = models.PositiveIntegerField(_("results to get"), default=0)
    finished = models.PositiveIntegerField(_("results there"), default=0)
    from_cache = models.PositiveIntegerField(_("of these from the cache"), default=0)
    errors = models.PositiveIntegerField(_("of these errors"), default=0)
    paid_again = models.PositiveIntegerField(_("calls paid again after a break"), default=0)
    cost_micros = models.BigIntegerField(_("cost, micro-dollars"), default=0)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = EvalRunQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=RunState.values) & Q(split__in=Split.values),
                name="eval_run_values_known",
            ),
            models.CheckConstraint(
                condition=Q(repeats__gte=1) & Q(repeat_from__gte=1) & Q(concurrency__gte=1),
                name="eval_run_asks_something",
            ),
            models.CheckConstraint(
                condition=Q(limit=None) | Q(limit__gte=1), name="eval_run_limit_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(only=None) | Q(only__len__gte=1) & ~Q(split=Split.HOLDOUT),
                name="eval_run_chosen_cases_are_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running"], ended_at=None)
                | Q(state__in=["done", "failed", "stopped"], ended_at__isnull=False),
                name="eval_run_ended_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(state="running", lease_until__isnull=False)
                | (~Q(state="running") & Q(lease_until=None)),
                name="eval_run_lease_while_running",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["failed", "stopped"]) | ~Q(reason=""), name="eval_run_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(finished=F("planned"), planned__gt=0),
                name="eval_run_done_is_whole",
            ),
            models.CheckConstraint(condition=Q(finished__lte=F("planned")), name="eval_run_counts_agree"),
        ]
        indexes = [
            models.Index(fields=["id"], name="eval_run_open", condition=Q(state__in=["queued", "running"])),
            models.Index(fields=["release", "split", "version"], name="eval_run_of_version"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} · v{self.version_id}"

    @property
    def repeat_numbers(self) -> range:
        """The repeats that this run asks for."""
        return range(self.repeat_from, self.repeat_from + self.repeats)


class RunCall(models.Model):
    """That a provider call was made for this case and repeat of a run, whatever came of it.

    Written in one transaction with the call's ModelOutput, before the bytes leave: also a call that died with
    its process has its row. Calls without a CaseResult are those that were, or will be, paid again. A judge's
    question about the answer is a call too, which the purpose of its output tells apart.
    """

    run = models.ForeignKey(EvalRun, models.PROTECT, related_name="calls", verbose_name=_("run"))
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", verbose_name=_("case"))
    repeat = models.PositiveSmallIntegerField(_("repeat"))
    output = models.OneToOneField(
        "aiprefill.ModelOutput", models.PROTECT, related_name="run_call", verbose_name=_("model output")
    )

    class Meta:
        ordering = ["id"]
        verbose_name = _("call of a run")
        verbose_name_plural = _("calls of runs")
        indexes = [models.Index(fields=["run", "case", "repeat"], name="run_call_of_result")]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.case_id} ×{self.repeat}"
