"""The API keeps to its own description, whatever is sent to it and whoever sends it."""

import json
import os
import time
from datetime import UTC
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

import pytest
import schemathesis
from django.conf import LazySettings
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from pytest_django.live_server_helper import LiveServer
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from aiprefill import jobs, waiting
from aiprefill.actions import ask
from aiprefill.models import JobState, PrefillJob, Purpose
from aiprefill.tests.provider_server import ProviderServer
from aiprefill.tests.selling import FIELDS
from listings import tokens
from listings.cursor import Cursor
from listings.fields import CATEGORIES
from listings.models import Listing, Seller
from listings.schemas import FORMATS
from listings.tests.cast import UNIT, jpeg, make_draft, make_listing, minutes_ago, shelve
from trova.api import api

SNAPSHOT: Final = Path(__file__).with_name("openapi.json")
EXAMPLES: Final = 200
THEIRS: Final = UUID("33333333-3333-4333-8333-333333333333")
"""The id of the owner's job, and of their listing."""
KNOWN: Final = (*CATEGORIES, *CATEGORIES.values())
ALL: Final = 10**9
SMALL: Final = (120, 100)

schema_text = json.dumps(api.get_openapi_schema(path_prefix="/api/"), indent=1, default=str)
schema = schemathesis.openapi.from_dict(json.loads(schema_text))

schemathesis.openapi.format("uuid", st.uuids(version=4).map(str) | st.just(str(THEIRS)))
free_text = st.text(st.characters() | st.just("\0"), min_size=1, max_size=40)
schemathesis.openapi.format("category", st.sampled_from(KNOWN) | free_text)
schemathesis.openapi.format(
    "cursor",
    st.builds(Cursor, st.datetimes(timezones=st.just(UTC)), st.uuids()).map(str),
)
schemathesis.openapi.format("plain-text", st.from_regex(r"[A-Za-z0-9äßé€ ]{0,70}[a-z]", fullmatch=True))
schemathesis.openapi.media_type(
    "image/jpeg", st.integers(0, 5).map(lambda n: jpeg(n, SMALL)), aliases=FORMATS.split(", ")[1:]
)


@pytest.fixture
def tokens_of_two(
    transactional_db: None,
    settings: LazySettings,
    media: Path,
    provider: ProviderServer,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[str, str]:
    """The tokens of the owner of THEIRS, and of somebody else. Nothing is limited, and nobody waits long."""
    clock = SimpleNamespace(monotonic=time.monotonic, sleep=lambda _seconds: jobs.perform_next())
    monkeypatch.setattr(waiting, "time", clock)  # whoever waits does the work
    for name in ("API_WRITES_AN_HOUR", "PREFILL_JOBS_A_DAY_ACCOUNT", "PREFILL_DAY_BUDGET_MICROS"):
        setattr(settings, name, ALL)
    owner, other = (Seller.objects.create_user(f"{name}@example.org") for name in ("owner", "other"))
    make_listing(other)
    (bare,) = shelve(owner, minutes_ago(1))
    Listing.objects.filter(pk=bare.pk).update(id=THEIRS)
    job = ask(make_draft(owner), unit=UNIT, seller=owner, language="en", purpose=Purpose.API)
    assert isinstance(job, PrefillJob)
    ended = {"state": JobState.DONE, "ended_at": timezone.now(), "fields": FIELDS}
    PrefillJob.objects.filter(pk=job.pk).update(id=THEIRS, **ended)
    return tokens.issue(owner, "test"), tokens.issue(other, "test")


@schema.given(is_owner=st.booleans())
@schema.parametrize()
@settings(max_examples=EXAMPLES, derandomize=True, suppress_health_check=list(HealthCheck))
def test_whatever_is_sent(
    case: Any, is_owner: bool, live_server: LiveServer, tokens_of_two: tuple[str, str]
) -> None:
    # In a form everything is text: what the generator takes for right or wrong may be either on the wire.
    excluded = [negative_data_rejection, positive_data_acceptance] if case.method == "POST" else []
    if (case.query or {}).get("category", KNOWN[0]) not in KNOWN:
        excluded = [*excluded, positive_data_acceptance]  # text of the right form that names no category
    headers = {"Authorization": f"Bearer {tokens_of_two[0 if is_owner else 1]}"}
    response = case.call_and_validate(base_url=live_server.url, headers=headers, excluded_checks=excluded)
    is_found = "/jobs/" in response.request.url and response.status_code == 200
    assert not (is_found and not is_owner), response.request.url


def test_the_description_is_as_it_was() -> None:
    """A changed API is a change to the snapshot, to be seen: TROVA_SNAPSHOT=1 writes it anew."""
    if os.environ.get("TROVA_SNAPSHOT"):
        SNAPSHOT.write_text(f"{schema_text}\n")
    assert json.loads(schema_text) == json.loads(SNAPSHOT.read_text())
