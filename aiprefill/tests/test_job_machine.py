"""Whatever happens to a job, in whatever order: nothing that arrived is lost, no money stays set aside."""

from typing import Any, ClassVar

import pytest
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.test import override_settings
from hypothesis import HealthCheck
from hypothesis import settings as example_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from aiprefill import actions, jobs, leases, ledger
from aiprefill.attempt import Attempt
from aiprefill.models import JobState, ModelOutput, OutputStatus, PrefillJob
from aiprefill.providers.base import (
    CallOpened,
    ErrorClass,
    FieldReady,
    Outcome,
    Reply,
    StopCall,
    SuggestionFailed,
)
from aiprefill.suggestion import SuggestedField, Suggestion
from aiprefill.tests.job_steps import asked, let_time_pass, lose_the_worker, spent
from listings import actions as listing_actions
from listings.fields import AI_FIELDS
from listings.models import Listing
from listings.tests.cast import make_draft

pytestmark = pytest.mark.django_db

COST = 7
REPLY = Reply(text="{}", cost=COST)
TEXTS = {"request", "raw", "parsed", "erased_at"}
ENDED = (JobState.DONE, JobState.FAILED, JobState.GAVE_UP, JobState.CANCELLED)


class Call:
    """One attempt in the hands of some worker, alive, late or forgotten."""

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        self.is_over = False

    @property
    def is_open(self) -> bool:
        return self.attempt.output is not None

    def send(self, event: CallOpened | FieldReady) -> None:
        try:
            self.attempt.on_event(event)
        except StopCall as stop:
            self.end(SuggestionFailed(ErrorClass.STOPPED, str(stop), REPLY, 1.0))

    def end(self, result: Outcome | SuggestionFailed) -> None:
        self.attempt.settle(result, lambda: 0.5)
        self.is_over = True


