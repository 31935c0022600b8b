"""What every test run stands on: a PostgreSQL and a Redis of its own, and a Chromium that is installed."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.test.testcases import LiveServerThread
from playwright.sync_api import expect

from trova import embedded
from trova.tests.live_site import WatchedServer

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")  # gw0, gw1; empty in the controller and without xdist
OWN_REDIS = not os.environ.get("REDIS_URL")
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")

# How fast examples come says something of the machine, nothing of the code.
hypothesis.settings.register_profile(
    "trova",
    hypothesis.settings(),  # where CI is set, the same examples every time
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("trova")

LiveServerThread.server_class = WatchedServer
# A loaded machine may take long; what comes sooner is not waited for.
expect.set_options(timeout=20_000)
# Playwright's event loop runs in the thread of the tests, and Django would refuse the database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
# The provider that is configured is for the tests marked `live` alone; no other can call it by mistake.
LIVE = {name: getattr(settings, name) for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL")}
settings.OPENAI_API_KEY = settings.OPENAI_BASE_URL = ""
if OWN_REDIS and WORKER:
    settings.REDIS_URL = embedded.redis_url(settings.DATA_DIR, int(WORKER.removeprefix("gw")) + 1)


def pytest_configure(config: pytest.Config) -> None:
    """Start the stores once a run; a machine that dies may lose what tests wrote."""
    if not WORKER and not config.option.help:
        refuse_second_run(config)
        embedded.use(settings.DATA_DIR, postgres=not settings.DATABASE_URL, redis=OWN_REDIS, durable=False)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests marked `live` where no provider is configured: a skipped test is a failure here."""
    live = [] if any(LIVE.values()) else [item for item in items if item.get_closest_marker("live")]
    if live:
        config.hook.pytest_deselected(items=live)
        items[:] = [item for item in items if item not in live]


def refuse_second_run(config: pytest.Config) -> None:
    """Raise UsageError if another run has the data folder: each would take the other's database away."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    lock = (settings.DATA_DIR / "tests.lock").open("w")
    config.add_cleanup(lock.close)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise pytest.UsageError(
            f"Another test run uses {settings.DATA_DIR}. Wait for it, or set TROVA_DATA to another folder."
        ) from error


@pytest.fixture(autouse=True)
def requests_end(request: pytest.FixtureRequest) -> Iterator[None]:
    """End a test with its requests: one that outlives it locks what is emptied, and writes into the next."""
    if "live_server" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("transactional_db")
    server = request.getfixturevalue("live_server").thread.httpd
    yield
    server.settle()


@pytest.fixture
def live_provider() -> Iterator[None]:
    """The provider that this machine's environment names, for a test marked `live`. Its calls cost money."""
    with override_settings(**LIVE):
        yield


@pytest.fixture
def process_env(transactional_db: None) -> dict[str, str]:
    """The environment of a process that works on the database, Redis and files of this test."""
    database_url = settings.DATABASE_URL or embedded.database_url(settings.DATA_DIR)
    name = connection.settings_dict["NAME"]
    return os.environ | {
        "TROVA_DEMO": "1",
        "TROVA_DATA": str(settings.DATA_DIR),
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "DATABASE_URL": urlsplit(database_url)._replace(path=f"/{name}").geturl(),
        "REDIS_URL": settings.REDIS_URL,
    }


@pytest.fixture(scope="module")
def data_folder() -> Iterator[Path]:
    """A data folder for stores of a test's own. Pytest's folders are closed to those that root starts."""
    folder = Path(mkdtemp(prefix="stores-", dir=settings.DATA_DIR))
    folder.chmod(0o755)
    yield folder
    for left in {folder, embedded.cluster_folder(folder).parent}:
        shutil.rmtree(left)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Use a Chromium that is installed; without one, Playwright's own."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    installed = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    arguments = {"args": [*sandbox, "--disable-dev-shm-usage"]}
    return browser_type_launch_args | arguments | ({"executable_path": installed} if installed else {})
