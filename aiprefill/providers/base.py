"""What every provider of suggestions offers, and the ways in which a call can end.

The engine turns a provider's text into events; listeners keep them (ModelOutput, PrefillJob, CaseResult).
"""

from collections.abc import Generator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, NamedTuple, Protocol

from pydantic import BaseModel

from aiprefill.suggestion import SuggestedField, Suggestion, SuggestRequest


class Shown(StrEnum):
    """What the seller is told about a failure; the page holds the words."""

    SLOW = "slow"
    BUSY = "busy"
    UNAVAILABLE = "unavailable"
    BAD_PICTURE = "bad_picture"
    NOT_DESCRIBED = "not_described"
    STOPPED = "stopped"


class _Rule(NamedTuple):
    shown: Shown
    tries: int
    """How often such a call is made in all."""
    halts: bool = False
    """No call of any job can succeed until a person acts (bill, key, model)."""


class ErrorClass(StrEnum):
    """How a call failed, and whether another try can help."""

    CONNECT = "connect"  # no answer began: refused, reset, name or TLS failed
    CUT = "cut"  # the answer broke off before its terminal event
    TIMEOUT = "timeout"
    SERVER = "server"  # 5xx, or the provider says that it failed
    RATE_LIMITED = "rate_limited"
    NO_CREDIT = "no_credit"
    NOT_ALLOWED = "not_allowed"  # key or permission
    NO_MODEL = "no_model"
    BAD_REQUEST = "bad_request"
    BAD_PICTURE = "bad_picture"
    REFUSED = "refused"
    FILTERED = "filtered"
    INCOMPLETE = "incomplete"  # the tokens ran out
    BAD_RESPONSE = "bad_response"  # not the protocol: HTML, broken events, too large, compressed
    BAD_ANSWER = "bad_answer"  # the protocol held, the model's text is not the JSON asked for
    STOPPED = "stopped"  # a listener ended the call: the row is no longer its own

    @property
    def shown(self) -> Shown:
        """The kind of message for the seller."""
        return _RULES[self].shown

    @property
    def transient(self) -> bool:
        """Whether the same request may succeed later."""
        return _RULES[self].tries > 1

    @property
    def halts(self) -> bool:
        """Whether every further call would fail the same way until a person acts."""
        return _RULES[self].halts

    def delay(self, attempts: int, retry_after: float | None = None) -> float | None:
        """Seconds to wait after the `attempts`-th try has failed (1, 2, 4), or None: do not try again.

        A longer `retry_after` from the provider wins. The caller adds jitter and holds the deadline.
        """
        if attempts >= _RULES[self].tries:
            return None
        return max(float(2 ** (attempts - 1)), retry_after or 0.0)


_RULES: Final = {
    ErrorClass.CONNECT: _Rule(Shown.SLOW, 3),
    ErrorClass.CUT: _Rule(Shown.SLOW, 3),
    ErrorClass.TIMEOUT: _Rule(Shown.SLOW, 3),
    ErrorClass.SERVER: _Rule(Shown.SLOW, 3),
    ErrorClass.RATE_LIMITED: _Rule(Shown.BUSY, 5),
    ErrorClass.NO_CREDIT: _Rule(Shown.UNAVAILABLE, 1, halts=True),
    ErrorClass.NOT_ALLOWED: _Rule(Shown.UNAVAILABLE, 1, halts=True),
    ErrorClass.NO_MODEL: _Rule(Shown.UNAVAILABLE, 1, halts=True),
    ErrorClass.BAD_REQUEST: _Rule(Shown.UNAVAILABLE, 1),
    ErrorClass.BAD_PICTURE: _Rule(Shown.BAD_PICTURE, 1),
    ErrorClass.REFUSED: _Rule(Shown.NOT_DESCRIBED, 1),
    ErrorClass.FILTERED: _Rule(Shown.NOT_DESCRIBED, 1),
    ErrorClass.INCOMPLETE: _Rule(Shown.NOT_DESCRIBED, 2),
    ErrorClass.BAD_RESPONSE: _Rule(Shown.UNAVAILABLE, 2),
    ErrorClass.BAD_ANSWER: _Rule(Shown.NOT_DESCRIBED, 2),
    ErrorClass.STOPPED: _Rule(Shown.STOPPED, 1),
}


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider counted them. `cached` is part of `input`, `reasoning` part of `output`."""

    input: int
    output: int
    cached: int = 0
    reasoning: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """What one call brought back, whole or broken off.

    `usage` None: the provider told none. `cost` is in micro-dollars, None: unpriced. `request_id` is the
    provider's, for its support; `status` its own word (completed, incomplete, failed), "" if none came.
    """

    text: str = ""
    usage: Usage | None = None
    cost: int | None = None
    model: str = ""
    request_id: str = ""
    http_status: int | None = None
    status: str = ""


class ProviderError(Exception):
    """A call ended without a usable answer; `reply` holds what had arrived and was charged."""

    def __init__(
        self, error_class: ErrorClass, detail: str, reply: Reply, retry_after: float | None = None
    ) -> None:
        super().__init__(f"{error_class}: {detail}")
        self.error_class = error_class
        self.detail = detail
        self.reply = reply
        self.retry_after = retry_after


class Provider(Protocol):
    """One way to get suggestions. Holds no state of a call, so threads share it."""

    name: str

    def describe(self, request: SuggestRequest) -> dict[str, Any]:
        """The request as it will leave, as JSON, each picture replaced by its digest, bytes and width.

        Raises `ProviderError` (bad_request) for a spec that it cannot send.
        """

    def stream(self, request: SuggestRequest, *, deadline: float) -> Generator[str | Reply]:
        """Pieces of the answer's text as they arrive, then the one whole `Reply`.

        Ends by `deadline` (of `time.monotonic`) whatever the other side does; raises `ProviderError` and
        nothing else. The caller closes it early to drop the call. No retry happens inside.
        """


class StopCall(Exception):
    """Raised by a listener to end the call: its row was cancelled, or belongs to another attempt."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A call that brought a suggestion. `latency` is in seconds, from `CallOpened` to the last field."""

    suggestion: Suggestion
    reply: Reply
    latency: float


@dataclass(frozen=True, slots=True)
class Answered:
    """A call that brought an answer of another form, such as a judge's; see `Outcome`."""

    value: BaseModel
    reply: Reply
    latency: float


@dataclass(frozen=True, slots=True)
class SuggestionFailed:
    """A call that brought neither. `arrived` are the fields that were complete before it failed.

    `detail` is for the admin, never for the seller. `retry_after` is the provider's wish in seconds, capped.
    """

    error_class: ErrorClass
    detail: str
    reply: Reply
    latency: float
    retry_after: float | None = None
    arrived: dict[str, SuggestedField] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CallOpened:
    """Sent before the first byte leaves. `request` is the provider's request without picture bytes."""

    request: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FieldReady:
    """A field is complete; sent once a field and call, told or empty."""

    name: str
    field: SuggestedField


@dataclass(frozen=True, slots=True)
class CallSettled:
    """Sent once when the call is over, also after `StopCall`; always after a `CallOpened`."""

    result: Outcome | Answered | SuggestionFailed


CallEvent = CallOpened | FieldReady | CallSettled
