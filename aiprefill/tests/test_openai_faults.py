"""The `openai` provider when the other side fails: each fault has its class and ends on time."""

import socket
from collections.abc import Iterator

import pytest

from aiprefill.providers.base import ErrorClass, Shown
from aiprefill.providers.openai import OpenAIProvider
from aiprefill.tests.asking import Asked
from aiprefill.tests.provider_faults import CHARGED, UNCHARGED
from aiprefill.tests.provider_server import ProviderServer
from aiprefill.tests.provider_wire import ANSWER, Script
from aiprefill.tests.test_openai_provider import SURVIVED

SHORT = 0.6
GRACE = 1.5
"""Seconds that a busy machine may add to a deadline; the faults held without end would take for ever."""


@pytest.fixture(scope="module")
def server() -> Iterator[ProviderServer]:
    with ProviderServer() as running:
        yield running


@pytest.fixture(scope="module")
def client(server: ProviderServer) -> Iterator[OpenAIProvider]:
    made = OpenAIProvider("key", server.url)
    yield made
    made.close()


@pytest.fixture
def provider(server: ProviderServer, client: OpenAIProvider) -> OpenAIProvider:
    """One client for all tests, as a process has it, and a server that behaves until told otherwise."""
    server.mode = ""
    server.script = Script()
    return client


FAILURES = {
    "reset": (ErrorClass.CONNECT, Shown.SLOW),
    "hang": (ErrorClass.TIMEOUT, Shown.SLOW),
    "drip-head": (ErrorClass.TIMEOUT, Shown.SLOW),
    "pace-1": (ErrorClass.RATE_LIMITED, Shown.BUSY),
    "pace-100": (ErrorClass.RATE_LIMITED, Shown.BUSY),
    "pace-3600": (ErrorClass.RATE_LIMITED, Shown.BUSY),
    "pace-date": (ErrorClass.RATE_LIMITED, Shown.BUSY),
    "pace-garbage": (ErrorClass.RATE_LIMITED, Shown.BUSY),
    "billing": (ErrorClass.NO_CREDIT, Shown.UNAVAILABLE),
    "400": (ErrorClass.BAD_REQUEST, Shown.UNAVAILABLE),
    "401": (ErrorClass.NOT_ALLOWED, Shown.UNAVAILABLE),
    "403": (ErrorClass.NOT_ALLOWED, Shown.UNAVAILABLE),
    "404": (ErrorClass.NO_MODEL, Shown.UNAVAILABLE),
    "bad-picture": (ErrorClass.BAD_PICTURE, Shown.BAD_PICTURE),
    "500": (ErrorClass.SERVER, Shown.SLOW),
    "500-hang": (ErrorClass.SERVER, Shown.SLOW),
    "502": (ErrorClass.SERVER, Shown.SLOW),
    "503": (ErrorClass.SERVER, Shown.SLOW),
    "silent": (ErrorClass.TIMEOUT, Shown.SLOW),
    "drip": (ErrorClass.TIMEOUT, Shown.SLOW),
    "endless": (ErrorClass.BAD_RESPONSE, Shown.UNAVAILABLE),
    "huge": (ErrorClass.BAD_RESPONSE, Shown.UNAVAILABLE),
    "half-body": (ErrorClass.CUT, Shown.SLOW),
    "cut": (ErrorClass.CUT, Shown.SLOW),
    "early-end": (ErrorClass.CUT, Shown.SLOW),
    "gzip": (ErrorClass.BAD_RESPONSE, Shown.UNAVAILABLE),
    "html-page": (ErrorClass.BAD_RESPONSE, Shown.UNAVAILABLE),
    "empty-object": (ErrorClass.BAD_RESPONSE, Shown.UNAVAILABLE),
    "wrong-type": (ErrorClass.BAD_RESPONSE, Shown.UNAVAILABLE),
    "bad-json": (ErrorClass.BAD_RESPONSE, Shown.UNAVAILABLE),
    "error-flat": (ErrorClass.SERVER, Shown.SLOW),
    "error-nested": (ErrorClass.SERVER, Shown.SLOW),
    "failed": (ErrorClass.SERVER, Shown.SLOW),
    "failed-picture": (ErrorClass.BAD_PICTURE, Shown.BAD_PICTURE),
    "refusal": (ErrorClass.REFUSED, Shown.NOT_DESCRIBED),
    "content-filter": (ErrorClass.FILTERED, Shown.NOT_DESCRIBED),
    "incomplete": (ErrorClass.INCOMPLETE, Shown.NOT_DESCRIBED),
    "all-reasoning": (ErrorClass.INCOMPLETE, Shown.NOT_DESCRIBED),
    "not-json": (ErrorClass.BAD_ANSWER, Shown.NOT_DESCRIBED),
    "rubbish-after": (ErrorClass.BAD_ANSWER, Shown.NOT_DESCRIBED),
    "no-text": (ErrorClass.BAD_ANSWER, Shown.NOT_DESCRIBED),
    "list": (ErrorClass.BAD_ANSWER, Shown.NOT_DESCRIBED),
    "schema-invalid": (ErrorClass.BAD_ANSWER, Shown.NOT_DESCRIBED),
}


