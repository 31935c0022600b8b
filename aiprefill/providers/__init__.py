"""The ways to get suggestions, by the name that a prompt version gives."""

from collections.abc import Callable
from typing import Final, NamedTuple

from django.conf import settings

from aiprefill.providers.base import Provider


class Entry(NamedTuple):
    """How a provider is reached. What `charges` has money set aside before each call."""

    connect: Callable[[], Provider]
    is_configured: Callable[[], bool]
    charges: bool


def _openai() -> Provider:
    # The SDK takes a third of a second to import, and web processes never call it.
    from aiprefill.providers.openai import connected

    return connected(settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL)


def _catalogue() -> Provider:
    from aiprefill.providers.catalogue import connected

    return connected()


PROVIDERS: Final = {
    "openai": Entry(_openai, lambda: bool(settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL), charges=True),
    "catalogue": Entry(_catalogue, lambda: True, charges=False),
}
