"""The day's money, and the ledger of what it went to."""

import threading
from datetime import UTC, date, timedelta

import pytest
from django.conf import LazySettings
from django.db import connection

from aiprefill import ledger
from aiprefill.limits import BudgetSpent
from aiprefill.models import ModelOutput, OutputPurpose, OutputStatus, PromptVersion, SpendDay
from aiprefill.prompts import FLOOR, PRODUCTION, label_version
from aiprefill.providers.base import ErrorClass, Reply, SuggestionFailed, Usage

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 1)
RESERVE = 60_000


@pytest.fixture
def production() -> PromptVersion:
    return label_version(PRODUCTION)


def opened(version: PromptVersion) -> ModelOutput:
    return ledger.open_call(OutputPurpose.EVAL, version, "{}")


def cut(reply: Reply) -> SuggestionFailed:
    return SuggestionFailed(ErrorClass.CUT, "", reply, 0.5)


def test_the_last_micro_dollar_can_be_spent(settings: LazySettings, production: PromptVersion) -> None:
    settings.PREFILL_DAY_BUDGET_MICROS = 2 * RESERVE
    first = opened(production)
    opened(production)
    with pytest.raises(BudgetSpent):
        opened(production)
    assert ledger.settle_call(first, OutputStatus.FAILED, cut(Reply(cost=1)))
    with pytest.raises(BudgetSpent):
        opened(production)
    settings.PREFILL_DAY_BUDGET_MICROS += 1
    opened(production)
    SpendDay.objects.update(day=DAY)
    opened(production)


def test_a_refused_reservation_leaves_no_entry(settings: LazySettings, production: PromptVersion) -> None:
    settings.PREFILL_DAY_BUDGET_MICROS = RESERVE - 1
    with pytest.raises(BudgetSpent):
        opened(production)
    assert ModelOutput.objects.count() == 0


def test_a_call_is_settled_once(production: PromptVersion) -> None:
    output = opened(production)
    reply = Reply(text="half", usage=Usage(10, 5, 2), cost=30, request_id="r" * 300)
    assert ledger.settle_call(output, OutputStatus.FAILED, cut(reply))
    assert not ledger.settle_call(output, OutputStatus.FENCED, cut(Reply(cost=99)))
    output.refresh_from_db()
    assert (output.status, output.error_class, output.raw) == (OutputStatus.FAILED, "cut", "half")
    assert (output.input_tokens, output.cached_tokens, output.output_tokens) == (10, 2, 5)
    assert (output.cost_micros, output.latency_ms, len(output.request_id)) == (30, 500, 120)
    output.refresh_from_db()
    day = SpendDay.objects.get()
    assert (day.day, day.reserved_micros, day.spent_micros) == (
        output.started_at.astimezone(UTC).date(),
        0,
        30,
    )


def test_a_call_without_charge_needs_no_money(settings: LazySettings) -> None:
    settings.PREFILL_DAY_BUDGET_MICROS = 0
    output = opened(label_version(FLOOR))
    assert output.reserved_micros == 0
    assert ledger.settle_call(output, OutputStatus.FAILED, cut(Reply(cost=0)))
    assert not SpendDay.objects.exists()


def test_what_nobody_settles_is_lost_when_no_call_can_be_that_old(
    production: PromptVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = opened(production)
    assert ledger.settle_lost() == 0
    monkeypatch.setattr(ledger, "OTHER_CALLS", -timedelta(minutes=1))
    assert ledger.settle_lost() == 1
    assert ledger.settle_lost() == 0
    output.refresh_from_db()
    assert (output.status, output.cost_micros) == (OutputStatus.LOST, None)
    day = SpendDay.objects.get()
    assert (day.reserved_micros, day.spent_micros) == (0, RESERVE)


@pytest.mark.django_db(transaction=True)
def test_a_burst_of_calls_never_passes_the_budget(settings: LazySettings, production: PromptVersion) -> None:
    settings.PREFILL_DAY_BUDGET_MICROS = 3 * RESERVE
    start = threading.Barrier(8)
    refused: list[BudgetSpent] = []

    def call() -> None:
        start.wait()
        try:
            opened(production)
        except BudgetSpent as spent:
            refused.append(spent)
        finally:
            connection.close()

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (ModelOutput.objects.count(), len(refused)) == (3, 5)
    assert SpendDay.objects.get().reserved_micros == 3 * RESERVE
