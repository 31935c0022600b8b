"""The marketplace behind the counter: who sees pictures, what is not changed there."""

from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from listings import favourites, messaging, photo_files
from listings.models import (
    ApiWrites,
    Block,
    Category,
    CategoryCount,
    Favourite,
    KeptMessage,
    Mail,
    Message,
    Photo,
    Seller,
    Word,
)
from listings.tests.cast import make_draft, make_listing

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(db: None) -> Client:
    client = Client()
    client.force_login(Seller.objects.create_superuser("ada@example.org", "mind it", first_name="Ada"))
    return client


@pytest.mark.parametrize(
    ("day", "season", "shown"), [("2026-01-15", "CET", "11:30 a.m."), ("2026-07-15", "CEST", "12:30 p.m.")]
)
def test_every_page_names_the_zone_of_its_times(day: str, season: str, shown: str) -> None:
    with time_machine.travel(f"{day}T10:30:00Z", tick=False):
        ada = Client()
        ada.force_login(Seller.objects.create_superuser("ada@example.org"))
        mail = Mail.objects.create(sender="a@example.org", recipient="b@example.org", sent_at=timezone.now())
        for page in (reverse("admin:index"), reverse("admin:listings_mail_change", args=[mail.pk])):
            told = ada.get(page).content.decode()
            assert f"Times are in Europe/Berlin (now {season})." in told
        assert shown in told


def file_of(photo: Photo, width: int = 320) -> str:
    return reverse("admin:listings_photo_file", args=[photo.pk, width])


def test_staff_see_photos_of_drafts(administrator: Client, seller: Seller) -> None:
    photo = make_draft(seller).photos.get()
    response = administrator.get(file_of(photo))
    assert response["Content-Type"] == "image/jpeg"
    assert b"".join(response)[:3] == b"\xff\xd8\xff"
    photo_files.remove([photo.pk])
    assert administrator.get(file_of(photo)).status_code == 404


def test_others_do_not(seller_client: Client, seller: Seller, stranger: Client) -> None:
    photo = make_draft(seller).photos.get()
    for client in (seller_client, stranger):
        assert client.get(file_of(photo)).status_code == 302
    colleague = Seller.objects.create_user("colleague@example.org", is_staff=True)
    client = Client()
    client.force_login(colleague)
    assert client.get(file_of(photo)).status_code == 403
    colleague.user_permissions.add(Permission.objects.get(codename="view_photo"))
    response = client.get(file_of(photo))
    assert response.status_code == 200
    response.close()


def test_a_listing_shows_its_pictures_and_a_first_name(administrator: Client, seller: Seller) -> None:
    listing = make_listing(seller, photos=3)
    page = administrator.get(reverse("admin:listings_listing_change", args=[listing.pk])).content.decode()
    assert page.count('class="thumbnail"') == 3
    assert "Sanne" in page
    assert seller.email not in page
    page = administrator.get(reverse("admin:listings_listing_changelist")).content.decode()
    assert page.count('class="thumbnail"') == 1
    assert "€12.50" in page
    assert 'word-live">Live' in page


def test_a_new_shelf_counts_from_the_start(administrator: Client) -> None:
    posted = {"name": "Instruments", "slug": "instruments", "position": 9}
    administrator.post(reverse("admin:listings_category_add"), posted)
    assert CategoryCount.objects.get(category__slug="instruments").on_show == 0
    books = Category.objects.get(slug="books")
    assert administrator.post(reverse("admin:listings_category_delete", args=[books.pk])).status_code == 403


def test_an_address_is_its_owners_to_change(administrator: Client, seller: Seller) -> None:
    address = reverse("admin:listings_seller_change", args=[seller.pk])
    administrator.post(address, {"email": "other@example.org", "first_name": "Suus", "is_active": "on"})
    seller.refresh_from_db()
    assert (seller.email, seller.first_name) == ("seller@example.org", "Suus")
    assert administrator.post(reverse("admin:listings_seller_delete", args=[seller.pk])).status_code == 403


def test_a_mails_text_is_its_readers(administrator: Client, db: None) -> None:
    mail = Mail.objects.create(sender="us@x.org", recipient="s@x.org", subject="Your code", body="7KQ4ZW")
    page = administrator.get(reverse("admin:listings_mail_change", args=[mail.pk])).content.decode()
    assert "Your code" in page
    assert "7KQ4ZW" not in page


def test_what_people_wrote_is_neither_shown_nor_found(
    administrator: Client, seller: Seller, neighbour: Seller
) -> None:
    listing = make_listing(seller)
    messaging.begin(listing, neighbour, "Does it quoxtl?", uuid4())
    messaging.keep(listing, uuid4(), "I would quoxtl it.", uuid4())
    for name, row in (("message", Message.objects.get()), ("keptmessage", KeptMessage.objects.get())):
        address = reverse(f"admin:listings_{name}_changelist")
        assert administrator.get(address).context["cl"].result_count == 1
        assert administrator.get(address, {"q": "quoxtl"}).context["cl"].result_count == 0
        one = reverse(f"admin:listings_{name}_change", args=[row.pk])
        assert "quoxtl" not in administrator.get(one).content.decode()


def test_lists_ask_no_more_for_more_rows(administrator: Client, seller: Seller) -> None:
    asked = [queries_of_each_list(administrator, seller, number) for number in range(3)]
    assert asked[1] == asked[2]


def queries_of_each_list(administrator: Client, seller: Seller, number: int) -> dict[str, int]:
    """So many queries each list makes, when one more row is in each."""
    other, listing = Seller.objects.create_user(f"{number}@example.org"), make_listing(seller)
    messaging.begin(listing, other, "Is it still there?", uuid4())
    messaging.keep(listing, uuid4(), "I would take it.", uuid4())
    favourites.keep(other, [listing])
    messaging.block(other, seller)
    ApiWrites.objects.create(seller=other, hour=timezone.now(), writes=1)
    asked = {}
    for model in (Message, KeptMessage, Favourite, Block, ApiWrites, Word):
        with CaptureQueriesContext(connection) as queries:
            administrator.get(reverse(f"admin:listings_{model._meta.model_name}_changelist"))
        asked[model.__name__] = len(queries)
    return asked
