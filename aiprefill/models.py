"""What the AI was asked, what it answered, what it cost, and what the seller made of it.

PromptVersion and LabelMove never change, a ModelOutput changes exactly twice (settled once, erased once):
triggers in the migrations hold that against every way in.
"""

import uuid
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from pgvector.django import HnswIndex, VectorField

from aiprefill.suggestion import PromptSpec
from listings.fields import AI_FIELDS
from listings.models import Listing, Photo


class PromptVersion(models.Model):
    """Everything that decides an answer, as one immutable row. Its digest is its PromptSpec's."""

    number = models.PositiveIntegerField(_("number"), primary_key=True)
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    spec_text = models.TextField(_("specification, canonical JSON"))
    provider = models.CharField(_("provider"), max_length=20)
    model = models.CharField(_("model"), max_length=80)
    note = models.CharField(_("what changed and why"), max_length=500)
    copied_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="copies", verbose_name=_("copied from")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)

    class Meta:
        ordering = ["-number"]
        verbose_name = _("prompt version")
        verbose_name_plural = _("prompt versions")
        constraints = [models.CheckConstraint(condition=~Q(note=""), name="prompt_version_says_what_changed")]

    def __str__(self) -> str:
        return f"v{self.number} · {self.provider} {self.model}"

    @property
    def spec(self) -> PromptSpec:
        return PromptSpec.from_json(self.spec_text)


class MoveKind(models.TextChoices):
    """Why a label moved."""

    GATE = "gate", _("passed the gate")
    OVERRIDE = "override", _("override by two people")
    ROLLBACK = "rollback", _("rollback")
    BOOTSTRAP = "bootstrap", _("first version")


class LabelMove(models.Model):
    """A label is its newest move. Append-only."""

    label = models.CharField(_("label"), max_length=20)
    version = models.ForeignKey(
        PromptVersion, models.PROTECT, related_name="label_moves", verbose_name=_("version")
    )
    kind = models.CharField(_("kind"), max_length=9, choices=MoveKind)
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    why = models.CharField(_("why"), max_length=500)
    verdict = models.JSONField(_("verdict, as it stood"), null=True, blank=True)
    moved_at = models.DateTimeField(_("moved"), db_default=Now(), editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("label move")
        verbose_name_plural = _("label moves")
        indexes = [models.Index(fields=["label", "-id"], name="label_newest_move")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=MoveKind.values) & ~Q(why=""), name="label_move_has_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(kind="gate") | Q(verdict__isnull=False), name="label_move_gate_verdict"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["override", "rollback"]) | Q(who__isnull=False),
                name="label_move_by_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(kind="bootstrap") | Q(verdict__isnull=True),
                name="label_move_bootstrap_is_unjudged",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} → v{self.version_id}"


class Purpose(models.TextChoices):
    """Whom a job serves."""

    SELLER = "seller", _("a seller")
    API = "api", _("the API")
    LAB = "lab", _("the lab")
    SHADOW = "shadow", _("shadow")
    REPLAY = "replay", _("replay")


class JobState(models.TextChoices):
    """What is stored for a job. The words a seller sees are a function of the row and the clock."""

    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    GAVE_UP = "gave_up", _("gave up")
    CANCELLED = "cancelled", _("cancelled")


OPEN_STATES = (JobState.QUEUED, JobState.RUNNING)


class PrefillJobQuerySet(models.QuerySet["PrefillJob"]):
    """The words in which jobs are read. Time is the database's."""

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def due(self) -> Self:
        """Claimable before the deadline: waiting and its time has come, or under a lease that ran out."""
        return self.filter(deadline__gt=Now()).filter(
            Q(state=JobState.QUEUED, next_at__lte=Now()) | Q(state=JobState.RUNNING, lease_until__lte=Now())
        )

    def overdue(self) -> Self:
        """Open past their deadline: the sweep ends them."""
        return self.open().filter(deadline__lte=Now())


