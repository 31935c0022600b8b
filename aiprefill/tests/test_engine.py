"""One call: its events, its result, and how it stops."""

import threading
import time
from collections.abc import Generator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from aiprefill.engine import ask, suggest
from aiprefill.providers.base import (
    Answered,
    CallEvent,
    CallOpened,
    CallSettled,
    ErrorClass,
    FieldReady,
    Outcome,
    ProviderError,
    Reply,
    StopCall,
    SuggestionFailed,
    Usage,
)
from aiprefill.suggestion import SuggestRequest, canonical_json
from aiprefill.tests.asking import REQUEST, Asked
from aiprefill.tests.provider_wire import ANSWER
from listings.fields import AI_FIELDS

TEXT = (
    '{"title":{"value":"Lamp","reason":""},"category":{"value":"other","reason":""},'
    '"condition":{"value":null,"reason":"Too dark."},"description":{"value":"A lamp.","reason":""},'
    '"price":{"reason":"","low":5,"likely":70,"high":100}}'
)


class Reciter:
    """A provider that recites given pieces of text; the last word is the whole text or an error."""

    name = "reciter"

    def __init__(self, *pieces: str, whole: str | None = None, error: ProviderError | None = None) -> None:
        self.pieces = pieces
        self.whole = "".join(pieces) if whole is None else whole
        self.error = error
        self.closed = False

    def describe(self, request: SuggestRequest) -> dict[str, Any]:
        return {"pictures": len(request.pictures)}

    def stream(self, request: SuggestRequest, *, deadline: float) -> Generator[str | Reply]:
        try:
            yield from self.pieces
            if self.error:
                raise self.error
            yield Reply(self.whole, Usage(10, 5), cost=7)
        finally:
            self.closed = True


def run(provider: Reciter, stop_at: type[CallEvent] | str | None = None) -> tuple[Any, list[CallEvent]]:
    events: list[CallEvent] = []

    def listener(event: CallEvent) -> None:
        events.append(event)
        if stop_at in (type(event), getattr(event, "name", type(event))):
            raise StopCall("cancelled")

    return suggest(REQUEST, provider, deadline=time.monotonic() + 5, on_event=listener), events


def test_events_come_in_order_and_the_result_is_in_the_last() -> None:
    asked = Asked(Reciter(TEXT))

    assert [type(event) for event in asked.events] == [CallOpened, *[FieldReady] * 5, CallSettled]
    assert asked.events[0] == CallOpened({"pictures": 1})
    assert asked.events[-1] == CallSettled(asked.result)
    assert asked.outcome.reply == Reply(TEXT, Usage(10, 5), cost=7)
    assert asked.outcome.suggestion.condition.reason == "Too dark."
    assert 0 <= asked.outcome.latency <= asked.elapsed


@given(st.lists(st.integers(1, len(TEXT) - 1), unique=True).map(sorted))
def test_no_cut_of_the_text_gives_a_wrong_field(cuts: list[int]) -> None:
    """Half a number must never be shown: 7 of 70."""
    whole = {name: field for name, field in Asked(Reciter(TEXT)).outcome.suggestion}  # noqa: C416  no mapping
    pieces = [TEXT[start:end] for start, end in zip([0, *cuts], [*cuts, len(TEXT)], strict=True)]

    ready = [event for event in Asked(Reciter(*pieces)).events if isinstance(event, FieldReady)]

    assert {event.name: event.field for event in ready} == whole
    assert len(ready) == len(AI_FIELDS)


def test_fields_come_before_the_text_is_whole() -> None:
    error = ProviderError(ErrorClass.CUT, "gone", Reply(TEXT[:120]))

    result, events = run(Reciter(TEXT[:120], error=error))

    assert [event.name for event in events if isinstance(event, FieldReady)] == ["title", "category"]
    assert isinstance(result, SuggestionFailed)
    assert [*result.arrived] == ["title", "category"]
    assert result.reply.text == TEXT[:120]


def test_the_whole_text_wins_over_its_parts() -> None:
    """With a duplicate key, the first value was shown while it arrived; the last one counts."""
    outcome = Asked(Reciter(TEXT[:-1], ',"title":{"value":"Desk","reason":""}}')).outcome

    assert outcome.suggestion.title.value == "Desk"


@pytest.mark.parametrize(
    "text", ["", "Sure!", "[]", "3", "null", "{}", '{"a":1}', TEXT + "x", TEXT[:-1], '{"title":1}']
)
def test_a_text_that_is_not_the_form_fails_and_keeps_its_usage(text: str) -> None:
    failure = Asked(Reciter(text)).failure

    assert failure.error_class is ErrorClass.BAD_ANSWER
    assert failure.reply.usage == Usage(10, 5)
    assert failure.reply.cost == 7


