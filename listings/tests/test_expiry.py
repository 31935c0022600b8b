"""A listing's days: told in time, renewed by one button, ended, and its page gone after a while."""

import re
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from django.conf import LazySettings
from django.db import connection
from django.db.models import F
from django.test import Client
from django.utils import timezone

from listings import actions
from listings.models import CategoryCount, Listing, Mail, Photo, Seller, Status
from listings.tests.cast import make_listing
from listings.tests.test_actions import assert_counts

DAY: Final = timedelta(days=1)


@pytest.fixture(autouse=True)
def outbox(settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = "listings.mail.OutboxBackend"


@pytest.fixture
def listing(seller: Seller) -> Listing:
    return make_listing(seller)


def after(days: float) -> datetime:
    return timezone.now() + days * DAY


def renewal_link(mail: Mail) -> str:
    found = re.search(r"http://localhost:8000(/listings/\S+/renew/\S+)", mail.body)
    assert found
    return found[1]


def age(listing: Listing, days: float) -> None:
    """Let this many days pass for an ended listing."""
    Listing.objects.filter(pk=listing.pk).update(ended_at=F("ended_at") - days * DAY)


def test_a_posted_listing_has_sixty_days(listing: Listing) -> None:
    assert listing.expires_at
    assert listing.published_at
    assert listing.expires_at - listing.published_at == 60 * DAY


def test_its_seller_is_told_three_days_before_once(listing: Listing, seller: Seller) -> None:
    actions.sweep_now(after(56.9))
    assert not Mail.objects.exists()
    for _minute in range(3):
        actions.sweep_now(after(57.1))
    mail = Mail.objects.get()
    assert mail.recipient == seller.email
    assert mail.subject == "Still for sale? Desk lamp, brass"
    assert Listing.objects.get().status == Status.LIVE


def test_two_sweeps_at_once_tell_once(listing: Listing) -> None:
    now = after(58)
    found = list(Listing.objects.to_be_told(now).values_list("pk", flat=True))
    assert actions.expiring.tell(found[0], now)
    assert not actions.expiring.tell(found[0], now)
    assert Mail.objects.count() == 1


def test_it_ends_after_its_days_and_leaves_the_counts_right(listing: Listing) -> None:
    actions.sweep_now(after(57.1))
    actions.sweep_now(after(59.9))
    assert Listing.objects.on_show().exists()
    actions.sweep_now(after(60.2))
    listing.refresh_from_db()
    assert listing.status == Status.EXPIRED
    assert listing.ended_at
    assert not CategoryCount.objects.filter(on_show__gt=0).exists()
    assert_counts()


def test_after_a_long_silence_it_still_has_the_days_that_the_mail_promises(listing: Listing) -> None:
    actions.sweep_now(after(75))
    actions.sweep_now(after(77.9))
    assert Listing.objects.on_show().exists()
    actions.sweep_now(after(78.1))
    assert not Listing.objects.on_show().exists()


def test_a_sold_or_undated_one_neither_tells_nor_expires(seller: Seller, listing: Listing) -> None:
    make_listing(seller, status=Status.SOLD)
    Listing.objects.filter(pk=listing.pk).update(expires_at=None)
    before = list(Listing.objects.order_by("pk").values_list("status", flat=True))
    actions.sweep_now(after(100))
    actions.sweep_now(after(200))
    assert list(Listing.objects.order_by("pk").values_list("status", flat=True)) == before
    assert not Mail.objects.exists()


@pytest.mark.parametrize("sign_in", [True, False])
def test_the_link_in_the_mail_asks_and_its_button_renews(
    listing: Listing, seller_client: Client, stranger: Client, sign_in: bool
) -> None:
    actions.sweep_now(after(57.5))
    client = seller_client if sign_in else stranger
    link = renewal_link(Mail.objects.get())
    before = Listing.objects.values().get()
    page = client.get(link)
    assert "Keep it for 60 days" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert Listing.objects.values().get() == before  # programs open links, and press nothing
    assert client.post(link)["Location"] == listing.get_absolute_url()
    listing.refresh_from_db()
    assert listing.told_at is None
    assert listing.expires_at
    assert listing.expires_at > after(59.9)
    assert listing.published_at == before["published_at"]  # it keeps its place
    actions.sweep_now(after(59))
    assert Mail.objects.count() == 2


def test_the_link_puts_an_expired_one_back(listing: Listing, stranger: Client) -> None:
    actions.sweep_now(after(57.5))
    link = renewal_link(Mail.objects.get())
    actions.sweep_now(after(61))
    assert "It is not in the shop now." in stranger.get(link).content.decode()
    stranger.post(link)
    listing.refresh_from_db()
    assert (listing.status, listing.ended_at) == (Status.LIVE, None)
    assert_counts()


def test_the_link_of_a_sold_one_says_so_and_of_another_is_none(
    listing: Listing, seller: Seller, stranger: Client
) -> None:
    actions.sweep_now(after(57.5))
    link = renewal_link(Mail.objects.get())
    another = make_listing(seller)
    assert stranger.get(link.replace(str(listing.pk), str(another.pk), 1)).status_code == 404
    assert stranger.post(f"/listings/{listing.pk}/renew/?key={listing.pk}:1:x").status_code == 404
    actions.mark_sold(listing)
    assert "nothing to renew" in stranger.get(link).content.decode()
    stranger.post(link)
    assert Listing.objects.get(pk=listing.pk).status == Status.SOLD


def test_my_listings_say_until_when_and_renew(
    listing: Listing, seller: Seller, seller_client: Client
) -> None:
    assert "Leaves the shop on" not in seller_client.get("/my/listings/").content.decode()
    actions.sweep_now(after(57.5))
    seller_client.force_login(seller)  # the session of two months ago went with the sweep
    html = seller_client.get("/my/listings/").content.decode()
    assert "Leaves the shop on" in html
    assert 'value="renew"' in html
    seller_client.post(f"/listings/{listing.pk}/change/", {"change": "renew"})
    assert Listing.objects.get().told_at is None


def test_what_comes_back_has_all_its_days(listing: Listing) -> None:
    Listing.objects.update(expires_at=after(1))
    actions.hide(listing, "Why.")
    actions.unhide(listing)
    assert listing.expires_at
    assert listing.expires_at > after(59.9)


@pytest.mark.parametrize(("status", "said"), [(Status.SOLD, "Sold."), (Status.EXPIRED, "Expired.")])
def test_an_ended_page_says_so_for_two_weeks_and_is_then_gone(
    stranger: Client, seller_client: Client, seller: Seller, status: Status, said: str
) -> None:
    listing = make_listing(seller, status=status)
    photo = Photo.objects.get().url(320)
    age(listing, 13.9)
    assert said in stranger.get(listing.get_absolute_url()).content.decode()
    b"".join(shown := list(stranger.get(photo)))
    assert shown
    age(listing, 0.2)
    response = stranger.get(listing.get_absolute_url())
    assert response.status_code == 410
    html = response.content.decode()
    assert 'href="/?category=home-garden"' in html
    assert "lamp" not in html
    assert stranger.get(photo).status_code == 404
    assert seller_client.get(listing.get_absolute_url()).status_code == 200


def test_what_is_public_is_the_same_in_sql(seller: Seller, listing: Listing) -> None:
    now = timezone.now()
    for status in (Status.RESERVED, Status.SOLD, Status.EXPIRED, Status.HIDDEN):
        make_listing(seller, status=status)
        old: Any = make_listing(seller, status=status)
        age(old, 20)
    shown = {each.pk for each in Listing.objects.all() if each.is_public(now)}
    assert shown == {each.pk for each in Listing.objects.public(now)}
    assert len(shown) == 5


def test_the_sweep_reads_its_index(listing: Listing) -> None:
    now = after(57.5)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # so few rows
        # With so few rows any index is as good, and what earlier tests left decides: leave it no choice.
        others = [index.name for index in Listing._meta.indexes if index.name != "listing_expiring"]
        for name in others:
            cursor.execute(f"DROP INDEX {name}")
    for due in (Listing.objects.to_be_told(now), Listing.objects.run_out(now)):
        assert "listing_expiring" in due.explain()


def test_a_deleted_listing_takes_its_mail_along(listing: Listing, seller: Seller) -> None:
    other = make_listing(seller)
    actions.sweep_now(after(57.5))
    assert Mail.objects.count() == 2
    actions.delete(listing)
    assert str(other.pk) in Mail.objects.get().body
