"""The ways to get suggestions, by the name that a prompt version gives."""

from collections.abc import Callable
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

from aiprefill.providers.base import Provider

OPENAI: Final = "https://api.openai.com/v1"
"""Where the SDK asks unless told otherwise."""


class Entry(NamedTuple):
    """How a provider is reached. What `charges` has money set aside before each call.

    `endpoint` is the address it asks, without user, password and query; "" for one in this process.
    """

    connect: Callable[[], Provider]
    is_configured: Callable[[], bool]
    endpoint: Callable[[], str]
    charges: bool


def _openai() -> Provider:
    # The SDK takes a third of a second to import, and web processes never call it.
    from aiprefill.providers.openai import connected

    return connected(settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL)


def _openai_endpoint() -> str:
    address = urlsplit(settings.OPENAI_BASE_URL or OPENAI)
    place = address.netloc.rpartition("@")[2].lower()
    return f"{address.scheme}://{place}{address.path.rstrip('/')}"


def _catalogue() -> Provider:
    from aiprefill.providers.catalogue import connected

    return connected()


PROVIDERS: Final = {
    "openai": Entry(
        _openai,
        lambda: bool(settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL),
        _openai_endpoint,
        charges=True,
    ),
    "catalogue": Entry(_catalogue, lambda: True, lambda: "", charges=False),
}
