"""The server that other tests and the benches rely on: scripts, gates, modes, ledger, command line."""

import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aiprefill.providers.base import ErrorClass
from aiprefill.providers.openai import OpenAIProvider
from aiprefill.tests.asking import PICTURE, REQUEST, Asked, spec_with
from aiprefill.tests.provider_server import ProviderServer
from aiprefill.tests.provider_wire import ANSWER, Script


@pytest.fixture
def server() -> Iterator[ProviderServer]:
    with ProviderServer() as running:
        yield running


@pytest.fixture
def provider(server: ProviderServer) -> Iterator[OpenAIProvider]:
    made = OpenAIProvider("key", server.url)
    yield made
    made.close()


def control(server: ProviderServer, path: str, data: dict[str, Any] | None = None) -> Any:
    url = f"http://localhost:{server.port}{path}"
    body = None if data is None else json.dumps(data).encode()
    with urllib.request.urlopen(url, body, timeout=10) as answer:
        return json.load(answer)


def test_every_call_is_in_the_ledger_also_one_that_hung_up(
    server: ProviderServer, provider: OpenAIProvider
) -> None:
    assert Asked(provider).outcome
    server.next_modes.append("silent")
    assert Asked(provider, seconds=0.3).failure
    server.next_modes.append("503")
    assert Asked(provider).failure

    assert server.wait(lambda: server.ledger[-1].hung_up)
    ledger = control(server, "/_ledger")
    assert [(charge["mode"], charge["finished"], charge["hung_up"]) for charge in ledger] == [
        ("", True, False),
        ("silent", False, True),
    ]
    assert ledger[0]["input_tokens"] == 1200


def test_requests_are_kept_with_their_times_and_without_pictures(
    server: ProviderServer, provider: OpenAIProvider
) -> None:
    before = time.time()
    assert Asked(provider).outcome

    (kept,) = control(server, "/_requests")
    assert before <= kept["began"] <= kept["at"] <= kept["sent"][0][0] <= kept["sent"][-1][0] <= time.time()
    assert kept["sent"][0][1] == "response.created"
    assert kept["sent"][-1][1] == "response.completed"
    assert kept["body"]["input"][0]["content"][1]["image_url"]["bytes"] == len(PICTURE)
    assert "authorization" not in kept["headers"]


@pytest.mark.parametrize("events", [1, 2, 60])
def test_a_script_says_how_many_pieces_over_which_time(
    events: int, server: ProviderServer, provider: OpenAIProvider
) -> None:
    server.script = Script(events=events, seconds=0.2)

    assert Asked(provider).outcome

    sent = [at for at, kind in server.requests[-1].sent if kind.endswith("text.delta")]
    assert len(sent) == events
    assert server.requests[-1].sent[-1][0] - sent[0] >= 0.19


def test_a_script_may_answer_by_picture(server: ProviderServer, provider: OpenAIProvider) -> None:
    digest = provider.describe(REQUEST)["input"][0]["content"][1]["picture"]["sha256"]
    server.script = Script(by_picture={digest: ANSWER | {"title": {"value": "A lamp", "reason": ""}}})

    assert Asked(provider).outcome.suggestion.title.value == "A lamp"


def test_a_held_stream_waits_for_its_release_over_http(
    server: ProviderServer, provider: OpenAIProvider
) -> None:
    control(server, "/_script", {"hold_after": ["title", "price"]})
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(Asked, provider)
        assert server.gates.wait_held("title")
        assert not server.gates.wait_held("price", timeout=0)
        control(server, "/_release", {"field": "title"})
        assert server.gates.wait_held("price")
        control(server, "/_release", {})

        assert call.result(timeout=10).outcome


def test_the_model_chooses_the_fault_of_one_request(server: ProviderServer, provider: OpenAIProvider) -> None:
    request = replace(REQUEST, spec=spec_with(model="fault:503|pace-1|"))

    assert Asked(provider, request).failure.error_class is ErrorClass.SERVER
    assert Asked(provider, request).failure.error_class is ErrorClass.RATE_LIMITED
    assert Asked(provider, request).outcome
    assert Asked(provider, request).outcome


def test_modes_are_set_over_http(server: ProviderServer, provider: OpenAIProvider) -> None:
    assert control(server, "/_mode", {"mode": "401", "next": ["500"]}) == {"mode": "401", "next": ["500"]}

    assert Asked(provider).failure.error_class is ErrorClass.SERVER
    assert Asked(provider).failure.error_class is ErrorClass.NOT_ALLOWED


def test_what_the_server_does_not_know_it_says(server: ProviderServer) -> None:
    with pytest.raises(urllib.error.HTTPError) as error:
        control(server, "/_nothing")
    with error.value:
        assert error.value.code == 404
    with pytest.raises(KeyError):
        server.mode_of("fault:no-such-mode")


def test_sixty_four_streams_at_once() -> None:
    with ProviderServer(Script(seconds=0.5, events=10)) as server:
        provider = OpenAIProvider("key", server.url)
        began = time.monotonic()
        with ThreadPoolExecutor(64) as pool:
            asked = list(pool.map(lambda _: Asked(provider, seconds=20), range(64)))

        assert all(one.outcome for one in asked)
        assert time.monotonic() - began < 64 * 0.5 / 4
        assert len(server.ledger) == 64
        provider.close()


def test_it_runs_alone_and_stops_when_told(tmp_path: Path) -> None:
    port_file = tmp_path / "port"
    command = [sys.executable, "-m", "aiprefill.tests.provider_server", "--port-file", str(port_file)]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2]) as process:
        with ProviderServer() as waiting:
            assert waiting.wait(port_file.exists, timeout=30)
        provider = OpenAIProvider("key", f"http://localhost:{port_file.read_text()}/v1")
        assert Asked(provider).outcome
        provider.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
