"""Calls end on time and stay small, over http and https, alone and all at once; no connection is lost."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpcore2
import httpx2
import pytest

from aiprefill.providers import wallclock
from aiprefill.providers.base import ErrorClass
from aiprefill.providers.openai import OpenAIProvider
from aiprefill.tests.asking import Asked
from aiprefill.tests.certificate import contexts
from aiprefill.tests.provider_server import ProviderServer
from aiprefill.tests.provider_wire import Script

SHORT = 0.4
GRACE = 1.5


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    folder: Path = tmp_path_factory.mktemp("certificate")
    return contexts(folder)


@pytest.fixture(scope="module")
def secure(trust: tuple[ssl.SSLContext, ssl.SSLContext]) -> Iterator[tuple[ProviderServer, OpenAIProvider]]:
    with ProviderServer(tls=trust[0]) as server:
        provider = OpenAIProvider("key", server.url, verify=trust[1])
        yield server, provider
        provider.close()


@pytest.mark.parametrize(
    ("mode", "error_class"),
    [
        ("drip", ErrorClass.TIMEOUT),
        ("silent", ErrorClass.TIMEOUT),
        ("drip-head", ErrorClass.TIMEOUT),
        ("hang", ErrorClass.TIMEOUT),
        ("endless", ErrorClass.BAD_RESPONSE),
    ],
)
def test_the_wall_clock_holds_over_tls(
    mode: str, error_class: ErrorClass, secure: tuple[ProviderServer, OpenAIProvider]
) -> None:
    server, provider = secure
    server.mode = mode

    asked = Asked(provider, seconds=SHORT)

    assert asked.failure.error_class is error_class
    assert asked.elapsed < SHORT + GRACE
    server.mode = ""
    assert Asked(provider).outcome.reply.http_status == 200


def test_a_mute_handshake_ends_on_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        provider = OpenAIProvider("key", f"https://127.0.0.1:{mute.getsockname()[1]}/v1")

        asked = Asked(provider, seconds=SHORT)

        assert asked.failure.error_class is ErrorClass.TIMEOUT
        assert asked.elapsed < SHORT + GRACE
        provider.close()


def test_a_server_that_nobody_trusts_gets_nothing(secure: tuple[ProviderServer, OpenAIProvider]) -> None:
    server, _ = secure
    stranger = OpenAIProvider("key", server.url)
    before = len(server.requests)

    assert Asked(stranger, seconds=2).failure.error_class is ErrorClass.CONNECT
    assert len(server.requests) == before
    stranger.close()


def test_a_deadline_that_has_passed_sends_nothing() -> None:
    with ProviderServer() as server:
        provider = OpenAIProvider("key", server.url)

        assert Asked(provider, seconds=-1).failure.error_class is ErrorClass.TIMEOUT
        assert server.requests == []
        provider.close()


def test_sixty_four_calls_at_once_on_one_client_all_end_on_time() -> None:
    with ProviderServer(mode="drip") as server:
        provider = OpenAIProvider("key", server.url)
        start = threading.Barrier(64)

        def ask(_number: int) -> Asked:
            start.wait()
            return Asked(provider, seconds=1.5)

        with ThreadPoolExecutor(64) as pool:
            asked = list(pool.map(ask, range(64)))

        assert {one.failure.error_class for one in asked} == {ErrorClass.TIMEOUT}
        assert max(one.elapsed for one in asked) < 1.5 + GRACE
        server.mode = ""
        with ThreadPoolExecutor(64) as pool:
            assert all(one.outcome for one in pool.map(ask, range(64)))
        provider.close()


def test_more_broken_calls_than_connections_leave_the_pool_whole() -> None:
    """A connection that stays out after a fault would make the 65th call wait in vain."""
    with ProviderServer() as server:
        provider = OpenAIProvider("key", server.url)
        for mode in ("cut", "early-end", "bad-json", "html-page", "error-nested", "gzip", "503") * 10:
            server.mode = mode
            assert Asked(provider).failure
        server.mode = ""

        assert Asked(provider, seconds=5).outcome
        provider.close()


def test_a_stream_that_lingers_after_its_last_event_is_dropped() -> None:
    """The answer is whole, so the call succeeds; the connection is not waited for."""
    with ProviderServer(Script(linger=True)) as server:
        provider = OpenAIProvider("key", server.url)

        asked = Asked(provider, seconds=30)

        assert asked.outcome
        assert asked.elapsed < GRACE
        provider.close()


def test_the_client_wraps_every_connection() -> None:
    """The guard of the one private name that the client relies on."""
    with wallclock.client() as client:
        transport = client._transport
        assert isinstance(transport, httpx2.HTTPTransport)
        pool = transport._pool
        assert isinstance(pool, httpcore2.ConnectionPool)
        assert type(pool._network_backend).__module__ == wallclock.__name__


def test_the_client_wraps_proxied_connections_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with wallclock.client() as client:
        proxied = [transport for transport in client._mounts.values() if transport is not None]
        assert proxied
        for transport in proxied:
            assert isinstance(transport, httpx2.HTTPTransport)
            assert type(transport._pool._network_backend).__module__ == wallclock.__name__


def test_limits_belong_to_one_call() -> None:
    with wallclock.limits(time.monotonic() - 1) as current:
        assert current.late
        with pytest.raises(httpcore2.ReadTimeout):
            current.seconds(None)
    assert wallclock._current().seconds(5) == 5
