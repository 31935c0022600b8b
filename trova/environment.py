"""Values of the environment, each checked where it is read: what cannot work is refused by its name."""

from typing import Final
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

env: Final = environ.Env()

TEXT_SEARCHES: Final = frozenset(
    "arabic armenian basque catalan danish dutch english finnish french german greek hindi hungarian"  # noqa: SIM905 - twenty-nine lines otherwise
    " indonesian irish italian lithuanian nepali norwegian portuguese romanian russian serbian simple spanish"
    " swedish tamil turkish yiddish".split()
)
"""What PostgreSQL 16 and later bring (`SELECT cfgname FROM pg_ts_config`)."""


def checked_url(name: str, schemes: set[str], default: str) -> str:
    """The URL in environment variable `name`, or `default` where it is unset or empty."""
    value: str = env.str(name, default="") or default
    parts = urlsplit(value)
    lacks_host = parts.scheme in {"http", "https"} and not parts.netloc
    if value and (parts.scheme not in schemes or lacks_host):
        raise ImproperlyConfigured(
            f"{name} must be a URL that begins with one of: {', '.join(sorted(schemes))}."
        )
    return value


def positive(name: str, default: int) -> int:
    """The whole number above zero in environment variable `name`."""
    try:
        value: int = env.int(name, default=default)
    except (ValueError, ImproperlyConfigured):
        value = 0
    if value < 1:
        raise ImproperlyConfigured(f"{name} must be a whole number above 0.")
    return value


def text_search(name: str, default: str) -> str:
    """The name of a text search configuration that every PostgreSQL has, in environment variable `name`."""
    value: str = env.str(name, default="") or default
    if value not in TEXT_SEARCHES:
        raise ImproperlyConfigured(f"{name} must be one of: {', '.join(sorted(TEXT_SEARCHES))}.")
    return value


def switch(name: str, default: bool = False) -> bool:
    """The yes or no in environment variable `name`."""
    value: str = env.str(name, default="") or str(default)
    if value.lower() not in {"0", "1", "true", "false", "yes", "no", "on", "off"}:
        raise ImproperlyConfigured(f"{name} must be 1 or 0.")
    return value.lower() in {"1", "true", "yes", "on"}
