"""What one IP address may do in a day signed out, whatever cookies its browsers drop."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import F
from django.test import Client, RequestFactory
from django.utils import timezone

from listings import actions, addresses
from listings.models import AddressCount, KeptMessage, Listing, Report, Seller
from listings.tests.cast import jpeg, make_listing
from listings.tests.page import Page

pytestmark = pytest.mark.django_db

HOME = "203.0.113.9"
TOLD = "Sign in, and you can go on."


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "address"),
    [
        (0, HOME, "", HOME),
        (0, HOME, "198.51.100.1", HOME),  # a client's own word
        (1, "10.0.0.2", HOME, HOME),
        (1, "10.0.0.2", f"198.51.100.1, {HOME}", HOME),
        (2, "10.0.0.2", f"198.51.100.1, {HOME}, 10.0.0.3", HOME),
        (1, "10.0.0.2", "2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        (1, "10.0.0.2", "2001:db8:1:2:bbbb::1", "2001:db8:1:2::/64"),
        (0, f"::ffff:{HOME}", "", HOME),
        (0, "", "", addresses.UNKNOWN),
    ],
)
def test_an_address_is_what_a_trusted_proxy_says(
    settings: LazySettings, proxies: int, remote: str, forwarded: str, address: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote)
    assert addresses.address_of(request) == address


def test_each_address_has_its_own_day_of_each_kind() -> None:
    assert [addresses.may("draft", HOME, 2) for _ in range(3)] == [True, True, False]
    assert addresses.may("report", HOME, 2)
    assert addresses.may("draft", "198.51.100.1", 2)
    AddressCount.objects.update(day=F("day") - timedelta(days=1))
    assert [addresses.may("draft", HOME, 2) for _ in range(3)] == [True, True, False]


def test_no_address_is_kept(settings: LazySettings) -> None:
    addresses.may("draft", HOME, 2)
    kept = AddressCount.objects.get()
    assert HOME not in str(AddressCount.objects.values().get())
    settings.SECRET_KEY = "another"
    addresses.may("draft", HOME, 2)
    assert AddressCount.objects.exclude(key=kept.key).count() == 1


def test_the_counts_of_past_days_are_swept() -> None:
    addresses.may("draft", HOME, 2)
    now = timezone.now()
    actions.sweep_now(now)
    assert AddressCount.objects.count() == 1
    actions.sweep_now(now + timedelta(days=1))
    assert not AddressCount.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_burst_never_passes_the_limit() -> None:
    def act(_number: int) -> bool:
        try:
            return addresses.may("draft", HOME, 5)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(act, range(16))) == 5


def start(client: Client, **meta: Any) -> Any:
    """Start a draft with a photo."""
    told = {"photos": SimpleUploadedFile("lamp.jpg", jpeg(), "image/jpeg"), "form_key": str(uuid.uuid4())}
    return client.post("/listings/new/", told, **meta)


def test_no_cookie_no_header_and_no_other_browser_starts_more(settings: LazySettings) -> None:
    settings.ANONYMOUS_ACTS_A_DAY = 2
    for _ in range(2):
        assert start(Client(), REMOTE_ADDR=HOME).status_code == 302
    refused = start(Client(), REMOTE_ADDR=HOME, HTTP_X_FORWARDED_FOR="198.51.100.1")
    assert (refused.status_code, Listing.objects.count()) == (429, 2)
    assert TOLD in refused.content.decode()
    assert 0 < int(refused["Retry-After"]) <= 86_400
    script = start(Client(), REMOTE_ADDR=HOME, HTTP_ACCEPT="application/json")
    assert (script.status_code, TOLD in script.json()["notice"]) == (429, True)
    assert 0 < int(script["Retry-After"]) <= 86_400
    assert start(Client(), REMOTE_ADDR="198.51.100.1").status_code == 302


def test_whoever_is_signed_in_is_not_counted(settings: LazySettings, seller_client: Client) -> None:
    settings.ANONYMOUS_ACTS_A_DAY = 1
    assert start(Client()).status_code == 302
    assert start(seller_client).status_code == 302
    assert start(Client()).status_code == 429


def test_a_draft_that_was_begun_takes_the_rest_of_its_photos(
    settings: LazySettings, stranger: Client
) -> None:
    settings.ANONYMOUS_ACTS_A_DAY = 1
    key = str(uuid.uuid4())
    for number in range(3):
        file = SimpleUploadedFile("lamp.jpg", jpeg(number), "image/jpeg")
        told = {"photos": file, "form_key": key, "do": "photos"}
        assert stranger.post("/listings/new/", told, HTTP_ACCEPT="application/json").status_code == 200
    assert Listing.objects.get().photos.count() == 3


def test_reports_are_counted_and_the_words_stay(settings: LazySettings, seller: Seller) -> None:
    settings.ANONYMOUS_ACTS_A_DAY = 1
    address = f"/listings/{make_listing(seller).pk}/report/"
    for _ in range(2):
        page = Page(Client(), address).write(reason="scam", text="Too cheap.").send()
    assert (page.status, page.data["text"], TOLD in page.text) == (429, "Too cheap.", True)
    assert 0 < int(page.response["Retry-After"]) <= 86_400
    assert Report.objects.count() == 1


def test_kept_messages_are_counted_and_the_words_stay(settings: LazySettings, seller: Seller) -> None:
    settings.ANONYMOUS_ACTS_A_DAY = 1
    address = f"/listings/{make_listing(seller).pk}/contact/"
    for _ in range(2):
        page = Page(Client(), address).write(text="Is it still there?").send()
    assert (page.status, page.data["text"], TOLD in page.text) == (429, "Is it still there?", True)
    assert 0 < int(page.response["Retry-After"]) <= 86_400
    assert KeptMessage.objects.count() == 1


@pytest.mark.parametrize(
    ("act", "words", "rows"),
    [
        ("report", {"reason": "scam", "text": "Too cheap."}, Report),
        ("contact", {"text": "Is it still there?"}, KeptMessage),
    ],
)
def test_the_same_form_sent_again_counts_once(
    settings: LazySettings, seller: Seller, act: str, words: dict[str, str], rows: Any
) -> None:
    settings.ANONYMOUS_ACTS_A_DAY = 2
    client = Client()
    page = Page(client, f"/listings/{make_listing(seller).pk}/{act}/").write(**words)
    again = Page(client, page.address).write(**words)
    for form in (page, page, page, again, page):
        assert client.post(form.address, form.data).status_code == 302
    assert (rows.objects.count(), AddressCount.objects.get().count) == (2, 2)
    assert Page(client, page.address).write(**words).send().status == 429
    assert (rows.objects.count(), AddressCount.objects.get().count) == (2, 2)
