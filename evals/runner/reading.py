"""One case read once, as production reads a draft: tried again where that can help, then settled for good."""

import json
import logging
import time
from dataclasses import dataclass, field
from typing import Any, Final

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from aiprefill.public import (
    Arriving,
    CallEvent,
    CallOpened,
    ErrorClass,
    FieldReady,
    ModelOutput,
    Outcome,
    OutputPurpose,
    OutputStatus,
    Provider,
    Suggestion,
    SuggestionFailed,
    SuggestRequest,
    open_call,
    settle_call,
    spent_micros,
    suggest,
)
from evals.answer import REFUSALS, UNUSABLE, Answer
from evals.models import CaseResult, EvalRun, RunCall
from evals.runner.lease import LeaseLost, mine
from evals.runner.questions import Question, still_there
from evals.scoring import Scores, score

log = logging.getLogger("evals")

SETTLE_PAUSES: Final = (0.0, 0.5, 1.0, 2.0)
"""Seconds before each try to write down an answer that is paid for."""
Result = Outcome | SuggestionFailed


class Erased(Exception):
    """The case was erased before it could be asked about."""

    def __init__(self) -> None:
        super().__init__("Its content was erased meanwhile.")


@dataclass(slots=True)
class Costs:
    """What the tries of one reading took together; NULL in `micros` once a try was unpriced."""

    latency: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    micros: int | None = 0

    def add(self, result: Result) -> None:
        """Add one call's."""
        reply = result.reply
        self.latency += result.latency
        if reply.usage:
            self.input_tokens += reply.usage.input
            self.output_tokens += reply.usage.output
        charged = reply.cost if reply.cost is not None or reply.usage else 0
        self.micros = None if self.micros is None or charged is None else self.micros + charged


@dataclass(slots=True)
class Settled:
    """What follows from a call: what it cost, when the next try is due, why no other call can succeed."""

    spent: int
    delay: float | None = None
    halt: str = ""

    @property
    def is_result(self) -> bool:
        """Whether the question has its result now."""
        return self.delay is None and not self.halt


@dataclass(slots=True)
class Reading:
    """A question of a run on its way to its result: the tries so far, and what they brought."""

    run: EvalRun
    question: Question
    cache_key: str
    tries: int = 0
    arriving: Arriving = field(default_factory=lambda: Arriving({}))
    error: str = ""
    costs: Costs = field(default_factory=Costs)
    output: ModelOutput | None = None

    def ask(self, provider: Provider, pictures: tuple[bytes, ...]) -> Result:
        """Make one call. Raises LeaseLost, BudgetSpent or Erased; then nothing was sent."""
        self.output = None
        self.arriving = Arriving(self.arriving.fields)
        request = SuggestRequest(
            pictures,
            self.question.case.language,
            self.run.version.spec,
            token_scale=2 if self.error == ErrorClass.INCOMPLETE else 1,
        )
        deadline = time.monotonic() + settings.PREFILL_CALL_SECONDS
        result = suggest(request, provider, deadline=deadline, on_event=self._on_event)
        self.tries += 1
        self.costs.add(result)
        return result

    def settle(self, result: Result) -> Settled:
        """Write down what a call came to, patiently: it is paid for.

        A run that another process holds gets nothing but the call's own entry in the ledger; then this raises
        LeaseLost.
        """
        settled = Settled(spent_micros(self.output, result) if self.output else 0)
        if isinstance(result, SuggestionFailed):
            self.error = result.error_class
            if not self.arriving.is_complete:
                settled.delay = result.error_class.delay(self.tries, result.retry_after)
                settled.halt = f"{result.error_class}: {result.detail}" if result.error_class.halts else ""
        for pause in SETTLE_PAUSES:
            time.sleep(pause)  # none before the first try; then the database gets time to come back
            try:
                is_mine = self._write(result, settled)
            except (OperationalError, InterfaceError) as error:
                if pause == SETTLE_PAUSES[-1]:
                    raise
                log.warning("run %s: a result is not written yet: %s", self.run.pk, type(error).__name__)
                connection.close()
            else:
                break
        connection.close()
        if not is_mine:
            raise LeaseLost
        return settled

    def _on_event(self, event: CallEvent) -> None:
        match event:
            case CallOpened(request):
                self._open(request)
            case FieldReady(name, value):
                self.arriving.take(name, value)

    def _open(self, request: dict[str, Any]) -> None:
        with transaction.atomic():
            if not mine(self.run).select_for_update(no_key=True).values_list("pk").first():
                raise LeaseLost
            if not still_there([self.question.case.pk]):
                raise Erased
            self.output = open_call(
                OutputPurpose.EVAL,
                self.run.version,
                json.dumps(request, ensure_ascii=False),
                index_digest=str(request.get("index_digest", "")),
            )
            question = self.question
            RunCall.objects.create(
                run=self.run, case=question.case, repeat=question.repeat, output=self.output
            )
        connection.close()

    def _write(self, result: Result, settled: Settled) -> bool:
        status = OutputStatus.OK if isinstance(result, Outcome) else OutputStatus.FAILED
        with transaction.atomic():
            counted: dict[str, Any] = {"cost_micros": F("cost_micros") + settled.spent}
            if settled.is_result:
                counted |= {"finished": F("finished") + 1, "errors": F("errors") + int(bool(self._failed))}
            is_mine = bool(mine(self.run).update(**counted))
            if is_mine and settled.is_result:
                told = self._result()
                kept = told if still_there([told.case_id]) else erased(told)
                kept.save(force_insert=True)
            if self.output:
                # Last, for its lock on the day's row: sellers' calls queue for it.
                settle_call(self.output, status if is_mine else OutputStatus.FENCED, result)
        return is_mine

    @property
    def _failed(self) -> str:
        """The error class it ends with; all fields there is an answer, whatever came after the last."""
        return "" if self.arriving.is_complete else self.error

    def _result(self) -> CaseResult:
        return CaseResult(
            run=self.run,
            case=self.question.case,
            repeat=self.question.repeat,
            cache_key=self.cache_key,
            output=self.output,
            answer=self.arriving.fields,
            error_class=self._failed,
            scores=scores_of(self.question, self.arriving.fields, self._failed),
            latency_ms=round(self.costs.latency * 1000),
            input_tokens=self.costs.input_tokens,
            output_tokens=self.costs.output_tokens,
            cost_micros=self.costs.micros,
        )


def scores_of(question: Question, fields: dict[str, Any], error: str) -> Scores:
    """The scores that apply; none for a failure that is not the model's, which no score can judge."""
    if error and error not in REFUSALS | UNUSABLE:
        return {}
    suggestion = None if error else Suggestion.from_json(fields)
    answer = Answer(suggestion, error, question.case.language)
    told = score(question.case.expectation, answer)
    return {name: value for name, value in told.items() if value is not None}


def erased(result: CaseResult) -> CaseResult:
    """The unsaved result as the erasure of its case would have left it."""
    result.answer, result.erased_at = None, Now()
    return result
