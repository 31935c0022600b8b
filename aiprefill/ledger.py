"""The ledger of provider calls: a ModelOutput and its reservation, committed before the bytes leave.

Whoever calls a provider opens an entry and settles it, once; what nobody settled was lost with its worker.
"""

import uuid
from collections.abc import Iterable
from datetime import UTC, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from aiprefill import limits
from aiprefill.models import ModelOutput, OutputPurpose, OutputStatus, PrefillJob, PromptVersion
from aiprefill.providers import PROVIDERS
from aiprefill.providers.base import ErrorClass, Outcome, Reply, SuggestionFailed

OTHER_CALLS: Final = timedelta(minutes=10)
"""Longer than any call that is not a job's: evaluations and judges keep deadlines of their own."""


def call_reserve(version: PromptVersion) -> int:
    """Micro-dollars that are set aside before a call of this version."""
    return settings.PREFILL_CALL_RESERVE_MICROS if PROVIDERS[version.provider].charges else 0


def open_call(
    purpose: OutputPurpose,
    version: PromptVersion,
    request: str,
    *,
    job: PrefillJob | None = None,
    attempt: int = 1,
    index_digest: str = "",
) -> ModelOutput:
    """Write the entry of a call that is about to be made. Commit before the bytes leave.

    `request` is JSON without picture bytes. Raises `limits.BudgetSpent`; then nothing is written.
    """
    with transaction.atomic():
        output = ModelOutput.objects.create(
            purpose=purpose,
            job=job,
            version=version,
            attempt=attempt,
            request=request,
            index_digest=index_digest,
            reserved_micros=call_reserve(version),
        )
        if output.reserved_micros:
            limits.reserve(output.started_at.astimezone(UTC).date(), output.reserved_micros)
    return output


def settle_call(output: ModelOutput, status: OutputStatus, result: Outcome | SuggestionFailed) -> bool:
    """Write what came of the call, and its cost; False if it was settled before. Erased texts stay erased."""
    reply = result.reply
    values: dict[str, Any] = {
        "error_class": result.error_class if isinstance(result, SuggestionFailed) else "",
        "http_status": reply.http_status,
        "request_id": reply.request_id[:120],
        "latency_ms": round(result.latency * 1000),
        "cost_micros": reply.cost,
    }
    if reply.usage:
        values |= {
            "input_tokens": reply.usage.input,
            "cached_tokens": reply.usage.cached,
            "output_tokens": reply.usage.output,
        }
    content = {"raw": reply.text, "parsed": _parsed(result)}
    return _settle(output.pk, status, _spent(output, result), values, content)


def settle_lost() -> int:
    """Settle the calls whose worker must be dead, each as spent in full: the provider may have charged it."""
    longest = timedelta(seconds=settings.PREFILL_CALL_SECONDS + settings.PREFILL_LEASE_SECONDS)
    still_open = ModelOutput.objects.filter(status=OutputStatus.OPEN)
    of_jobs = still_open.filter(job__isnull=False, started_at__lt=Now() - longest)
    others = still_open.filter(job=None, started_at__lt=Now() - OTHER_CALLS)
    lost = [*of_jobs, *others]
    return sum(_settle(output.pk, OutputStatus.LOST, output.reserved_micros, {}, {}) for output in lost)


def erase(job_ids: Iterable[uuid.UUID]) -> None:
    """Take the texts out of every call of these jobs, also out of one that is still open."""
    erase_outputs(ModelOutput.objects.filter(job__in=job_ids).values_list("pk", flat=True))


def erase_outputs(output_ids: Iterable[int]) -> None:
    """Take the texts out of these calls, open ones included."""
    ModelOutput.objects.filter(pk__in=output_ids, erased_at=None).update(
        erased_at=Now(), request=None, raw=None, parsed=None
    )


def _settle(
    output_id: int, status: OutputStatus, spent: int, values: dict[str, Any], content: dict[str, Any]
) -> bool:
    with transaction.atomic(savepoint=False):
        output = ModelOutput.objects.select_for_update().get(pk=output_id)
        if output.status != OutputStatus.OPEN:
            return False
        values |= content if output.erased_at is None else {}
        ModelOutput.objects.filter(pk=output_id).update(status=status, settled_at=Now(), **values)
        if output.reserved_micros or spent:
            limits.book(output.started_at.astimezone(UTC).date(), output.reserved_micros, spent)
    return True


def _parsed(result: Outcome | SuggestionFailed) -> dict[str, Any]:
    """The gated fields of an answer, whole or broken off."""
    if isinstance(result, Outcome):
        return result.suggestion.to_json()
    return {name: field.to_json() for name, field in result.arrived.items()}


_UNCHARGED: Final = frozenset({ErrorClass.CONNECT, ErrorClass.BAD_REQUEST})


def _spent(output: ModelOutput, result: Outcome | SuggestionFailed) -> int:
    """Micro-dollars to book: the cost, or the whole reservation where the cost is not known."""
    reply: Reply = result.reply
    if reply.cost is not None:
        return reply.cost
    refused = reply.http_status is not None and reply.http_status >= 400
    if refused or (isinstance(result, SuggestionFailed) and result.error_class in _UNCHARGED):
        return 0
    return output.reserved_micros
