"""Which version a seller gets."""

import uuid
from dataclasses import dataclass

from aiprefill.models import PromptVersion
from aiprefill.prompts import FLOOR, PRODUCTION, label_version
from aiprefill.providers import PROVIDERS


@dataclass(frozen=True, slots=True)
class Pick:
    """The version for one unit, and the draw that chose it. An empty arm: no experiment ran."""

    version: PromptVersion
    arm: str = ""
    share: float | None = None
    salt: str = ""


def is_configured(provider: str) -> bool:
    """Whether a provider can be called as the site is set up."""
    return PROVIDERS[provider].is_configured()


def endpoint(provider: str) -> str:
    """Where a provider asks as the site is set up; see `providers.Entry`."""
    return PROVIDERS[provider].endpoint()


def pick(unit: uuid.UUID) -> Pick:
    """Production's version, or the floor while production's provider is not configured."""
    version = label_version(PRODUCTION)
    if not is_configured(version.provider):
        version = label_version(FLOOR)
    return Pick(version)