class PrefillJob(models.Model):
    """One reading of a set of photos. The row is the job; a message is only a doorbell."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(_("purpose"), max_length=6, choices=Purpose, default=Purpose.SELLER)
    listing = models.ForeignKey(
        Listing,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="prefill_jobs",
        verbose_name=_("listing"),
    )
    photo_ids = ArrayField(models.UUIDField(), verbose_name=_("photos, in order"))
    photo_set_digest = models.CharField(_("digest of the photo set"), max_length=64)
    version = models.ForeignKey(
        PromptVersion, models.PROTECT, related_name="jobs", verbose_name=_("prompt version")
    )
    language = models.CharField(_("language"), max_length=10, default="en")

    # Exposure: what this unit was shown, and by which draw. Empty arm: no experiment ran.
    unit = models.UUIDField(_("unit"), db_index=True)
    seller = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("seller"),
    )
    arm = models.CharField(_("experiment arm"), max_length=20, blank=True)
    share = models.FloatField(_("share in force"), null=True, blank=True)
    salt = models.CharField(_("salt"), max_length=40, blank=True)

    state = models.CharField(_("state"), max_length=9, choices=JobState, default=JobState.QUEUED)
    fields = models.JSONField(_("fields as they arrived"), default=dict)
    sequence = models.PositiveIntegerField(_("sequence"), default=1)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)
    losses = models.PositiveSmallIntegerField(_("lost workers"), default=0)
    next_at = models.DateTimeField(_("next try"), db_default=Now())
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    deadline = models.DateTimeField(_("deadline"))
    error_class = models.CharField(_("error class"), max_length=40, blank=True)
    error_detail = models.CharField(_("error detail"), max_length=300, blank=True)

    # A job is armed when it is asked for, and again by each *try again*; tries count from there.
    arms = models.PositiveSmallIntegerField(_("times asked for"), default=1)
    armed_at = models.DateTimeField(_("last asked for"), db_default=Now(), editable=False)
    tries = models.PositiveSmallIntegerField(_("tries since, lost workers aside"), default=0)

    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    started_at = models.DateTimeField(_("first started"), null=True, blank=True)
    first_field_at = models.DateTimeField(_("first field"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    published_at = models.DateTimeField(_("listing posted"), null=True, blank=True)
    corrected_at = models.DateTimeField(_("corrections written"), null=True, blank=True)
    erased_at = models.DateTimeField(_("texts erased"), null=True, blank=True)

    objects = PrefillJobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("pre-fill job")
        verbose_name_plural = _("pre-fill jobs")
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "photo_set_digest"],
                condition=Q(purpose="seller"),
                name="prefill_job_per_photo_set",
            ),
            models.CheckConstraint(
                condition=Q(state__in=JobState.values) & Q(purpose__in=Purpose.values),
                name="prefill_job_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running"], ended_at__isnull=True)
                | Q(state__in=["done", "failed", "gave_up", "cancelled"], ended_at__isnull=False),
                name="prefill_job_ended_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(state="running", lease_until__isnull=False)
                | (~Q(state="running") & Q(lease_until__isnull=True)),
                name="prefill_job_lease_while_running",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(error_class=""), name="prefill_job_failed_has_class"
            ),
            models.CheckConstraint(
                condition=Q(deadline__gt=F("created_at")), name="prefill_job_deadline_is_later"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], name="prefill_job_open", condition=Q(state__in=["queued", "running"])
            ),
            models.Index(fields=["-created_at", "-id"], name="prefill_job_newest"),
            models.Index(fields=["unit", "armed_at"], name="prefill_job_of_unit_by_day"),
            models.Index(fields=["seller", "armed_at"], name="prefill_job_of_seller_by_day"),
            models.Index(
                fields=["id"],
                name="prefill_job_to_erase",
                condition=Q(listing=None, erased_at=None),
            ),
            models.Index(
                fields=["published_at"],
                name="prefill_job_uncorrected",
                condition=Q(published_at__isnull=False, corrected_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{str(self.id)[:8]} · {self.state}"


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


class How(models.TextChoices):
    """What the seller did with a suggested field, as the page saw it."""

    UNTOUCHED = "untouched", _("untouched")
    FILLED = "filled", _("filled in")
    USED = "used", _("used")
    TYPED = "typed", _("typed")
    DISMISSED = "dismissed", _("dismissed")
    CLEARED = "cleared", _("cleared")


FIELD_CHOICES = [(name, name) for name in AI_FIELDS]


class FieldTrace(models.Model):
    """What was last put before the seller for a field, and what they did with it."""

    job = models.ForeignKey(PrefillJob, models.PROTECT, related_name="traces", verbose_name=_("job"))
    field = models.CharField(_("field"), max_length=11, choices=FIELD_CHOICES)
    offer = models.CharField(_("digest of the suggestion shown"), max_length=64, blank=True)
    how = models.CharField(_("what the seller did"), max_length=9, choices=How, default=How.UNTOUCHED)
    first_shown_at = models.DateTimeField(_("first shown"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("field trace")
        verbose_name_plural = _("field traces")
        constraints = [
            models.UniqueConstraint(fields=["job", "field"], name="field_trace_per_field"),
            models.CheckConstraint(
                condition=Q(field__in=AI_FIELDS) & Q(how__in=How.values), name="field_trace_values_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.how}"


class CorrectionKind(models.TextChoices):
    """What became of a suggestion when the listing was posted."""

    KEPT = "kept", _("kept")
    EDITED = "edited", _("edited")
    CLEARED = "cleared", _("cleared")
    REPLACED = "replaced", _("replaced")
    IGNORED = "ignored", _("offered, not used")
    ADDED = "added", _("nothing offered, seller filled")
    BLANK = "blank", _("nothing offered, nothing posted")


class Correction(models.Model):
    """The implicit feedback: suggestion against what was posted. Texts are erased with the listing."""

    job = models.ForeignKey(PrefillJob, models.PROTECT, related_name="corrections", verbose_name=_("job"))
    field = models.CharField(_("field"), max_length=11, choices=FIELD_CHOICES)
    kind = models.CharField(_("kind"), max_length=8, choices=CorrectionKind)
    suggested = models.TextField(_("suggested"), null=True, blank=True)
    final = models.TextField(_("posted"), null=True, blank=True)
    keep_rate = models.FloatField(_("share kept"), null=True, blank=True)
    addition_share = models.FloatField(_("share added"), null=True, blank=True)
    created_at = models.DateTimeField(_("written"), db_default=Now(), editable=False)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        constraints = [
            models.UniqueConstraint(fields=["job", "field"], name="correction_per_field"),
            models.CheckConstraint(
                condition=Q(field__in=AI_FIELDS) & Q(kind__in=CorrectionKind.values),
                name="correction_values_known",
            ),
            models.CheckConstraint(
                condition=(Q(keep_rate__isnull=True) | Q(keep_rate__gte=0, keep_rate__lte=1))
                & (Q(addition_share__isnull=True) | Q(addition_share__gte=0, addition_share__lte=1)),
                name="correction_rates_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.kind}"


class Feedback(models.Model):
    """The explicit feedback: a thumb for a field, or for the whole suggestion (empty field), and a word."""

    job = models.ForeignKey(PrefillJob, models.PROTECT, related_name="feedback", verbose_name=_("job"))
    field = models.CharField(_("field"), max_length=11, blank=True, choices=FIELD_CHOICES)
    up = models.BooleanField(_("thumb up"))
    word = models.CharField(_("in the seller's words"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("given"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        constraints = [
            models.UniqueConstraint(fields=["job", "field"], name="feedback_per_field"),
            models.CheckConstraint(condition=Q(field__in=["", *AI_FIELDS]), name="feedback_field_known"),
        ]

    def __str__(self) -> str:
        return f"{self.field or 'all'}: {'up' if self.up else 'down'}"


class Switch(models.Model):
    """The off switch: one row. Off: every seller gets the ordinary form."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    is_off = models.BooleanField(_("suggestions are off"), default=False)
    why = models.CharField(_("why"), max_length=200, blank=True)
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    changed_at = models.DateTimeField(_("changed"), db_default=Now())

    class Meta:
        verbose_name = _("off switch")
        verbose_name_plural = _("off switch")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="switch_is_one_row")]

    def __str__(self) -> str:
        return str(_("off") if self.is_off else _("on"))


