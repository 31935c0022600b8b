"""The cast: a seller who owns things, a neighbour with an account, a stranger without one."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from listings.models import Seller
from listings.tests.cast import UNIT
from listings.units import set_unit


@pytest.fixture(autouse=True)
def media(settings: LazySettings, tmp_path: Path) -> Path:
    """A folder for the photos of this test."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def seller(db: None) -> Seller:
    cache.clear()  # what is limited for an address counts from zero
    return Seller.objects.create_user("seller@example.org", "correct horse", first_name="Sanne")


@pytest.fixture
def neighbour(db: None) -> Seller:
    return Seller.objects.create_user("neighbour@example.org", "battery staple", first_name="Noor")


@pytest.fixture
def seller_client(seller: Seller) -> Client:
    client = Client()
    client.force_login(seller)
    return client


@pytest.fixture
def neighbour_client(neighbour: Seller) -> Client:
    client = Client()
    client.force_login(neighbour)
    return client


@pytest.fixture
def stranger() -> Client:
    """Somebody signed out, in a browser that has begun nothing here."""
    return Client()


@pytest.fixture
def unit_client() -> Client:
    """Somebody signed out whose browser is the unit of the anonymous drafts."""
    client = Client()
    response = HttpResponse()
    set_unit(response, UNIT)
    client.cookies.update(response.cookies)
    return client
