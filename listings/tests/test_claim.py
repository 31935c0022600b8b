"""Signing in on the way to posting: the draft named in `next` is claimed, and no other."""

import re

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from listings.models import Listing, Mail, Seller, Status
from listings.tests.cast import UNIT, make_draft
from listings.tests.page import Page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outbox(settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = "listings.mail.OutboxBackend"
    cache.clear()


def address(draft: Listing) -> str:
    return f"/listings/{draft.pk}/edit/"


def sign_in(page: Page, email: str) -> Page:
    """Go on from the page that asks for an address: that, then the code from the mail."""
    page.write(email=email).send()
    mail = Mail.objects.get()
    assert mail.recipient == email
    code = re.search(r"\b[A-Z0-9]{3,}-?[A-Z0-9]{3,}\b", mail.body)
    assert code, mail.body
    return page.write(code=code[0]).send()


@pytest.mark.parametrize("is_known", [True, False])
def test_post_then_sign_in_then_post(unit_client: Client, is_known: bool) -> None:
    email = "sanne@example.org"
    if is_known:
        Seller.objects.create_user(email)
    draft, other = make_draft(unit=UNIT), make_draft(unit=UNIT)
    page = Page(unit_client, address(draft)).write(title="Written before signing in").press("post")
    assert page.address.startswith("/account/")
    page = sign_in(page, email)
    seller = Seller.objects.get(email=email)
    assert page.address == f"{address(draft)}?review"
    assert "Signed in. Check and post." in page.text
    assert "Written before signing in" in page.text
    draft.refresh_from_db()
    other.refresh_from_db()
    assert (draft.seller, draft.status, other.seller) == (seller, Status.DRAFT, None)
    assert page.press("post").address == f"/listings/{draft.pk}/"
    draft.refresh_from_db()
    assert draft.status == Status.LIVE


def test_a_draft_of_another_browser_is_not_claimed(stranger: Client) -> None:
    draft = make_draft(unit=UNIT)
    page = Page(stranger, f"{reverse('account_request_login_code')}?next={address(draft)}")
    assert sign_in(page, "thief@example.org").status == 404
    draft.refresh_from_db()
    assert draft.seller is None


def test_signing_in_for_its_own_sake_claims_nothing(unit_client: Client) -> None:
    draft = make_draft(unit=UNIT)
    page = Page(unit_client, f"{reverse('account_request_login_code')}?next=/my/listings/")
    assert sign_in(page, "sanne@example.org").address == "/my/listings/"
    draft.refresh_from_db()
    assert draft.seller is None


def test_a_next_that_is_nowhere_or_abroad_signs_in_all_the_same(unit_client: Client) -> None:
    draft = make_draft(unit=UNIT)
    for number, to in enumerate(("/nowhere/at/all", f"https://evil.example/listings/{draft.pk}/edit/")):
        client = Client()
        client.cookies.update(unit_client.cookies)
        page = Page(client, reverse("account_request_login_code"))
        page.data["next"] = to
        sign_in(page, f"sanne{number}@example.org")
        assert "evil" not in page.address
        Mail.objects.all().delete()
    draft.refresh_from_db()
    assert draft.seller is None
