"""Accounts that exist because somebody typed an address: they go, and keep nobody from their own address."""

from datetime import datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.conf import LazySettings
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from listings import actions, tokens
from listings.actions import sweeping
from listings.models import Favourite, Seller
from listings.tests.cast import make_draft, make_listing
from listings.tests.test_accounts import CONFIRM, REQUEST, code_for, sign_in

TYPED = "typed@example.org"
DAY = timedelta(days=1)
SOON = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def own_mail(db: None, settings: LazySettings) -> None:
    """Mail goes to the outbox, as outside of tests, and no limit is used up."""
    settings.EMAIL_BACKEND = "listings.mail.OutboxBackend"
    cache.clear()


def typed(email: str = TYPED) -> Seller:
    """The account that typing this address makes."""
    Client().post(REQUEST, {"email": email})
    return Seller.objects.get(email=email)


def test_it_goes_after_a_day() -> None:
    joined = typed().date_joined
    actions.sweep_now(joined + DAY - SOON)
    assert Seller.objects.filter(email=TYPED).exists()
    actions.sweep_now(joined + DAY + SOON)
    assert not Seller.objects.filter(email=TYPED).exists()
    assert not EmailAddress.objects.filter(email=TYPED).exists()


def test_the_day_begins_again_with_each_code(stranger: Client) -> None:
    first = typed().date_joined
    Seller.objects.update(date_joined=first - DAY)
    stranger.post(REQUEST, {"email": TYPED})
    actions.sweep_now(timezone.now() + SOON)
    assert Seller.objects.get().date_joined > first


def test_it_stays_when_a_code_is_asked_for_during_the_sweep(
    stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    Seller.objects.filter(pk=typed().pk).update(date_joined=timezone.now() - 2 * DAY)

    def after_a_code(email: str, before: datetime) -> None:
        stranger.post(REQUEST, {"email": email})
        actions.erase_unproved(email, before)

    monkeypatch.setattr(sweeping, "erase_unproved", after_a_code)
    actions.sweep_now(timezone.now())
    stranger.post(CONFIRM, {"code": code_for(TYPED)})
    assert stranger.session["_auth_user_id"] == str(Seller.objects.get().pk)


def test_it_stays_once_its_address_is_proved(stranger: Client) -> None:
    sign_in(stranger, TYPED)
    stranger.post("/account/logout/")
    actions.sweep_now(timezone.now() + 2 * DAY)
    assert Seller.objects.get().email == TYPED


def test_it_stays_while_there_is_more_to_it(seller: Seller) -> None:
    """A draft, a heart, a token, a role, a verified address, every right, or that it was closed."""
    kept = {name: typed(f"{name}@example.org") for name in ("draft", "heart", "token", "role", "proved")}
    make_draft(kept["draft"])
    Favourite.objects.create(seller=kept["heart"], listing=make_listing(seller))
    tokens.issue(kept["token"], name="mine")
    kept["role"].groups.add(Group.objects.create(name="helpers"))
    EmailAddress.objects.filter(user=kept["proved"]).update(verified=True)
    kept["closed"] = typed("closed@example.org")
    Seller.objects.filter(pk=kept["closed"].pk).update(is_active=False)
    kept["super"] = typed("super@example.org")
    Seller.objects.filter(pk=kept["super"].pk).update(is_superuser=True)
    gone = typed("gone@example.org")
    actions.sweep_now(timezone.now() + 2 * DAY)
    assert set(Seller.objects.all()) == {seller, *kept.values()}
    assert gone not in Seller.objects.all()


def test_it_stays_where_staff_made_it(admin_client: Client) -> None:
    form = {"email": TYPED, "first_name": "Nora", "usable_password": "false"}
    assert admin_client.post(reverse("admin:listings_seller_add"), form).status_code == 302
    actions.sweep_now(timezone.now() + 2 * DAY)
    assert Seller.objects.get(email=TYPED).first_name == "Nora"


def test_what_is_held_is_every_relation_of_a_seller() -> None:
    """Whatever a seller may have one day keeps the account too."""
    asked = str(Seller.objects.unproved().query)
    tables = {relation.related_model._meta.db_table for relation in Seller._meta.related_objects}
    assert {table for table in tables if f'"{table}"' not in asked} == set()
    assert len(tables) > 8


def changed_to_typed(client: Client) -> str:
    """What the page says when this client changes its address to the typed one, by its code."""
    client.post("/account/email/", {"action_add": "", "email": TYPED})
    return client.post("/account/confirm-email/", {"code": code_for(TYPED)}, follow=True).content.decode()


def test_the_owner_of_a_typed_address_changes_to_it(stranger: Client) -> None:
    sign_in(stranger, "owner@example.org")
    owner, other = Seller.objects.get(), typed()
    assert "already registered" not in changed_to_typed(stranger)
    assert Seller.objects.get() == owner
    owner.refresh_from_db()
    assert owner.email == TYPED
    assert not Seller.objects.filter(pk=other.pk).exists()


def test_a_wrong_code_leaves_the_typed_account(stranger: Client) -> None:
    sign_in(stranger, "owner@example.org")
    typed()
    stranger.post("/account/email/", {"action_add": "", "email": TYPED})
    stranger.post("/account/confirm-email/", {"code": "XXXXXX"})
    assert Seller.objects.count() == 2


def test_an_account_that_holds_something_keeps_its_address(stranger: Client) -> None:
    sign_in(stranger, "owner@example.org")
    holder = typed()
    make_draft(holder)
    assert "already registered" in changed_to_typed(stranger)
    assert Seller.objects.get(email=TYPED) == holder


def test_sessions_go_when_they_end(seller_client: Client) -> None:
    ends = Session.objects.get().expire_date
    actions.sweep_now(ends - SOON)
    assert Session.objects.exists()
    actions.sweep_now(ends + SOON)
    assert not Session.objects.exists()
