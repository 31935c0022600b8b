"""What the tests of jobs need: a provider on the wire, photos on the disk, a seller."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client

from aiprefill import leases
from aiprefill.tests.connection import connected_server
from aiprefill.tests.provider_server import ProviderServer
from aiprefill.tests.selling import EMPTY
from listings.models import Listing, Seller
from listings.tests.cast import UNIT, make_draft
from listings.units import set_unit


@pytest.fixture(autouse=True)
def media(settings: LazySettings, tmp_path: Path) -> Path:
    """A folder for the photos of this test."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def seller(db: None) -> Seller:
    return Seller.objects.create_user("seller@example.org", "correct horse", first_name="Sanne")


@pytest.fixture
def unit_client() -> Client:
    """Somebody signed out whose browser is the unit of the anonymous drafts."""
    client = Client()
    response = HttpResponse()
    set_unit(response, UNIT)
    client.cookies.update(response.cookies)
    return client


@pytest.fixture
def draft(db: None) -> Listing:
    """An anonymous draft with a photo and nothing written."""
    return make_draft(None, **EMPTY)


@pytest.fixture
def provider(settings: LazySettings) -> Iterator[ProviderServer]:
    """A server that speaks the Responses API, as the site's provider."""
    with connected_server(settings) as server:
        yield server


@pytest.fixture(autouse=True)
def nothing_runs() -> Iterator[None]:
    """No test leaves a lease behind."""
    yield
    assert leases.running() == 0
