"""manage.py seed_demo."""

import json
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from listings.models import CategoryCount, Listing, Seller
from trova.demo import content
from trova.demo.people import ADMINISTRATOR, ANNOTATOR, SELLER, SIGN_INS


@pytest.fixture(autouse=True)
def media(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def few_listings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, db: None) -> None:
    """The first listings of the demo, so that one of them is the demo seller's own."""
    whole = json.loads(content.LISTINGS.read_text())
    few = tmp_path / "listings.json"
    few.write_text(json.dumps(whole | {"listings": whole["listings"][:4]}))
    monkeypatch.setattr(content, "LISTINGS", few)
    monkeypatch.setattr(content, "OWN_EVERY", 4)


def test_it_posts_everything_once(few_listings: None) -> None:
    call_command("seed_demo", verbosity=0)
    posted = list(Listing.objects.posted().order_by("pk"))
    assert len(posted) == 4
    assert all(listing.photos.exists() for listing in posted)
    assert all(listing.published_at and listing.published_at < timezone.now() for listing in posted)
    assert Listing.objects.filter(seller__email=SELLER.email).exists()
    on_show = Listing.objects.on_show().count()
    assert sum(CategoryCount.objects.values_list("on_show", flat=True)) == on_show
    call_command("seed_demo", verbosity=0)
    assert list(Listing.objects.order_by("pk")) == posted


def test_a_second_run_is_quick(
    few_listings: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    call_command("seed_demo", verbosity=0)
    with django_assert_max_num_queries(20):
        call_command("seed_demo", verbosity=0)


def test_everybody_who_may_sign_in_can(few_listings: None) -> None:
    call_command("seed_demo", verbosity=0)
    for person in SIGN_INS:
        response = Client().post("/account/login/", {"login": person.email, "password": person.password})
        assert response["Location"] == "/"
    annotator = Seller.objects.get(email=ANNOTATOR.email)
    assert annotator.is_staff
    assert not annotator.is_superuser
    assert annotator.groups.get().name == "annotators"
    assert Seller.objects.get(is_superuser=True).email == ADMINISTRATOR.email


def test_it_refuses_in_production(settings: LazySettings, db: None) -> None:
    settings.LOCAL = False
    with pytest.raises(CommandError, match="everybody knows"):
        call_command("seed_demo")
    assert not Seller.objects.exists()
