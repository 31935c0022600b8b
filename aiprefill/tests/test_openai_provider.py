"""The `openai` provider against a server that speaks the API over real HTTP, and answers."""

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.conf import LazySettings

from aiprefill import rollout
from aiprefill.engine import suggest
from aiprefill.providers.base import CallEvent, CallOpened, ErrorClass, FieldReady, Outcome, Usage
from aiprefill.providers.openai import OpenAIProvider, connected, storable
from aiprefill.suggestion import Dropped, PriceRange, SuggestRequest
from aiprefill.tests.asking import PICTURE, REQUEST, SPEC, Asked, spec_with
from aiprefill.tests.provider_faults import CONTENT
from aiprefill.tests.provider_server import ProviderServer
from aiprefill.tests.provider_wire import ANSWER, Script


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


SURVIVED = {"surrogate", "no-usage", "odd-usage"}


def test_a_whole_answer(server: ProviderServer, provider: OpenAIProvider) -> None:
    server.script = Script(usage=(1200, 180, 1000, 64))

    outcome = Asked(provider).outcome

    assert outcome.suggestion.category.value == "electronics"
    assert isinstance(outcome.suggestion.price.value, PriceRange)
    assert json.loads(outcome.reply.text) == ANSWER
    assert outcome.reply.usage == Usage(input=1200, output=180, cached=1000, reasoning=64)
    assert outcome.reply.cost == 1035  # 200 at 0.75, 1000 at 0.075 and 180 at 4.5 dollars a million
    assert outcome.reply.model == "gpt-5.4-mini"
    assert outcome.reply.request_id == server.requests[-1].id
    assert (outcome.reply.http_status, outcome.reply.status) == (200, "completed")


@pytest.mark.parametrize("mode", sorted(SURVIVED))
def test_odd_but_whole_answers_count(mode: str, server: ProviderServer, provider: OpenAIProvider) -> None:
    server.mode = mode

    reply = Asked(provider).outcome.reply

    assert "\x00" not in reply.text.encode().decode()
    assert (reply.cost is None) == (mode != "surrogate")


EMPTIED = {
    "unknown-category": ("category", Dropped.UNKNOWN_CHOICE),
    "unknown-condition": ("condition", Dropped.UNKNOWN_CHOICE),
    "rtl": ("title", Dropped.WRONG_LANGUAGE),
    "orders-obeyed": ("description", Dropped.CONTACT),
} | dict.fromkeys(
    ["nan", "infinite", "negative", "enormous", "comma", "full-width", "true", "upside-down"],
    ("price", Dropped.NOT_A_PRICE),
)
CLEANED = {
    "zalgo": "H\u0301\u0302eadphones",
    "bidi": "Headphones and cable",
    "nul": "Headphones",
    "emoji": "Headphones 🎧",
    "html": "<b>Headphones</b><script>alert(1)</script>",
    "advertising": "Comfortable wired headphones",
    "long": " ".join(["Headphones"] * 7),
}


def test_every_content_of_the_server_is_tried_here() -> None:
    assert {*CONTENT} == {*EMPTIED, *CLEANED, "nothing", "no-price", "schema-invalid"}


@pytest.mark.parametrize("mode", EMPTIED)
def test_a_bad_field_is_dropped_alone(mode: str, server: ProviderServer, provider: OpenAIProvider) -> None:
    server.mode = mode
    name, dropped = EMPTIED[mode]

    suggestion = Asked(provider).outcome.suggestion

    assert suggestion.field(name).value is None
    assert suggestion.field(name).dropped is dropped
    assert suggestion.condition.value == "good" or name == "condition"


@pytest.mark.parametrize("mode", CLEANED)
def test_odd_text_is_cleaned(mode: str, server: ProviderServer, provider: OpenAIProvider) -> None:
    server.mode = mode

    assert Asked(provider).outcome.suggestion.title.value == CLEANED[mode]


@pytest.mark.parametrize(("mode", "told"), [("nothing", 0), ("no-price", 4)])
def test_could_not_tell_is_a_whole_answer(
    mode: str, told: int, server: ProviderServer, provider: OpenAIProvider
) -> None:
    server.mode = mode

    suggestion = Asked(provider).outcome.suggestion

    assert sum(field.value is not None for _, field in suggestion) == told
    assert suggestion.price.reason


def test_the_request_holds_what_the_spec_says_and_no_more(
    server: ProviderServer, provider: OpenAIProvider
) -> None:
    assert Asked(provider).outcome

    body = server.requests[-1].body
    assert body["model"] == SPEC.model
    assert body["instructions"] == SPEC.instructions
    assert body["text"]["verbosity"] == "low"
    assert body["text"]["format"]["strict"] is True
    assert json.dumps(body["text"]["format"]["schema"], separators=(",", ":")) == SPEC.output_schema
    assert (body["store"], body["stream"]) == (False, True)
    assert body["safety_identifier"] == "u-1f3a"
    assert body["max_output_tokens"] == 1500
    assert body["reasoning"] == {"effort": "low"}
    words, picture = body["input"][0]["content"]
    assert words == {"type": "input_text", "text": SPEC.request_text("en")}
    assert picture["image_url"] == {"sha256": hashlib.sha256(PICTURE).hexdigest(), "bytes": len(PICTURE)}
    assert body.keys() == {
        "model", "instructions", "input", "text", "store", "stream", "safety_identifier",
        "max_output_tokens", "reasoning",
    }  # fmt: skip
    assert server.requests[-1].headers["accept-encoding"] == "identity"


