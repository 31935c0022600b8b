"""One call for one job: what it asks, what of its answer reaches the row, and how it ends.

Every write is fenced by the attempt's number: a call whose row was stopped, erased or given to another
attempt changes nothing any more, save its own entry in the ledger.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import DurationField, ExpressionWrapper, F, QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils.crypto import salted_hmac
from psycopg.types.json import Jsonb

from aiprefill import ledger
from aiprefill.limits import BudgetSpent
from aiprefill.models import JobState, ModelOutput, OutputPurpose, OutputStatus, PrefillJob, Purpose
from aiprefill.providers.base import (
    CallEvent,
    CallOpened,
    ErrorClass,
    FieldReady,
    Outcome,
    StopCall,
    SuggestionFailed,
)
from aiprefill.suggestion import Dropped, SuggestedField, SuggestRequest
from listings import photo_files
from listings.fields import AI_FIELDS
from listings.models import Photo

log = logging.getLogger("aiprefill")

OUTPUT_PURPOSES: Final = {Purpose.LAB: OutputPurpose.LAB, Purpose.SHADOW: OutputPurpose.SHADOW}
JITTER: Final = 0.25
"""Of a delay, so that calls which failed together do not come back together."""
SETTLE_PAUSES: Final = (0.0, 0.5, 1.0, 2.0)
"""Seconds before each try to write down an answer that is paid for."""

WRITE_FIELDS: Final = """
UPDATE aiprefill_prefilljob
SET fields = %s, sequence = sequence + 1, first_field_at = coalesce(first_field_at, statement_timestamp())
WHERE id = %s AND attempt = %s AND state = 'running'
"""
"""In SQL: it runs four times a call, in 64 threads of one process."""

time_left: Final = ExpressionWrapper(F("deadline") - Now(), output_field=DurationField())


class NothingToRead(Exception):
    """No photo of the job is left to read."""

    def __init__(self) -> None:
        super().__init__("The photos are gone.")


class Arriving:
    """The fields of a job as calls bring them. A later call adds what is missing and replaces nothing.

    A call that sees another category is about another thing: its texts and its price are dropped. They
    wait for its category where they come before it.
    """

    BOUND_TO_CATEGORY: Final = frozenset({"title", "description", "price"})

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self.fields = dict(fields)
        self.category = self.fields.get("category", {}).get("value")
        self.agrees: bool | None = None if self.category else True
        self._waiting: dict[str, SuggestedField] = {}

    def take(self, name: str, field: SuggestedField) -> bool:
        """Note a field of the present call; True if the job has more than before."""
        if name == "category" and self.agrees is None:
            self.agrees = field.value in (None, self.category)
        elif name in self.BOUND_TO_CATEGORY and self.agrees is None:
            self._waiting[name] = field
            return False
        before = len(self.fields)
        for waited, value in ((name, field), *self._waiting.items()):
            self._add(waited, value)
        self._waiting.clear()
        return len(self.fields) > before

    @property
    def is_complete(self) -> bool:
        return self.fields.keys() >= set(AI_FIELDS)

    def _add(self, name: str, field: SuggestedField) -> None:
        if not self.agrees and name in self.BOUND_TO_CATEGORY:
            field = SuggestedField(dropped=Dropped.DISAGREES)
        self.fields.setdefault(name, field.to_json())


class Attempt:
    """A claimed job's call. `deadline` is of `time.monotonic`."""

    def __init__(self, job: PrefillJob, seconds: float) -> None:
        self.job = job
        self.deadline = time.monotonic() + min(settings.PREFILL_CALL_SECONDS, seconds)
        self.arriving = Arriving(job.fields)
        self.output: ModelOutput | None = None

    @property
    def held(self) -> tuple[Any, int]:
        """What its lease is kept under."""
        return self.job.pk, self.job.attempt

    def request(self) -> SuggestRequest:
        """What to ask, with the photos that are still there. Raises NothingToRead."""
        spec = self.job.version.spec
        photos = Photo.objects.in_bulk(self.job.photo_ids)
        release()
        pictures = [
            picture
            for photo_id in self.job.photo_ids
            if (photo := photos.get(photo_id)) and (picture := _picture(photo, spec.picture_size))
        ]
        if not pictures:
            raise NothingToRead
        after_incomplete = self.job.error_class == ErrorClass.INCOMPLETE
        return SuggestRequest(
            tuple(pictures),
            self.job.language,
            spec,
            end_user(self.job),
            token_scale=2 if after_incomplete else 1,
        )

    def on_event(self, event: CallEvent) -> None:
        """The engine's listener. Raises StopCall when the row is no longer this attempt's."""
        match event:
            case CallOpened(request):
                self._open(request)
            case FieldReady(name, field):
                # The last field comes with the answer's end, and the settlement brings it.
                if self.arriving.take(name, field) and name != AI_FIELDS[-1]:
                    self._write_fields()
        release()

    def settle(self, result: Outcome | SuggestionFailed, random: Callable[[], float]) -> None:
        """Write down what came, patiently: the answer is paid for."""
        for pause in SETTLE_PAUSES:
            time.sleep(pause)  # none before the first try; then the database gets time to come back
            try:
                self._settle(result, random)
            except (OperationalError, InterfaceError) as error:
                if connection.in_atomic_block or pause == SETTLE_PAUSES[-1]:
                    raise
                log.warning("job %s not settled yet: %s", self.job.pk, type(error).__name__)
                connection.close()
            else:
                break
        release()

    def give_up(self, error_class: str) -> None:
        """End the job for a reason that is not the provider's. An open entry is settled by the sweep."""
        self._mine.update(**ended(JobState.GAVE_UP, error_class))

    def _open(self, request: dict[str, Any]) -> None:
        try:
            self.output = ledger.open_call(
                OUTPUT_PURPOSES.get(Purpose(self.job.purpose), OutputPurpose.JOB),
                self.job.version,
                json.dumps(request, ensure_ascii=False),
                job=self.job,
                index_digest=str(request.get("index_digest", "")),
            )
        except ledger.Fenced as fenced:
            raise StopCall(str(fenced)) from fenced
        except BudgetSpent as spent:
            self.give_up("budget")
            raise StopCall(str(spent)) from spent

    def _write_fields(self) -> None:
        try:
            with connection.cursor() as cursor:
                values: list[Any] = [Jsonb(self.arriving.fields), self.job.pk, self.job.attempt]
                cursor.execute(WRITE_FIELDS, values)
                written = cursor.rowcount
        except (OperationalError, InterfaceError) as error:
            if connection.in_atomic_block:
                raise
            # The next write, or the settlement, brings this field along.
            log.warning("job %s: a field waits for the database: %s", self.job.pk, type(error).__name__)
            return
        if not written:
            raise StopCall(str(ledger.Fenced()))

    def _seconds_left(self) -> float:
        """Until the row's deadline; 0 when it is no longer this attempt's."""
        left = self._mine.annotate(left=time_left).values_list("left", flat=True).first()
        return left.total_seconds() if left else 0.0

    @property
    def _mine(self) -> QuerySet[PrefillJob]:
        return PrefillJob.objects.filter(pk=self.job.pk, attempt=self.job.attempt, state=JobState.RUNNING)

    def _settle(self, result: Outcome | SuggestionFailed, random: Callable[[], float]) -> None:
        is_answered = isinstance(result, Outcome)
        with transaction.atomic():
            is_mine = self._mine.update(**self._follows(result, random))
            if self.output:
                # Last, for its lock on the day's row: the settlements of all workers queue for it.
                status = OutputStatus.OK if is_answered else OutputStatus.FAILED
                ledger.settle_call(self.output, status if is_mine else OutputStatus.FENCED, result)

    def _follows(self, result: Outcome | SuggestionFailed, random: Callable[[], float]) -> dict[str, Any]:
        """The row's next values: done, failed, or another try within the time that is left."""
        arrived: dict[str, Any] = {"fields": self.arriving.fields}
        if self.arriving.fields:
            arrived["first_field_at"] = Coalesce(F("first_field_at"), Now())
        if isinstance(result, Outcome) or self.arriving.is_complete:
            return arrived | ended(JobState.DONE)
        delay = result.error_class.delay(self.job.tries, result.retry_after)
        if delay is None or delay * (1 + JITTER) >= self._seconds_left():
            return arrived | ended(JobState.FAILED, result.error_class, result.detail)
        return arrived | {
            "state": JobState.QUEUED,
            "lease_until": None,
            "next_at": Now() + timedelta(seconds=delay * (1 + JITTER * random())),
            "sequence": F("sequence") + 1,
            "error_class": result.error_class,
            "error_detail": result.detail[:300],
        }


def ended(state: JobState, error_class: str = "", detail: str = "") -> dict[str, Any]:
    """The values that end a job."""
    return {
        "state": state,
        "lease_until": None,
        "ended_at": Now(),
        "sequence": F("sequence") + 1,
        "error_class": error_class,
        "error_detail": detail[:300],
    }


def end_user(job: PrefillJob) -> str:
    """Who asks, as a provider may know it: a hash that means nothing without this site's key."""
    person = f"account {job.seller_id}" if job.seller_id else f"unit {job.unit}"
    return salted_hmac("aiprefill.end_user", person, algorithm="sha256").hexdigest()


def release() -> None:
    """Hand the database connection back: a provider may take half a minute."""
    if not connection.in_atomic_block:
        connection.close()


def _picture(photo: Photo, side: int) -> bytes | None:
    """The photo at the size asked for; None when its file is gone or damaged."""
    try:
        return photo_files.picture(photo, side)
    except OSError as error:
        log.warning("photo %s not readable: %s", photo.pk, type(error).__name__)
        return None