class SpendDay(models.Model):
    """The site's model spending of one UTC day, in micro-dollars: reserved with the claim, settled after."""

    day = models.DateField(_("day (UTC)"), primary_key=True)
    reserved_micros = models.BigIntegerField(_("reserved, micro-dollars"), default=0)
    spent_micros = models.BigIntegerField(_("spent, micro-dollars"), default=0)

    class Meta:
        ordering = ["-day"]
        verbose_name = _("day's spending")
        verbose_name_plural = _("spending by day")
        constraints = [
            models.CheckConstraint(
                condition=Q(reserved_micros__gte=0, spent_micros__gte=0), name="spend_not_negative"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day}: {Decimal(self.spent_micros) / 1_000_000:.4f} USD"


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


class PhotoFeature(models.Model):
    """What the catalogue compares of a posted photo: noted first, worked out after. Gone with the photo."""

    photo = models.OneToOneField(
        Photo, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("photo")
    )
    version = models.PositiveSmallIntegerField(_("version of the features"))
    vector = VectorField(_("vector"), dimensions=392, null=True)
    local = models.BinaryField(_("corners and colours"), null=True)
    made_at = models.DateTimeField(_("worked out"), null=True)

    class Meta:
        verbose_name = _("photo feature")
        verbose_name_plural = _("photo features")
        indexes = [
            HnswIndex(
                name="photo_feature_likest",
                fields=["vector"],
                m=16,
                ef_construction=64,
                opclasses=["vector_cosine_ops"],
            ),
            models.Index(fields=["made_at"], name="photo_feature_made"),
        ]

    def __str__(self) -> str:
        return str(self.photo_id)
