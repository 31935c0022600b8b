"""The local provider server as the site's own provider, for the time of a test."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import LazySettings

from aiprefill.providers.openai import connected
from aiprefill.tests.provider_server import ProviderServer


@contextmanager
def connected_server(settings: LazySettings) -> Iterator[ProviderServer]:
    """A server that speaks the Responses API; settings name it as the provider."""
    with ProviderServer() as server, connected_to(server.url, settings):
        yield server


@contextmanager
def connected_to(url: str, settings: LazySettings) -> Iterator[None]:
    """Settings name the server at this address as the provider."""
    settings.OPENAI_BASE_URL = url
    try:
        yield
    finally:
        # The process keeps its clients for good; this one's server is gone.
        connected(settings.OPENAI_API_KEY, url).close()
        connected.cache_clear()
