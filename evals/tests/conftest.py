"""What the tests of evaluations stand on: a folder for pictures, and a provider on the wire."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from aiprefill.tests.connection import connected_server
from aiprefill.tests.provider_server import ProviderServer
from evals import margins


@pytest.fixture(autouse=True)
def media(settings: LazySettings, tmp_path: Path) -> Path:
    """A folder for the pictures of this test."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def provider(settings: LazySettings) -> Iterator[ProviderServer]:
    """A server that speaks the Responses API, as the site's provider."""
    with connected_server(settings) as server:
        yield server
        server.release()


@pytest.fixture
def own_margins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the file of margins, read instead of it; whoever writes it clears the cache."""
    own = tmp_path / "margins.toml"
    own.write_bytes(margins._FILE.read_bytes())
    margins._read.cache_clear()
    monkeypatch.setattr(margins, "_FILE", own)
    yield own
    margins._read.cache_clear()
