"""The ledger of provider calls: a ModelOutput and its reservation, committed before the bytes leave.

Whoever calls a provider opens an entry and settles it, once; what nobody settled was lost with its worker.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now
from psycopg.types.json import Jsonb

from aiprefill import limits
from aiprefill.models import ModelOutput, OutputPurpose, OutputStatus, PrefillJob, PromptVersion
from aiprefill.providers import PROVIDERS
from aiprefill.providers.base import Answered, ErrorClass, Outcome, Reply, SuggestionFailed

OTHER_CALLS: Final = timedelta(minutes=10)
"""Longer than any call that is not a job's: evaluations and judges keep deadlines of their own."""

Result = Outcome | Answered | SuggestionFailed


OPEN: Final = """
WITH mine AS (
    SELECT FROM aiprefill_prefilljob
    WHERE id = %(job)s::uuid AND attempt = %(attempt)s AND state = 'running'
    FOR UPDATE
), fence AS (
    SELECT %(job)s::uuid IS NULL OR EXISTS (SELECT FROM mine) AS is_open
), reserved AS (
    INSERT INTO aiprefill_spendday AS day (day, reserved_micros, spent_micros)
    SELECT (statement_timestamp() AT TIME ZONE 'UTC')::date, %(micros)s, 0
    FROM fence WHERE is_open AND %(micros)s BETWEEN 1 AND %(budget)s
    ON CONFLICT (day) DO UPDATE SET reserved_micros = day.reserved_micros + excluded.reserved_micros
    WHERE day.reserved_micros + day.spent_micros + excluded.reserved_micros <= %(budget)s
    RETURNING 1
), opened AS (
    INSERT INTO aiprefill_modeloutput (
        purpose, job_id, version_id, attempt, status, error_class, request_id, index_digest, request,
        reserved_micros
    )
    SELECT %(purpose)s, %(job)s::uuid, %(version)s, %(attempt)s, 'open', '', '', %(index_digest)s,
        %(request)s, %(micros)s
    FROM fence WHERE is_open AND (%(micros)s = 0 OR EXISTS (SELECT FROM reserved))
    RETURNING id
)
SELECT is_open, opened.id, set_config('synchronous_commit', 'off', true) FROM fence LEFT JOIN opened ON true
"""
"""One statement, so that the day's row is locked for no round trip: all calls of all workers queue for it.
Nor is it locked while the disk writes, which takes far longer: the commit does not wait, `FLUSH` does."""

SETTLE: Final = """
WITH settled AS (
    UPDATE aiprefill_modeloutput
    SET status = %(status)s, settled_at = statement_timestamp(), error_class = %(error_class)s,
        http_status = %(http_status)s, request_id = %(request_id)s, latency_ms = %(latency_ms)s,
        cost_micros = %(cost_micros)s, input_tokens = %(input_tokens)s, cached_tokens = %(cached_tokens)s,
        output_tokens = %(output_tokens)s,
        raw = CASE WHEN erased_at IS NULL THEN %(raw)s END,
        parsed = CASE WHEN erased_at IS NULL THEN %(parsed)s::jsonb END
    WHERE id = %(id)s AND status = 'open'
    RETURNING (started_at AT TIME ZONE 'UTC')::date AS day, reserved_micros
), booked AS (
    UPDATE aiprefill_spendday AS day
    SET reserved_micros = day.reserved_micros - settled.reserved_micros,
        spent_micros = day.spent_micros + %(spent)s
    FROM settled WHERE day.day = settled.day
)
SELECT count(*), set_config('synchronous_commit', 'off', true) FROM settled
"""
"""What was reserved is given back, and what was spent booked, once a call."""

FLUSH: Final = "SELECT pg_logical_emit_message(true, 'ledger', '')"
"""A transaction that changes nothing: its commit waits until all that came before is on the disk."""


class Fenced(Exception):
    """The job was stopped, erased or given to another attempt."""

    def __init__(self) -> None:
        super().__init__("the job is no longer this attempt's")


def call_reserve(version: PromptVersion) -> int:
    """Micro-dollars that are set aside before a call of this version."""
    return settings.PREFILL_CALL_RESERVE_MICROS if PROVIDERS[version.provider].charges else 0