@given(
    st.dictionaries(
        st.sampled_from([*AI_FIELDS, "more"]),
        st.none()
        | st.text()
        | st.dictionaries(
            st.sampled_from(["value", "reason", "low", "likely", "high"]),
            st.none() | st.text() | st.integers(),
        ),
    )
)
def test_any_object_ends_in_a_result(answer: dict[str, Any]) -> None:
    asked = Asked(Reciter(canonical_json(answer)))

    assert asked.events[-1] == CallSettled(asked.result)
    if isinstance(asked.result, Outcome):
        assert [name for name, _ in asked.result.suggestion] == list(AI_FIELDS)


@pytest.mark.parametrize(
    ("stop_at", "arrived"), [(CallOpened, []), ("title", ["title"]), ("price", [*AI_FIELDS])]
)
def test_a_listener_may_stop_the_call(stop_at: type[CallEvent] | str, arrived: list[str]) -> None:
    provider = Reciter(*TEXT)

    result, events = run(provider, stop_at)

    assert isinstance(result, SuggestionFailed)
    assert (result.error_class, result.detail) == (ErrorClass.STOPPED, "cancelled")
    assert [*result.arrived] == arrived
    assert events[-1] == CallSettled(result)
    assert provider.closed == (stop_at is not CallOpened)
    assert (result.reply.usage == Usage(10, 5)) == (stop_at == "price")


def test_an_error_of_a_listener_passes_through_and_closes_the_stream() -> None:
    provider = Reciter(TEXT)

    def listener(event: CallEvent) -> None:
        if isinstance(event, FieldReady):
            raise LookupError("no such row")

    with pytest.raises(LookupError, match="no such row"):
        suggest(REQUEST, provider, deadline=time.monotonic() + 5, on_event=listener)
    assert provider.closed


def test_the_wish_to_wait_is_handed_on() -> None:
    error = ProviderError(ErrorClass.RATE_LIMITED, "later", Reply(http_status=429), retry_after=20)

    failure = Asked(Reciter(error=error)).failure

    assert (failure.retry_after, failure.reply.http_status) == (20, 429)


def test_the_time_that_opening_the_row_takes_is_not_the_providers() -> None:
    opening = 0.0

    def listener(event: CallEvent) -> None:
        nonlocal opening
        if isinstance(event, CallOpened):
            began = time.monotonic()
            threading.Event().wait(0.05)
            opening = time.monotonic() - began

    began = time.monotonic()
    result = suggest(REQUEST, Reciter(TEXT), deadline=began + 5, on_event=listener)

    assert result.latency <= time.monotonic() - began - opening


def test_a_choice_is_checked_against_the_spec_that_asked() -> None:
    spec = replace(REQUEST.spec, taxonomy=(("boats", "Boats"),))
    text = canonical_json(ANSWER | {"category": {"value": "boats", "reason": ""}})

    assert Asked(Reciter(text), replace(REQUEST, spec=spec)).outcome.suggestion.category.value == "boats"
    assert Asked(Reciter(text)).outcome.suggestion.category.value is None


class Finding(BaseModel):
    reason: str
    fails: bool


def asked_for_a_finding(provider: Reciter) -> tuple[Answered | SuggestionFailed, list[CallEvent]]:
    events: list[CallEvent] = []
    end = time.monotonic() + 5
    return ask(REQUEST, provider, Finding, deadline=end, on_event=events.append), events


def test_another_form_is_read_whole_and_has_no_fields() -> None:
    result, events = asked_for_a_finding(Reciter('{"reason":"It sa', 'ys so.","fails":true}'))

    assert isinstance(result, Answered)
    assert result.value == Finding(reason="It says so.", fails=True)
    assert result.reply.usage == Usage(10, 5)
    assert events == [CallOpened({"pictures": 1}), CallSettled(result)]


@pytest.mark.parametrize(
    "text",
    ["", "Yes.", "true", "{}", '{"fails":true}', '{"reason":"","fails":1}', '{"reason":"","fails":tru', TEXT],
)
def test_a_text_of_another_form_is_a_bad_answer_and_keeps_its_usage(text: str) -> None:
    result, events = asked_for_a_finding(Reciter(text))

    assert isinstance(result, SuggestionFailed)
    assert (result.error_class, result.reply.usage, result.arrived) == (
        ErrorClass.BAD_ANSWER,
        Usage(10, 5),
        {},
    )
    assert events[-1] == CallSettled(result)


def test_an_error_while_it_arrives_keeps_what_came() -> None:
    result, _events = asked_for_a_finding(
        Reciter('{"rea', error=ProviderError(ErrorClass.CUT, "gone", Reply()))
    )

    assert isinstance(result, SuggestionFailed)
    assert (result.error_class, result.detail) == (ErrorClass.CUT, "gone")
