"""One call to one provider, its answer gated field by field as it arrives: no retry, no rows.

Production, evaluations and the admin's lab all go through `suggest`: what is scored is what runs. Whoever
wants another answer than a suggestion (a judge) goes through `ask`, which shares all of it but the gate.
"""

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import Any, Generic, TypeVar

from pydantic import BaseModel
from pydantic_core import from_json

from aiprefill.gate import gate_field
from aiprefill.providers.base import (
    Answered,
    CallEvent,
    CallOpened,
    CallSettled,
    ErrorClass,
    FieldReady,
    Outcome,
    Provider,
    ProviderError,
    Reply,
    StopCall,
    SuggestionFailed,
)
from aiprefill.suggestion import SuggestedField, Suggestion, SuggestRequest
from listings.fields import AI_FIELDS

R = TypeVar("R", bound=Outcome | Answered)


def suggest(
    request: SuggestRequest,
    provider: Provider,
    *,
    deadline: float,
    on_event: Callable[[CallEvent], Any],
) -> Outcome | SuggestionFailed:
    """Ask once and return what came, by `deadline` (of `time.monotonic`).

    `on_event` gets `CallOpened` before the bytes leave, a `FieldReady` per field as it completes and
    `CallSettled` at the end; it may raise `StopCall` from the first two to end the call. Any other exception
    of a listener passes through, after the connection is closed. A spec that the provider cannot send fails
    without any event.
    """
    return _made(_Suggesting(request), provider, deadline, on_event)


def ask(
    request: SuggestRequest,
    provider: Provider,
    form: type[BaseModel],
    *,
    deadline: float,
    on_event: Callable[[CallEvent], Any],
) -> Answered | SuggestionFailed:
    """Ask once, as `suggest` does, for an answer of another form: that of the spec's schema.

    There are no fields and no gate; a text that is not the strict JSON of `form` is a bad answer. The form
    cleans its own texts.
    """
    return _made(_Asking(request, form), provider, deadline, on_event)


def _made(
    call: "_Call[R]", provider: Provider, deadline: float, on_event: Callable[[CallEvent], Any]
) -> R | SuggestionFailed:
    began = time.monotonic()
    try:
        described = provider.describe(call.request)
    except ProviderError as error:
        return _failed(error, call, began)
    result: R | SuggestionFailed
    try:
        on_event(CallOpened(described))
        began = time.monotonic()
        with closing(call.events(provider, deadline)) as events:
            for event in events:
                on_event(event)
        result = call.result(time.monotonic() - began)
    except StopCall as stop:
        result = _failed(ProviderError(ErrorClass.STOPPED, str(stop), call.so_far()), call, began)
    except ProviderError as error:
        result = _failed(error, call, began)
    on_event(CallSettled(result))
    return result


class _Call(Generic[R]):
    """One answer on its way: its text so far, and the fields of it that passed the gate, if it has any."""

    def __init__(self, request: SuggestRequest) -> None:
        self.request = request
        self.text = ""
        self.reply = Reply()
        self.arrived: dict[str, SuggestedField] = {}

    def so_far(self) -> Reply:
        """The reply if it is whole, else what there is of its text."""
        return self.reply if self.reply != Reply() else Reply(text=self.text)

    def events(self, provider: Provider, deadline: float) -> Generator[FieldReady]:
        """Each field as it completes. Raises `ProviderError`."""
        with closing(provider.stream(self.request, deadline=deadline)) as pieces:
            for piece in pieces:
                if isinstance(piece, Reply):
                    self.reply = piece
                    break
                yield from self._feed(piece)
        try:
            yield from self._end()
        except ValueError as error:
            raise ProviderError(ErrorClass.BAD_ANSWER, str(error), self.reply) from error

    def result(self, latency: float) -> R:
        """What came; called once `events` has ended."""
        raise NotImplementedError

    def _feed(self, piece: str) -> Iterator[FieldReady]:
        """Take a piece of the text; the fields that it completed."""
        self.text += piece
        return iter(())

    def _end(self) -> Iterator[FieldReady]:
        """Read the whole text; the fields still to come. Raises ValueError for a bad answer."""
        raise NotImplementedError


class _Suggesting(_Call[Outcome]):
    """A suggestion on its way."""

    def result(self, latency: float) -> Outcome:
        return Outcome(Suggestion(**self.arrived), self.reply, latency)

    def _feed(self, piece: str) -> Iterator[FieldReady]:
        """The fields that this piece completed.

        In a cut JSON text every key but the last is final; the last may be half a number (7 of 70). What has
        not the form asked for waits for the end: if nothing has it, the answer is bad and shows no field.
        """
        self.text += piece
        try:
            answer = from_json(self.text, allow_partial=True)
        except ValueError:
            return
        if isinstance(answer, dict):
            for name in list(answer)[:-1]:
                if name in AI_FIELDS and name not in self.arrived and isinstance(answer[name], dict):
                    yield self._gated(name, answer[name])

    def _end(self) -> Iterator[FieldReady]:
        """The fields still to come. The whole text, which is now strict JSON, wins over any part of it."""
        answer = from_json(self.reply.text)
        if not isinstance(answer, dict) or not any(isinstance(answer.get(name), dict) for name in AI_FIELDS):
            raise _WrongFormError
        shown = set(self.arrived)
        for name in AI_FIELDS:
            event = self._gated(name, answer.get(name))
            if name not in shown:
                yield event

    def _gated(self, name: str, raw: object) -> FieldReady:
        field = gate_field(name, raw, self.request.spec.taxonomy, self.request.language)
        self.arrived[name] = field
        return FieldReady(name, field)


class _Asking(_Call[Answered]):
    """An answer of another form on its way."""

    def __init__(self, request: SuggestRequest, form: type[BaseModel]) -> None:
        super().__init__(request)
        self.form = form

    def result(self, latency: float) -> Answered:
        return Answered(self.value, self.reply, latency)

    def _end(self) -> Iterator[FieldReady]:
        self.value = self.form.model_validate_json(self.reply.text, strict=True)
        return iter(())


class _WrongFormError(ValueError):
    """The answer is JSON, but no field in it has the form that was asked for."""

    def __init__(self) -> None:
        super().__init__("the answer has no field in the form asked for")


def _failed(error: ProviderError, call: _Call[Any], began: float) -> SuggestionFailed:
    return SuggestionFailed(
        error.error_class,
        error.detail,
        error.reply,
        time.monotonic() - began,
        error.retry_after,
        dict(call.arrived),
    )