def open_call(
    purpose: OutputPurpose,
    version: PromptVersion,
    request: str,
    *,
    job: PrefillJob | None = None,
    index_digest: str = "",
) -> ModelOutput:
    """Write the entry of a call that is about to be made. Commit before the bytes leave.

    `request` is JSON without picture bytes. Raises `limits.BudgetSpent`, and `Fenced` where the running
    attempt of the job is not `job.attempt`; then nothing is written.
    """
    output = ModelOutput(
        purpose=purpose,
        job=job,
        version=version,
        attempt=job.attempt if job else 1,
        request=request,
        index_digest=index_digest,
        reserved_micros=call_reserve(version),
    )
    values = {
        "purpose": output.purpose,
        "job": output.job_id,
        "version": output.version_id,
        "attempt": output.attempt,
        "index_digest": output.index_digest,
        "request": output.request,
        "micros": output.reserved_micros,
        "budget": settings.PREFILL_DAY_BUDGET_MICROS,
    }
    is_open, output.pk, _ = _committed_early(OPEN, values)
    if not is_open:
        raise Fenced
    if output.pk is None:
        raise limits.BudgetSpent
    return output


def settle_call(output: ModelOutput, status: OutputStatus, result: Result) -> bool:
    """Write what came of the call, and its cost; False if it was settled before. Erased texts stay erased."""
    reply = result.reply
    values = {
        "error_class": result.error_class if isinstance(result, SuggestionFailed) else "",
        "http_status": reply.http_status,
        "request_id": reply.request_id[:120],
        "latency_ms": round(result.latency * 1000),
        "cost_micros": reply.cost,
        "input_tokens": reply.usage.input if reply.usage else None,
        "cached_tokens": reply.usage.cached if reply.usage else None,
        "output_tokens": reply.usage.output if reply.usage else None,
        "raw": reply.text or (result.detail if isinstance(result, SuggestionFailed) else ""),
        "parsed": Jsonb(_parsed(result)),
    }
    return _settle(output.pk, status, spent_micros(output, result), values)


_UNCHARGED: Final = frozenset({ErrorClass.CONNECT, ErrorClass.BAD_REQUEST})


def spent_micros(output: ModelOutput, result: Result) -> int:
    """Micro-dollars to book: the cost, or the whole reservation where the cost is not known."""
    reply: Reply = result.reply
    if reply.cost is not None:
        return reply.cost
    refused = reply.http_status is not None and reply.http_status >= 400
    if refused or (isinstance(result, SuggestionFailed) and result.error_class in _UNCHARGED):
        return 0
    return output.reserved_micros


UNKNOWN: Final = {
    "error_class": "",
    "http_status": None,
    "request_id": "",
    "latency_ms": None,
    "cost_micros": None,
    "input_tokens": None,
    "cached_tokens": None,
    "output_tokens": None,
    "raw": None,
    "parsed": None,
}
"""What is known of a call whose worker died."""


def settle_lost() -> int:
    """Settle the calls whose worker must be dead, each as spent in full: the provider may have charged it."""
    longest = timedelta(seconds=settings.PREFILL_CALL_SECONDS + settings.PREFILL_LEASE_SECONDS)
    still_open = ModelOutput.objects.filter(status=OutputStatus.OPEN)
    of_jobs = still_open.filter(job__isnull=False, started_at__lt=Now() - longest)
    others = still_open.filter(job=None, started_at__lt=Now() - OTHER_CALLS)
    return settle_as_lost([*of_jobs, *others])


def settle_as_lost(outputs: Iterable[ModelOutput]) -> int:
    """Settle open calls whose worker is known to be dead, as spent in full; say how many they were."""
    return sum(_settle(output.pk, OutputStatus.LOST, output.reserved_micros, UNKNOWN) for output in outputs)


def erase(job_ids: Iterable[uuid.UUID]) -> None:
    """Take the texts out of every call of these jobs, also out of one that is still open."""
    erase_outputs(ModelOutput.objects.filter(job__in=job_ids).values_list("pk", flat=True))


def erase_outputs(output_ids: Iterable[int]) -> None:
    """Take the texts out of these calls, open ones included."""
    ModelOutput.objects.filter(pk__in=output_ids, erased_at=None).update(
        erased_at=Now(), request=None, raw=None, parsed=None
    )


def _settle(output_id: int, status: OutputStatus, spent: int, values: Mapping[str, Any]) -> bool:
    settled, _ = _committed_early(SETTLE, {**values, "id": output_id, "status": status, "spent": spent})
    return bool(settled)


def _committed_early(statement: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """The row that the statement returns; the disk is waited for once the commit has freed the day's row."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row: tuple[Any, ...] = cursor.fetchone()
    transaction.on_commit(_flush)
    return row


def _flush() -> None:
    with connection.cursor() as cursor:
        cursor.execute(FLUSH)


def _parsed(result: Result) -> dict[str, Any]:
    """The gated fields of an answer, whole or broken off; one of another form as it is."""
    if isinstance(result, Answered):
        return result.value.model_dump(mode="json")
    if isinstance(result, Outcome):
        return result.suggestion.to_json()
    return {name: field.to_json() for name, field in result.arrived.items()}
