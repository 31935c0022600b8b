"""A run being performed: first what the cache knows, then calls, a bounded number at once."""

import random
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from django.db import connection, transaction
from django.db.models import F

from aiprefill.public import (
    BudgetSpent,
    CatalogueProvider,
    ModelOutput,
    OutputStatus,
    Provider,
    call_reserve,
    connect,
    endpoint,
    settle_as_lost,
)
from evals.datasets import files
from evals.models import CaseResult, EvalRun, RunState
from evals.runner.agenda import Agenda, CapReached, Purse, in_threads
from evals.runner.cache import cache_key, copied, known
from evals.runner.index import DevIndex
from evals.runner.lease import LeaseLost, claim_next, end, held, mine
from evals.runner.questions import Question, questions, still_there
from evals.runner.reading import Erased, Reading, Settled, erased, scores_of
from listings.photos import model_picture

JITTER: Final = 0.25
"""Of a delay, so that calls which failed together do not come back together."""
KEPT_PICTURES: Final = 64
NO_CAP: Final = 2**62


class Progress(NamedTuple):
    """How far a run is: results there, results to get, micro-dollars spent."""

    finished: int
    planned: int
    cost_micros: int


class Performance:
    """A claimed run, performed by threads of this process. `stop` may be called from any thread."""

    def __init__(self, run: EvalRun, on_progress: Callable[[Progress], None] = lambda _: None) -> None:
        self.run = run
        self.on_progress = on_progress
        self.index = DevIndex(run.release) if run.version.provider == "catalogue" else None
        self.agenda = Agenda[Reading]()
        self.state = RunState.STOPPED
        """What the run becomes if it ends before everything is asked."""
        self._progress = Progress(0, 0, 0)
        self._counting = threading.Lock()
        self._decoding = threading.Lock()
        self._picture = lru_cache(KEPT_PICTURES)(self._read_picture)

    def stop(self, why: str, state: RunState = RunState.STOPPED) -> None:
        """Make no more calls; those that are under way are waited for. The first reason stays."""
        with self._counting:
            if self.agenda.stopped is None:
                self.state = state
            self.agenda.stop(why)

    def perform(self) -> None:
        """Ask what is not settled yet, and leave the run done, or ended early with its reason.

        When another process took it over, it is left to that one. A KeyboardInterrupt stops it without the
        calls under way, which count as lost once it is taken up again.
        """
        state, reason = RunState.FAILED, "It broke off by a mistake, which stands in the log."
        with held(self.run, self.stop):
            try:
                self._ask_all(self._prepared())
                is_done = self._progress.finished == self._progress.planned
                state, reason = (RunState.DONE, "") if is_done else (self.state, self.agenda.stopped or "")
            except LeaseLost:
                return
            except KeyboardInterrupt:
                state, reason = RunState.STOPPED, "Stopped at the terminal, without the calls under way."
                raise
            finally:
                end(self.run, state, reason)

    def _prepared(self) -> list[Reading]:
        """The questions without a result, after the books are in order and the cache was asked."""
        asked = questions(self.run)
        index_digest = self.index.digest if self.index else ""
        lost = self._settle_lost()
        settled = set(self.run.results.values_list("case", "repeat"))
        planned = len(settled | {(question.case.pk, question.repeat) for question in asked})
        counted = {"planned": planned, "paid_again": lost, "index_digest": index_digest}
        more_lost = (lost - F("paid_again")) * call_reserve(self.run.version)
        if not mine(self.run).update(**counted, cost_micros=F("cost_micros") + more_lost):
            raise LeaseLost
        readings = [
            Reading(self.run, question, cache_key(self.run, question, index_digest))
            for question in asked
            if (question.case.pk, question.repeat) not in settled
        ]
        return readings if self.run.is_fresh else self._not_cached(readings)

    def _settle_lost(self) -> int:
        """Settle the calls of earlier attempts, whose process is gone; say how many were ever lost."""
        calls = ModelOutput.objects.filter(run_call__run=self.run)
        settle_as_lost(calls.filter(status=OutputStatus.OPEN))
        return calls.filter(status=OutputStatus.LOST).count()

    def _not_cached(self, readings: Sequence[Reading]) -> list[Reading]:
        """Write down every answer that is known; the readings of the others."""
        answers = known(reading.cache_key for reading in readings)
        results = []
        for reading in readings:
            if answer := answers.get(reading.cache_key):
                result, question = copied(answer), reading.question
                result.run, result.case, result.repeat = self.run, question.case, question.repeat
                result.scores = scores_of(question, result.answer or {}, result.error_class)
                results.append(result)
        with transaction.atomic():
            count = len(results)
            errors = sum(bool(result.error_class) for result in results)
            counted = {
                "finished": F("finished") + count,
                "from_cache": F("from_cache") + count,
                "errors": F("errors") + errors,
            }
            if not mine(self.run).update(**counted):
                raise LeaseLost
            there = still_there(result.case_id for result in results)
            kept = [result if result.case_id in there else erased(result) for result in results]
            CaseResult.objects.bulk_create(kept, batch_size=500)
        return [reading for reading in readings if reading.cache_key not in answers]

    def _ask_all(self, readings: Sequence[Reading]) -> None:
        run = EvalRun.objects.get(pk=self.run.pk)
        connection.close()
        self.purse = Purse(NO_CAP if run.max_cost_micros is None else run.max_cost_micros, run.cost_micros)
        self._progress = Progress(run.finished, run.planned, run.cost_micros)
        self.on_progress(self._progress)
        if readings and (here := endpoint(run.version.provider)) != run.endpoint:
            there = run.endpoint or "a place that was not kept"
            self.stop(f"It asks {there}, this process {here}. Ask for a new run.", RunState.FAILED)
            return
        if not self.index and readings:
            self.provider = connect(run.version)  # here: threads that met would each make a client
        self.agenda.fill(readings)
        in_threads(run.concurrency, self._work, f"run-{run.pk}")

    def _work(self) -> None:
        try:
            while reading := self.agenda.take():
                self._ask(reading)
        except LeaseLost as lost:
            self.stop(str(lost))
        finally:
            # After a mistake nobody must wait for what this thread had taken; at the end it is no matter.
            self.stop("A thread of the run ended early.")
            connection.close()

    def _ask(self, reading: Reading) -> None:
        reserved = spent = call_reserve(self.run.version)
        try:
            self.purse.reserve(reserved)
        except CapReached as reached:
            self.stop(str(reached))
            return
        try:
            if self.agenda.stopped is not None:  # while this thread waited for money
                spent = 0
                return
            result = reading.ask(self._provider(reading.question), self._pictures(reading.question))
            settled = reading.settle(result)
            spent = settled.spent
        except BudgetSpent as none_left:
            self.stop(str(none_left))
            return
        except (Erased, OSError) as gone:
            self.stop(f"Case {reading.question.case.key}: {gone}", RunState.FAILED)
            return
        finally:
            self.purse.settle(reserved, spent)
        if settled.halt:
            self.stop(settled.halt, RunState.FAILED)
        if settled.delay is None:
            self.agenda.end()
        else:
            self.agenda.again(reading, settled.delay * (1 + JITTER * random.random()))  # noqa: S311  no secret
        self._count(settled)

    def _count(self, settled: Settled) -> None:
        with self._counting:
            finished, planned, cost = self._progress
            self._progress = Progress(finished + settled.is_result, planned, cost + settled.spent)
            self.on_progress(self._progress)

    def _provider(self, question: Question) -> Provider:
        if self.index:
            return CatalogueProvider(self.index, question.cluster)
        return self.provider

    def _pictures(self, question: Question) -> tuple[bytes, ...]:
        # One thread at a time: those that start together ask for the same pictures, once for each repeat.
        with self._decoding:
            return tuple(self._picture(sha256) for sha256 in question.pictures)

    def _read_picture(self, sha256: str) -> bytes:
        return model_picture(files.read(sha256), self.run.version.spec.picture_size)


_here: Final[set[Performance]] = set()


def perform_next() -> bool:
    """Claim the oldest run that is due and perform it; False when none is."""
    run = claim_next()
    if run is None:
        return False
    performance = Performance(run)
    _here.add(performance)
    try:
        performance.perform()
    finally:
        _here.discard(performance)
        connection.close()
    return True


def hand_back() -> None:
    """End what `perform_next` performs in this process after the calls under way, and let it wait again."""
    for performance in list(_here):
        performance.stop("", RunState.QUEUED)
