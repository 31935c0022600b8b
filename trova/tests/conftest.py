"""What whole journeys stand on: a browser, the live site, a worker and a model's server of their own."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from aiprefill import jobs
from aiprefill.tests.connection import connected_server
from aiprefill.tests.provider_server import ProviderServer
from listings.tests.cast import jpeg
from trova.tests.browser import QUIET, Visitor


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The installed Chromium, asking for nothing of its own."""
    return browser_type_launch_args | {"args": [*browser_type_launch_args["args"], *QUIET]}


@pytest.fixture
def media(settings: LazySettings, tmp_path: Path) -> Path:
    """A folder for the photos of this test."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def provider(settings: LazySettings) -> Iterator[ProviderServer]:
    """A server that speaks the Responses API, as the site's provider."""
    with connected_server(settings) as server:
        yield server
        server.release()


@pytest.fixture
def worker(provider: ProviderServer, transactional_db: None) -> Iterator[None]:
    """A worker that runs every job that is due, in a thread; it ends with the test."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            if not jobs.perform_next(draw=lambda: 0.0):
                stop.wait(0.02)
        connection.close()

    thread = threading.Thread(target=work, name="worker")
    thread.start()
    yield
    stop.set()
    provider.release()
    thread.join()


@pytest.fixture
def visitor(browser: Browser, live_server: LiveServer, media: Path) -> Iterator[Visitor]:
    """Somebody with a browser on the live site; nothing may go wrong on any page they saw."""
    visitor = Visitor(browser, live_server.url)
    yield visitor
    visitor.leave()


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Three photos on the visitor's device."""
    files = [tmp_path / f"photo-{number}.jpg" for number in range(3)]
    for number, file in enumerate(files):
        file.write_bytes(jpeg(number, (1200, 900)))
    return files