class JobMachine(RuleBasedStateMachine):
    """One job, its calls and everybody who has a say in it."""

    draft: ClassVar[Listing]

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.job = asked(self.draft)
        self.calls: list[Call] = []
        self.fields: dict[str, Any] = {}
        self.settled: dict[int, dict[str, Any]] = {}
        self.may_wake = False

    def teardown(self) -> None:
        try:
            for call in self.live():
                call.end(SuggestionFailed(ErrorClass.TIMEOUT, "", REPLY, 1.0))
            self.nothing_is_lost()
            assert spent()[0] == 0
        finally:
            transaction.savepoint_rollback(self.savepoint)

    def live(self) -> list[Call]:
        return [call for call in self.calls if not call.is_over]

    @rule(opens=st.booleans())
    def start_a_call(self, opens: bool) -> None:
        """A worker claims, at the time the job waited for, and may die before it asks."""
        PrefillJob.objects.filter(pk=self.job.pk, state=JobState.QUEUED).update(next_at=Now())
        attempt = jobs.claim()
        if attempt:
            leases.release(attempt.held)
            self.calls.append(Call(attempt))
            if opens:
                self.calls[-1].send(CallOpened({}))

    @precondition(lambda self: self.job.state == JobState.RUNNING)
    @rule()
    def take_over(self) -> None:
        """Another worker claims, while the first may only be late."""
        lose_the_worker(self.job)
        self.start_a_call(opens=True)

    @precondition(lambda self: any(not call.is_open for call in self.live()))
    @rule()
    def open_late(self) -> None:
        next(call for call in self.live() if not call.is_open).send(CallOpened({}))

    @precondition(lambda self: any(call.is_open for call in self.live()))
    @rule(data=st.data(), name=st.sampled_from(AI_FIELDS), told=st.booleans())
    def bring(self, data: st.DataObject, name: str, told: bool) -> None:
        call = data.draw(st.sampled_from([call for call in self.live() if call.is_open]))
        call.send(FieldReady(name, self.said(call, name) if told else SuggestedField(reason="too dark")))

    @precondition(lambda self: any(call.is_open for call in self.live()))
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        call = data.draw(st.sampled_from([call for call in self.live() if call.is_open]))
        said = {name: self.said(call, name) for name in AI_FIELDS}
        for name, field in said.items():
            if not call.is_over:
                call.send(FieldReady(name, field))
        if not call.is_over:
            call.end(Outcome(Suggestion(**said), REPLY, 1.0))

    @precondition(lambda self: any(call.is_open for call in self.live()))
    @rule(
        data=st.data(),
        error_class=st.sampled_from(ErrorClass),
        retry_after=st.sampled_from([None, 1.0, 1000.0]),
    )
    def fail(self, data: st.DataObject, error_class: ErrorClass, retry_after: float | None) -> None:
        call = data.draw(st.sampled_from([call for call in self.live() if call.is_open]))
        call.end(SuggestionFailed(error_class, "made up", REPLY, 1.0, retry_after))

    @rule()
    def try_again(self) -> None:
        self.may_wake = True
        actions.try_again(self.job)

    @rule(what=st.sampled_from(["stop", "deadline", "sweep", "lost", "lost", "erase"]))
    def interfere(self, what: str) -> None:
        match what:
            case "stop":
                actions.stop(self.job)
            case "deadline":
                let_time_pass(self.job)
            case "sweep":
                jobs.sweep()
            case "lost":
                with override_settings(PREFILL_CALL_SECONDS=-settings.PREFILL_LEASE_SECONDS - 1):
                    ledger.settle_lost()
            case "erase" if self.job.listing_id:
                listing_actions.delete(Listing.objects.get(pk=self.draft.pk))
                self.fields = {}

    @invariant()
    def nothing_is_lost(self) -> None:
        before, self.job = self.job, PrefillJob.objects.get(pk=self.job.pk)
        outputs = list(ModelOutput.objects.filter(job=self.job).values())
        self.what_arrived_stays()
        self.what_has_ended_sleeps(before)
        self.what_is_settled_stays(outputs)
        self.everything_is_accounted_for(outputs)

    def what_arrived_stays(self) -> None:
        fields = self.job.fields
        assert {name: fields.get(name) for name in self.fields} == self.fields
        assert not (self.job.erased_at and fields)
        self.fields = fields

    def what_has_ended_sleeps(self, before: PrefillJob) -> None:
        woke = before.state in ENDED and self.job.state not in ENDED
        assert not woke or self.may_wake
        assert self.job.tries <= 5
        assert self.job.losses <= jobs.MOST_LOSSES
        self.may_wake = False

    def what_is_settled_stays(self, outputs: list[Any]) -> None:
        now = {
            row["id"]: {key: value for key, value in row.items() if key not in TEXTS}
            for row in outputs
            if row["status"] != OutputStatus.OPEN
        }
        assert {key: now[key] for key in self.settled} == self.settled
        self.settled = now
        attempts = [row["attempt"] for row in outputs]
        assert len(attempts) == len(set(attempts))

    def everything_is_accounted_for(self, outputs: list[Any]) -> None:
        reserved = sum(row["reserved_micros"] for row in outputs if row["status"] == OutputStatus.OPEN)
        lost = sum(row["reserved_micros"] for row in outputs if row["status"] == OutputStatus.LOST)
        paid = sum(row["cost_micros"] or 0 for row in outputs)
        assert spent() == (reserved, lost + paid)

    def said(self, call: Call, name: str) -> SuggestedField:
        """Every call says something else; about half of them see another category."""
        number = call.attempt.job.attempt
        if name == "category":
            return SuggestedField("books" if number % 2 else "sports")
        return SuggestedField(reason="no idea") if name == "price" else SuggestedField(f"{name} {number}")


def test_nothing_is_lost_and_nothing_stays_reserved() -> None:
    JobMachine.draft = make_draft()
    with override_settings(OPENAI_BASE_URL="http://localhost:1/v1", PREFILL_JOBS_A_DAY_ANONYMOUS=1000):
        run_state_machine_as_test(
            JobMachine,
            settings=example_settings(
                max_examples=40,
                stateful_step_count=25,
                suppress_health_check=list(HealthCheck),
            ),
        )