def test_a_retry_after_an_incomplete_answer_may_have_more_tokens(
    server: ProviderServer, provider: OpenAIProvider
) -> None:
    assert Asked(provider, replace(REQUEST, token_scale=2)).outcome

    assert server.requests[-1].body["max_output_tokens"] == 3000


def test_what_is_kept_of_a_request_holds_digests_for_pictures(provider: OpenAIProvider) -> None:
    opened = Asked(provider).events[0]

    assert isinstance(opened, CallOpened)
    assert opened.request["input"][0]["content"][1]["picture"] == {
        "sha256": hashlib.sha256(PICTURE).hexdigest(),
        "bytes": len(PICTURE),
        "width": 320,
    }
    assert "base64" not in json.dumps(opened.request)
    assert opened.request["instructions"] == SPEC.instructions


def test_a_picture_that_is_none_is_described_without_a_width(provider: OpenAIProvider) -> None:
    described = provider.describe(replace(REQUEST, pictures=(b"no picture",)))

    assert described["input"][0]["content"][1]["picture"]["width"] is None


@pytest.mark.parametrize(
    "change", [{"parameters": '{"seed":1}'}, {"tools": "web"}, {"retrieval": "nearest-3"}], ids=str
)
def test_a_spec_that_cannot_be_sent_fails_before_anything_leaves(
    change: dict[str, Any], server: ProviderServer, provider: OpenAIProvider
) -> None:
    before = len(server.requests)

    asked = Asked(provider, replace(REQUEST, spec=spec_with(**change)))

    assert asked.failure.error_class is ErrorClass.BAD_REQUEST
    assert asked.events == []
    assert len(server.requests) == before


def test_sampling_parameters_are_sent(server: ProviderServer, provider: OpenAIProvider) -> None:
    spec = spec_with(parameters='{"temperature":0.2,"top_p":0.9}')
    assert Asked(provider, SuggestRequest((), "en", spec)).outcome

    body = server.requests[-1].body
    assert (body["temperature"], body["top_p"]) == (0.2, 0.9)
    assert not body.keys() & {"max_output_tokens", "reasoning", "safety_identifier"}


def test_an_unknown_model_is_unpriced_and_not_free(server: ProviderServer, provider: OpenAIProvider) -> None:
    reply = Asked(provider, replace(REQUEST, spec=spec_with(model="llama-9"))).outcome.reply

    assert reply.usage == Usage(1200, 180, 0, 64)
    assert reply.cost is None


def test_fields_arrive_while_the_rest_is_not_yet_written(
    server: ProviderServer, provider: OpenAIProvider
) -> None:
    """Each gate opens only when the field before it was announced: else the call would wait for ever."""
    server.gates.close()
    server.script = Script(hold_after=("title", "category", "condition", "description"))

    def listener(event: CallEvent) -> None:
        if isinstance(event, FieldReady):
            server.release(event.name)

    result = suggest(REQUEST, provider, deadline=time.monotonic() + 10, on_event=listener)

    assert isinstance(result, Outcome)


def test_dropping_a_stream_ends_its_connection(server: ProviderServer, provider: OpenAIProvider) -> None:
    server.mode = "silent"
    stream = provider.stream(REQUEST, deadline=float("inf"))
    next(stream)

    stream.close()

    assert server.wait(lambda: server.ledger[-1].hung_up)


def test_calls_one_after_another_share_a_connection(server: ProviderServer, provider: OpenAIProvider) -> None:
    assert Asked(provider).outcome
    before = server.connections

    for _ in range(5):
        assert Asked(provider).outcome

    assert server.connections == before


def test_each_field_is_announced_once(provider: OpenAIProvider) -> None:
    ready = [event.name for event in Asked(provider).events if isinstance(event, FieldReady)]

    assert ready == ["title", "category", "condition", "description", "price"]


def test_the_process_has_one_client_per_key_and_address() -> None:
    one = connected("key", "http://localhost:9/v1")

    assert connected("key", "http://localhost:9/v1") is one
    assert connected("other", "http://localhost:9/v1") is not one
    connected.cache_clear()


def test_only_text_is_text() -> None:
    assert storable("a\x00b\ud800") == "a\ufffdb?"
    with pytest.raises(TypeError, match="not int"):
        storable(3)


@pytest.mark.parametrize(
    ("address", "endpoint"),
    [
        ("", "https://api.openai.com/v1"),
        ("http://localhost:8099/v1/", "http://localhost:8099/v1"),
        ("https://me:secret@Models.example.org/v1?key=secret", "https://models.example.org/v1"),
    ],
)
def test_the_endpoint_is_where_it_asks_and_holds_no_secret(
    address: str, endpoint: str, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OPENAI_BASE_URL = address
    assert rollout.endpoint("openai") == endpoint
    assert rollout.endpoint("catalogue") == ""
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    if not address:
        assert str(OpenAIProvider("key")._sdk.base_url) == f"{endpoint}/"
