"""`python -m trova.healthy web|worker|ringer`: exit 0 if that service of this container does its work."""

import os
import socket
import sys
from collections.abc import Callable
from urllib.error import URLError
from urllib.request import Request, urlopen

import psycopg

PATIENCE = 5  # seconds for each answer
RINGER = "ringer"  # what PGAPPNAME calls the ringer's connections in docker-compose.yml
RINGER_ASKS_WITHIN = "15 seconds"  # it looks for due work each second


def web() -> bool:
    """Ask this machine's port for /health, under the name that the site answers to."""
    host = os.environ["ALLOWED_HOSTS"].partition(",")[0]
    address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/health"
    try:
        with urlopen(Request(address, headers={"Host": host}), timeout=PATIENCE) as answer:
            return bool(answer.status == 200)
    except (URLError, TimeoutError):
        return False


def worker() -> bool:
    """Ask the worker of this machine for a sign of life, by way of Redis."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trova.settings")
    from trova.celery import app

    return bool(app.control.ping(destination=[f"celery@{socket.gethostname()}"], timeout=2, limit=1))


def ringer() -> bool:
    """Tell whether a ringer has looked for due work in the last seconds."""
    asked = (
        "SELECT 1 FROM pg_stat_activity WHERE application_name = %s AND query_start > now() - %s::interval"
    )
    url = os.environ.get("DATABASE_DIRECT_URL") or os.environ["DATABASE_URL"]
    with psycopg.connect(url, connect_timeout=PATIENCE, application_name="health") as connection:
        return connection.execute(asked, [RINGER, RINGER_ASKS_WITHIN]).fetchone() is not None


CHECKS: dict[str, Callable[[], bool]] = {"web": web, "worker": worker, "ringer": ringer}

if __name__ == "__main__":
    sys.exit(not CHECKS[sys.argv[1]]())
