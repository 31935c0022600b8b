"""Signing in: one step for the new and the known, and what an account page says and does."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client

from listings.models import Listing, Mail, Seller
from listings.tests.cast import make_listing

CODE = re.compile(r"^    (\S+)$", re.MULTILINE)
REQUEST = "/account/login/code/"
CONFIRM = "/account/login/code/confirm/"


@pytest.fixture(autouse=True)
def own_mail(db: None, settings: LazySettings) -> None:
    """Mail goes to the outbox, as outside of tests, and no limit is used up."""
    settings.EMAIL_BACKEND = "listings.mail.OutboxBackend"
    cache.clear()


def code_for(email: str) -> str:
    """The code in the newest mail to this address."""
    found = CODE.search(Mail.objects.filter(recipient=email).latest("id").body)
    assert found
    return found[1]


def sign_in(client: Client, email: str, **extra: str) -> None:
    client.post(REQUEST, {"email": email, **extra})
    response = client.post(CONFIRM, {"code": code_for(email), **extra})
    assert response.status_code == 302, response.content.decode()


def test_a_new_address_is_signed_up_by_its_code(stranger: Client) -> None:
    sign_in(stranger, "new@example.org")
    seller = Seller.objects.get(email="new@example.org")
    assert stranger.session["_auth_user_id"] == str(seller.pk)
    assert not seller.has_usable_password()
    assert EmailAddress.objects.get(user=seller).verified


def test_a_known_address_is_signed_in_by_its_code(stranger: Client, seller: Seller) -> None:
    sign_in(stranger, seller.email)
    assert stranger.session["_auth_user_id"] == str(seller.pk)
    assert Seller.objects.count() == 1


def test_the_case_of_an_address_makes_no_second_account(stranger: Client, seller: Seller) -> None:
    stranger.post(REQUEST, {"email": "Seller@Example.ORG"})
    assert list(Seller.objects.all()) == [seller]


def test_new_and_known_get_the_same_answer_and_the_same_mail(seller: Seller) -> None:
    answers, mails = [], []
    for email in (seller.email, "newone@example.org"):
        client = Client()
        response = client.post(REQUEST, {"email": email}, follow=True)
        html = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
        answers.append((response.redirect_chain, html.replace(email, "")))
        mail = Mail.objects.latest("id")
        mails.append([text.replace(code_for(email), "") for text in (mail.subject, mail.body)])
    assert answers[0] == answers[1]
    assert mails[0] == mails[1]


def test_the_mail_is_short_and_plain(stranger: Client) -> None:
    stranger.post(REQUEST, {"email": "new@example.org"})
    mail = Mail.objects.get()
    assert mail.subject == f"Your code for Trova: {code_for('new@example.org')}"
    assert mail.html == ""
    assert len(mail.body) < 300


def test_a_wrong_code_signs_nobody_in(stranger: Client) -> None:
    stranger.post(REQUEST, {"email": "new@example.org"})
    response = stranger.post(CONFIRM, {"code": "XXXXXX"})
    assert "field-error" in response.content.decode()
    assert "_auth_user_id" not in stranger.session


def test_a_closed_account_gets_no_code(stranger: Client, seller: Seller) -> None:
    Seller.objects.update(is_active=False)
    assert stranger.post(REQUEST, {"email": seller.email}).status_code == 302
    assert CODE.search(Mail.objects.get().body) is None


def test_after_a_slip_another_address_can_be_typed(stranger: Client) -> None:
    stranger.post(REQUEST, {"email": "slip@example.org", "next": "/my/drafts/"})
    page = stranger.get(CONFIRM + "?next=/my/drafts/").content.decode()
    back = re.search(r'name="next" value="([^"]*)">\s*<button class="link">Use another', page)
    assert back
    assert stranger.post("/account/logout/", {"next": back[1]})["Location"] == REQUEST + "?next=/my/drafts/"
    sign_in(stranger, "right@example.org")


def test_an_address_that_somebody_else_has_typed_leads_to_an_account_of_its_own(
    stranger: Client, seller: Seller
) -> None:
    EmailAddress.objects.create(user=seller, email="victim@example.org", verified=False)
    sign_in(stranger, "victim@example.org")
    assert stranger.session["_auth_user_id"] == str(Seller.objects.get(email="victim@example.org").pk)
    assert stranger.session["_auth_user_id"] != str(seller.pk)


def test_an_account_of_the_command_line_signs_in_by_its_code(stranger: Client, db: None) -> None:
    admin = Seller.objects.create_superuser("admin@example.org", "mind the shop")
    sign_in(stranger, "admin@example.org")
    assert stranger.session["_auth_user_id"] == str(admin.pk)


def test_codes_for_one_address_are_limited(db: None) -> None:
    for _ in range(3):
        assert Client().post(REQUEST, {"email": "new@example.org"}).status_code == 302
    assert "Too many" in Client().post(REQUEST, {"email": "new@example.org"}).content.decode()
    assert Mail.objects.count() == 3


def test_after_the_code_it_goes_on_where_it_was(stranger: Client) -> None:
    stranger.post(REQUEST, {"email": "new@example.org", "next": "/my/drafts/"})
    response = stranger.post(CONFIRM, {"code": code_for("new@example.org"), "next": "/my/drafts/"})
    assert response["Location"] == "/my/drafts/"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "\\\\evil.example"])
def test_it_never_goes_on_to_another_site(stranger: Client, target: str) -> None:
    stranger.post(REQUEST, {"email": "new@example.org", "next": target})
    response = stranger.post(CONFIRM, {"code": code_for("new@example.org"), "next": target})
    assert response["Location"] == "/"


def test_signing_up_leads_to_the_one_way_in(stranger: Client) -> None:
    assert stranger.get("/account/signup/?next=/my/drafts/")["Location"] == REQUEST + "?next=/my/drafts/"


@pytest.mark.parametrize("path", ["/my/listings/", "/my/account/", "/my/account/delete/"])
def test_pages_of_an_account_ask_for_one(stranger: Client, db: None, path: str) -> None:
    assert stranger.get(path)["Location"] == f"{REQUEST}?next={path}"


def test_the_name_that_buyers_see_is_changed(seller_client: Client, seller: Seller) -> None:
    seller_client.post("/my/account/", {"first_name": "  Sanne   Marie "})
    seller.refresh_from_db()
    assert seller.shown_name == "Sanne Marie"


def test_a_password_can_be_set_later(stranger: Client) -> None:
    sign_in(stranger, "new@example.org")
    assert "/account/password/set/" in stranger.get("/my/account/").content.decode()
    stranger.post("/account/password/set/", {"password1": "a quiet window", "password2": "a quiet window"})
    assert Seller.objects.get(email="new@example.org").check_password("a quiet window")


def test_deleting_the_account_wants_its_address_typed(seller_client: Client, seller: Seller) -> None:
    response = seller_client.post("/my/account/delete/", {"email": "other@example.org"})
    assert "field-error" in response.content.decode()
    assert Seller.objects.filter(pk=seller.pk).exists()


def test_deleting_the_account_erases_what_was_in_it(
    seller_client: Client, seller: Seller, stranger: Client
) -> None:
    listing = make_listing(seller)
    seller_client.post("/my/account/delete/", {"email": "Seller@example.org"})
    assert not Seller.objects.exists()
    assert not Listing.objects.exists()
    assert stranger.get(listing.get_absolute_url()).status_code == 404
    assert seller_client.get("/my/account/").status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        "/account/email/",
        "/account/password/change/",
        "/account/2fa/",
        "/account/2fa/totp/activate/",
        "/account/2fa/webauthn/add/",
        "/account/logout/",
        "/account/reauthenticate/",
    ],
)
def test_every_account_page_looks_like_the_site(stranger: Client, seller: Seller, path: str) -> None:
    seller.emailaddress_set.create(email=seller.email, verified=True, primary=True)  # type: ignore[attr-defined]
    stranger.post("/account/login/", {"login": seller.email, "password": "correct horse"})
    assert stranger.session["_auth_user_id"] == str(seller.pk)
    response = stranger.get(path, follow=True)
    html = response.content.decode()
    assert response.status_code == 200
    assert "site-header" in html
    assert " style=" not in html