TOLD_ITS_USAGE = {
    "failed", "failed-picture", "refusal", "content-filter", "incomplete", "all-reasoning", "not-json",
    "rubbish-after", "no-text", "list", "schema-invalid",
}  # fmt: skip


KEPT_ITS_FIRST_FIELDS = {
    "silent", "cut", "early-end", "wrong-type", "bad-json", "error-flat", "error-nested"
}  # fmt: skip


def test_every_fault_of_the_server_is_tried_here() -> None:
    assert {*UNCHARGED, *CHARGED} == {*FAILURES, *SURVIVED} - {"schema-invalid"}


@pytest.mark.parametrize("mode", FAILURES)
def test_each_fault_has_its_class_and_ends_on_time(
    mode: str, server: ProviderServer, provider: OpenAIProvider
) -> None:
    server.mode = mode
    charged = len(server.ledger)

    asked = Asked(provider, seconds=SHORT)

    failure = asked.failure
    assert (failure.error_class, failure.error_class.shown) == FAILURES[mode]
    assert asked.elapsed < SHORT + GRACE
    assert failure.detail
    assert len(server.ledger) - charged == (mode not in UNCHARGED)
    assert len(server.requests[-1].sent) < 60
    assert (failure.reply.usage is not None) == (mode in TOLD_ITS_USAGE)
    assert (failure.reply.cost == 1710) == (mode in TOLD_ITS_USAGE)
    if mode == "schema-invalid":
        assert failure.arrived == {}
    if mode in KEPT_ITS_FIRST_FIELDS:
        assert [*failure.arrived] == ["title", "category"]


@pytest.mark.parametrize("mode", FAILURES)
def test_the_provider_is_as_good_as_new_after_each_fault(
    mode: str, server: ProviderServer, provider: OpenAIProvider
) -> None:
    server.mode = mode
    Asked(provider, seconds=0.2)
    server.mode = ""

    assert Asked(provider).outcome.suggestion.title.value == ANSWER["title"]["value"]


@pytest.mark.parametrize(
    ("mode", "wish"),
    [("pace-1", (1, 1)), ("pace-100", (100, 100)), ("pace-3600", (600, 600)), ("pace-date", (40, 60))],
)
def test_the_wish_to_wait_is_read_and_capped(
    mode: str, wish: tuple[float, float], server: ProviderServer, provider: OpenAIProvider
) -> None:
    server.mode = mode

    asked = Asked(provider).failure.retry_after

    assert asked is not None
    assert wish[0] <= asked <= wish[1]


def test_nobody_sleeps_or_retries_inside_the_call(server: ProviderServer, provider: OpenAIProvider) -> None:
    server.mode = "pace-100"
    before = len(server.requests)

    asked = Asked(provider)

    assert asked.elapsed < GRACE
    assert len(server.requests) == before + 1


def test_a_refused_connection_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    provider = OpenAIProvider("key", f"http://127.0.0.1:{port}/v1")

    assert Asked(provider, seconds=SHORT).failure.error_class is ErrorClass.CONNECT
    provider.close()


def test_a_name_that_does_not_exist_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_question: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    provider = OpenAIProvider("key", "http://nowhere.invalid/v1")

    assert Asked(provider, seconds=2).failure.error_class is ErrorClass.CONNECT
    provider.close()
