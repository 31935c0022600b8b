"""Answers that are known: asked of one server, in the same words, about the same pictures, in that repeat."""

import hashlib
from collections.abc import Iterable

from aiprefill.public import canonical_json
from evals.answer import REFUSALS, UNUSABLE
from evals.models import CaseResult, EvalRun
from evals.runner.questions import Question


def cache_key(run: EvalRun, question: Question, index_digest: str) -> str:
    """Under which the answer to a question is known; SHA-256, hex.

    `index_digest` is "" for a provider without an index; with one, the answer also hangs on the cluster that
    it must not recognise.
    """
    index = [index_digest, question.cluster] if index_digest else []
    asked = [run.version.digest, run.endpoint]
    parts = [asked, question.pictures, question.case.language, index, question.repeat]
    return hashlib.sha256(canonical_json(parts).encode()).hexdigest()


def known(keys: Iterable[str]) -> dict[str, CaseResult]:
    """The newest answer under each of these keys.

    A refusal is one, and so is what broke the schema: asked until it comes right, every version would be
    right. An error of the provider is none.
    """
    answers = CaseResult.objects.filter(
        cache_key__in=list(keys), error_class__in=["", *REFUSALS, *UNUSABLE], erased_at=None
    )
    return {answer.cache_key: answer for answer in answers.order_by("cache_key", "pk")}


def copied(answer: CaseResult) -> CaseResult:
    """A result with the same answer, for another run; unsaved, without run, case and scores."""
    return CaseResult(
        cache_key=answer.cache_key,
        output_id=answer.output_id,
        from_cache=True,
        answer=answer.answer,
        error_class=answer.error_class,
        latency_ms=answer.latency_ms,
        input_tokens=answer.input_tokens,
        output_tokens=answer.output_tokens,
        cost_micros=answer.cost_micros,
    )
