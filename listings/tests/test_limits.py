"""What limits sign-ins: kept until its time is over, however much else is counted, and removed then."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from listings import actions
from listings.models import Seller

PASSWORD = "correct horse"
MORE_THAN_DJANGO_KEEPS = 400
"""Its own bound is 300 entries; a third goes when there are more, first by name."""


def tried(seller: Seller, password: str) -> str:
    page = Client().post("/account/login/", {"login": seller.email, "password": password})
    return page.content.decode()


def test_other_addresses_do_not_make_a_limit_forgotten(seller: Seller) -> None:
    seller.emailaddress_set.create(email=seller.email, verified=True, primary=True)  # type: ignore[attr-defined]
    for _ in range(5):
        assert "Too many failed" not in tried(seller, "battery staple")
    assert "Too many failed" in tried(seller, PASSWORD)
    for number in range(MORE_THAN_DJANGO_KEEPS):
        cache.set(f"of-others:{number}", [0.0], 60)
    assert "Too many failed" in tried(seller, PASSWORD)


def kept() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_cache")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_what_expired_is_swept_and_the_rest_stays() -> None:
    cache.clear()
    cache.set("of-a-minute", [0.0], 60)
    cache.set("of-an-hour", [0.0], 3600)
    actions.sweep_now(timezone.now())
    assert kept() == 2
    actions.sweep_now(timezone.now() + timedelta(minutes=2))
    assert kept() == 1
    assert cache.get("of-an-hour") == [0.0]
