"""Tokens: made, used and revoked by their owner."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from listings import tokens
from listings.models import ApiToken, Seller

PAGE = "/my/api/"
SHOWN = re.compile(r'class="token">(trova_[\w-]{43})<')


def test_a_token_is_shown_once_and_kept_as_a_hash(seller_client: Client, seller: Seller) -> None:
    made = seller_client.post(PAGE, {"name": "Price check"})
    assert "no-store" in made["Cache-Control"]
    (token,) = SHOWN.findall(made.content.decode())
    assert tokens.seller_of(token) == seller
    page = seller_client.get(PAGE).content.decode()
    assert token not in page
    assert ("Price check" in page, f"…{token[-4:]}" in page, "just now" in page) == (True, True, True)
    row = ApiToken.objects.values().get()
    assert token not in str(row)
    assert row["last_four"] == token[-4:]


def test_the_last_use_is_known_to_the_minute(seller: Seller) -> None:
    token = tokens.issue(seller, "")
    row = ApiToken.objects.get()
    now = timezone.now()
    for before, is_noted in ((None, True), (now, False), (now - timedelta(minutes=2), True)):
        ApiToken.objects.update(last_used_at=before)
        tokens.seller_of(token)
        row.refresh_from_db()
        assert (row.last_used_at != before) == is_noted


def test_only_its_owner_revokes_it(seller_client: Client, neighbour_client: Client, seller: Seller) -> None:
    token = tokens.issue(seller, "Price check")
    address = f"{PAGE}{ApiToken.objects.get().pk}/revoke/"
    assert "Price check" not in neighbour_client.get(PAGE).content.decode()
    assert neighbour_client.post(address).status_code == 404
    assert tokens.seller_of(token)
    assert seller_client.post(address).status_code == 302
    assert tokens.seller_of(token) is None


def test_an_account_has_only_so_many(seller_client: Client, seller: Seller) -> None:
    for _ in range(tokens.MOST):
        tokens.issue(seller, "")
    response = seller_client.post(PAGE, {"name": "one more"})
    assert (response.status_code, seller.api_tokens.count()) == (422, tokens.MOST)
    assert "Revoke one first" in response.content.decode()


def test_the_command_prints_the_token_alone(seller: Seller) -> None:
    out = StringIO()
    call_command("api_token", "Seller@example.org", stdout=out)
    assert tokens.seller_of(out.getvalue().rstrip("\n")) == seller
    with pytest.raises(CommandError, match=r"nobody@example\.org"):
        call_command("api_token", "nobody@example.org")
