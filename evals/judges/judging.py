"""Answers being judged: each asked about once a version of the judge, a bounded number at once."""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.db import connection, transaction

from aiprefill.public import (
    Answered,
    BudgetSpent,
    CallEvent,
    CallOpened,
    ErrorClass,
    ModelOutput,
    OutputPurpose,
    OutputStatus,
    SuggestionFailed,
    SuggestRequest,
    ask,
    call_reserve,
    connect,
    endpoint,
    open_call,
    settle_call,
    spent_micros,
)
from evals.datasets import files
from evals.judges.modes import Finding, Mode, judge_version, verdicts
from evals.judges.subjects import Subject, subjects
from evals.models import CaseResult, EvalRun, JudgeLabel, JudgeVerdict, RunCall
from evals.runner.agenda import Agenda, CapReached, Purse, in_threads
from evals.runner.performance import JITTER, KEPT_PICTURES, NO_CAP, Progress
from listings.photos import model_picture


@dataclass(slots=True)
class _Question:
    """An answer on its way to its verdict: the tries so far, and how the last one failed."""

    subject: Subject
    tries: int = 0
    error: str = ""
    output: ModelOutput | None = None


class Judging:
    """The answers of a run, and all that people have labelled, judged by threads of this process.

    What this version of the judge has judged is not asked again, so that the same order goes on where an
    earlier one ended. `stop` may be called from any thread.
    """

    def __init__(
        self,
        mode: Mode,
        run: EvalRun,
        *,
        concurrency: int = 16,
        max_cost_micros: int | None = None,
        on_progress: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self.mode = mode
        self.version = judge_version(mode)
        self.concurrency = concurrency
        self.on_progress = on_progress
        labelled = JudgeLabel.objects.filter(mode=mode.name).values("result")
        met = [*subjects(run.results.all()), *subjects(CaseResult.objects.filter(pk__in=labelled))]
        self.waiting = self._not_judged(met)
        self.agenda = Agenda[_Question]()
        self.purse = Purse(NO_CAP if max_cost_micros is None else max_cost_micros, 0)
        self.failed: Counter[str] = Counter()
        """Answers that got no verdict, by error class."""
        self._done = 0
        self._counting = threading.Lock()
        self._picture = lru_cache(KEPT_PICTURES)(self._read_picture)

    @property
    def progress(self) -> Progress:
        """How far it is."""
        return Progress(self._done + self.failed.total(), len(self.waiting), self.purse.spent)

    def stop(self, why: str) -> None:
        """Make no more calls; those that are under way are waited for. The first reason stays."""
        self.agenda.stop(why)

    def perform(self) -> str:
        """Ask about every answer that waits; why it ended before that, "" if it did not."""
        if not self.waiting:
            return ""
        self.provider = connect(self.version)  # here: threads that met would each make a client
        self.agenda.fill(_Question(subject) for subject in self.waiting)
        connection.close()
        in_threads(self.concurrency, self._work, "judge")
        return (self.agenda.stopped or "") if self.progress.finished < len(self.waiting) else ""

    def _not_judged(self, met: Iterable[Subject]) -> list[Subject]:
        by_digest = {subject.digest: subject for subject in met}
        known = verdicts(self.mode).filter(answer_digest__in=by_digest)
        judged = set(known.values_list("answer_digest", flat=True))
        return [subject for digest, subject in sorted(by_digest.items()) if digest not in judged]

    def _work(self) -> None:
        try:
            while question := self.agenda.take():
                self._ask(question)
        finally:
            # After a mistake nobody must wait for what this thread had taken; at the end it is no matter.
            self.stop("A thread ended early.")
            connection.close()

    def _ask(self, question: _Question) -> None:
        reserved = spent = call_reserve(self.version)
        try:
            self.purse.reserve(reserved)
        except CapReached as reached:
            self.stop(str(reached))
            return
        result: Answered | SuggestionFailed | None = None
        try:
            if self.agenda.stopped is not None:  # while this thread waited for money
                spent = 0
                return
            result = self._answer(question)
            spent = spent_micros(question.output, result) if question.output else 0
            self._write(question, result)
        except BudgetSpent as none_left:
            spent = 0
            self.stop(str(none_left))
            return
        except (Erased, OSError) as gone:  # with the answer its pictures are erased
            spent = 0
            if not is_erased(question.subject.result):
                self.stop(f"Case {question.subject.result.case.key}: {gone}")
                return
        finally:
            self.purse.settle(reserved, spent)
        self._count(question, result)

    def _answer(self, question: _Question) -> Answered | SuggestionFailed:
        """Make one call. Raises BudgetSpent, Erased or OSError; then nothing was sent."""
        question.output = None
        subject = question.subject
        request = SuggestRequest(
            tuple(self._picture(sha256) for sha256 in subject.pictures),
            subject.result.case.language,
            self.version.spec,
            token_scale=2 if question.error == ErrorClass.INCOMPLETE else 1,
            material=subject.material,
        )
        deadline = time.monotonic() + settings.PREFILL_CALL_SECONDS
        result = ask(
            request,
            self.provider,
            Finding,
            deadline=deadline,
            on_event=lambda event: self._open(question, event),
        )
        question.tries += 1
        return result

    def _open(self, question: _Question, event: CallEvent) -> None:
        if not isinstance(event, CallOpened):
            return
        met = question.subject.result
        with transaction.atomic():
            if not still_there(met):
                raise Erased
            request = json.dumps(event.request, ensure_ascii=False)
            question.output = open_call(OutputPurpose.JUDGE, self.version, request)
            RunCall.objects.create(
                run_id=met.run_id, case_id=met.case_id, repeat=met.repeat, output=question.output
            )
        connection.close()

    def _write(self, question: _Question, result: Answered | SuggestionFailed) -> None:
        """Settle the call, and keep the verdict unless its answer was erased meanwhile."""
        if question.output is None:  # nothing was sent
            return
        finding = result.value if isinstance(result, Answered) else None
        with transaction.atomic():
            if isinstance(finding, Finding) and still_there(question.subject.result):
                verdict = JudgeVerdict(
                    mode=self.mode.name,
                    version=self.version,
                    endpoint=endpoint(self.version.provider),
                    answer_digest=question.subject.digest,
                    output=question.output,
                    fails=finding.fails,
                    reason=finding.reason,
                )
                # Another process may have judged it at the same time.
                JudgeVerdict.objects.bulk_create([verdict], ignore_conflicts=True)
            status = OutputStatus.OK if finding else OutputStatus.FAILED
            settle_call(question.output, status, result)
        connection.close()

    def _count(self, question: _Question, result: Answered | SuggestionFailed | None) -> None:
        """Let the answer wait for another try, or be done with it; without a result it is erased."""
        if isinstance(result, SuggestionFailed):
            question.error = result.error_class
            delay = result.error_class.delay(question.tries, result.retry_after)
            if result.error_class.halts:
                self.stop(f"{result.error_class}: {result.detail}")
            if delay is not None:
                self.agenda.again(question, delay * (1 + JITTER * random.random()))  # noqa: S311  no secret
                return
        with self._counting:
            if isinstance(result, SuggestionFailed):
                self.failed[result.error_class] += 1
            else:
                self._done += 1
            self.on_progress(self.progress)
        self.agenda.end()

    def _read_picture(self, sha256: str) -> bytes:
        return model_picture(files.read(sha256), self.version.spec.picture_size)


class Erased(Exception):
    """The answer was erased before it could be asked about."""


def is_erased(result: CaseResult) -> bool:
    """Whether the answer is erased by now."""
    return not CaseResult.objects.filter(pk=result.pk, erased_at=None).exists()


def still_there(result: CaseResult) -> bool:
    """Whether the answer is not erased, nor will be before this transaction ends."""
    rows = CaseResult.objects.select_for_update(no_key=True).filter(pk=result.pk, erased_at=None)
    return rows.values_list("pk").first() is not None
