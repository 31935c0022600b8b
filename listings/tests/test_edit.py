"""`/listings/<draft>/edit/`: a draft is written, looked at and posted, without scripts."""

import uuid
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from listings import actions, rules
from listings.models import CategoryCount, Listing, Seller, Status
from listings.tests.cast import FIELDS, UNIT, jpeg, make_draft, make_listing
from listings.tests.page import Page

SCRIPT = {"Accept": "application/json"}


def address(draft: Listing) -> str:
    return f"/listings/{draft.pk}/edit/"


def order(draft: Listing) -> list[str]:
    return [str(pk) for pk in draft.photos.values_list("pk", flat=True)]


@pytest.fixture
def draft(seller: Seller) -> Listing:
    return make_draft(seller, photos=3)


@pytest.fixture
def blank(seller: Seller) -> Listing:
    return make_draft(
        seller, photos=0, title="", description="", category=None, condition="", price=None, town=""
    )


def test_what_is_written_is_there_when_the_page_comes_back(seller_client: Client, blank: Listing) -> None:
    page = Page(seller_client, address(blank))
    text = "Two legs are scratched.\nWidth 80 cm."
    page.write(
        title="  Oak   table ", category="furniture", condition="fair", description=text, price="1.250,5"
    )
    page.press("save")
    assert page.status == 200
    stored = Listing.objects.get()
    assert rules.values_of(stored) == {
        "title": "Oak table",
        "category": "furniture",
        "condition": "fair",
        "description": text,
        "price": Decimal("1250.50"),
        "town": "",
    }
    assert (page.data["title"], page.data["price"], page.data["category"]) == (
        "Oak table",
        "1250.50",
        "furniture",
    )
    assert page.data["description"] == text


def test_a_wrong_price_keeps_its_text_and_stops_nothing_else(seller_client: Client, blank: Listing) -> None:
    page = Page(seller_client, address(blank)).write(title="Table", price="a bargain").press("save")
    assert page.status == 422
    assert "Write the price as a number of euros" in page.text
    assert page.data["price"] == "a bargain"
    assert Listing.objects.get().title == "Table"
    page.write(price="12,50").press("save")
    assert (page.status, Listing.objects.get().price) == (200, Decimal("12.50"))


def test_photos_are_ordered_and_removed_by_buttons(seller_client: Client, draft: Listing) -> None:
    first, second, third = order(draft)
    page = Page(seller_client, address(draft)).write(title="Lamp")
    page.press(f"later:{first}")
    assert order(draft) == [second, first, third]
    page.press(f"earlier:{third}")
    assert order(draft) == [second, third, first]
    page.press(f"cover:{first}")
    assert order(draft) == [first, second, third]
    page.press(f"remove:{second}")
    assert order(draft) == [first, third]
    assert Listing.objects.get().title == "Lamp"
    assert [f"earlier:{first}" in page.buttons, f"later:{third}" in page.buttons] == [False, False]


def test_what_is_missing_is_said_and_nothing_is_posted(seller_client: Client, blank: Listing) -> None:
    page = Page(seller_client, address(blank)).write(town="Ghent").press("post")
    assert page.status == 422
    for sentence in ("at least one photo", "Give it a title", "Choose a category", "Set a price"):
        assert sentence in page.text
    assert (Listing.objects.get().status, Listing.objects.get().town) == (Status.DRAFT, "Ghent")


def test_posting_shows_the_listing_and_counts_it(
    seller_client: Client, seller: Seller, draft: Listing
) -> None:
    page = Page(seller_client, address(draft)).write(title="Brass lamp", price="0").press("post")
    posted = Listing.objects.get()
    assert (posted.status, posted.seller, posted.title) == (Status.LIVE, seller, "Brass lamp")
    assert page.address == f"/listings/{posted.pk}/"
    assert "Posted. Buyers can see it now." in page.text
    assert CategoryCount.objects.get(category__slug="home-garden").on_show == 1


def test_a_second_click_on_post_changes_nothing(seller_client: Client, draft: Listing) -> None:
    body = Page(seller_client, address(draft)).write(title="Brass lamp").data | {"do": "post"}
    answers = [seller_client.post(address(draft), body) for _ in range(2)]
    assert [answer["Location"] for answer in answers] == [f"/listings/{draft.pk}/"] * 2
    posted = Listing.objects.get()
    assert posted.revision == draft.revision + 2  # written once, posted once
    assert CategoryCount.objects.get(category__slug="home-garden").on_show == 1


def test_a_photo_that_was_refused_stops_the_posting(seller_client: Client, draft: Listing) -> None:
    page = Page(seller_client, address(draft))
    page.press("post", photos=[SimpleUploadedFile("a.pdf", b"%PDF-1.7")])
    assert page.status == 422
    assert "a.pdf" in page.text
    assert Listing.objects.get().is_draft


def test_the_preview_is_what_buyers_see_and_posts_it(seller_client: Client, draft: Listing) -> None:
    page = Page(seller_client, address(draft)).write(title="Brass lamp").press("review")
    assert page.address.endswith("?review")
    assert "This is what buyers will see." in page.text
    assert page.buttons == ["post"]
    assert "<h1>Brass lamp</h1>" in page.text
    page.press("post")
    assert Listing.objects.get().status == Status.LIVE


def test_a_live_listing_changes_at_once_and_stays_complete(seller_client: Client, seller: Seller) -> None:
    listing = make_listing(seller)
    page = Page(seller_client, address(listing)).write(category="books", price="")
    assert page.press("save").status == 422
    assert "Set a price" in page.text
    assert Listing.objects.get().category == listing.category
    page.write(price="7").press("save")
    assert page.address == f"/listings/{listing.pk}/"
    assert dict(CategoryCount.objects.filter(on_show__gt=0).values_list("category__slug", "on_show")) == {
        "books": 1
    }
    page.open(address(listing))
    assert page.press(f"remove:{order(listing)[0]}").status == 422
    assert listing.photos.count() == 1


@pytest.mark.django_db
def test_who_may_write(
    seller: Seller, seller_client: Client, neighbour_client: Client, unit_client: Client
) -> None:
    owned, anonymous = make_draft(seller, unit=uuid.uuid4()), make_draft(unit=UNIT)
    clients = {
        "seller": seller_client,
        "neighbour": neighbour_client,
        "unit": unit_client,
        "stranger": Client(),
    }
    seen = {
        (name, which, method): getattr(client, method)(address(listing)).status_code
        for name, client in clients.items()
        for which, listing in (("owned", owned), ("anonymous", anonymous))
        for method in ("get", "post")
    }
    allowed = {key for key, status in seen.items() if status != 404}
    assert allowed == {
        ("seller", "owned", "get"),
        ("seller", "owned", "post"),
        ("unit", "anonymous", "get"),
        ("unit", "anonymous", "post"),
    }


def test_the_script_saves_and_gets_the_next_revision(seller_client: Client, draft: Listing) -> None:
    data = Page(seller_client, address(draft)).write(title="Brass lamp", price="x").data
    response = seller_client.post(address(draft), data | {"do": "save"}, headers=SCRIPT)
    answer = response.json()
    assert response.status_code == 422
    assert (answer["revision"], answer["stored"]["title"]) == (draft.revision + 1, "Brass lamp")
    assert answer["stored"]["price"] == "12.50"
    assert list(answer["errors"]) == ["price"]
    assert answer["photos"] is None


def test_a_signed_out_page_keeps_its_text(seller_client: Client, unit_client: Client, seller: Seller) -> None:
    draft = make_draft(seller, unit=UNIT)
    data = Page(seller_client, address(draft)).write(title="Written for an hour").data | {"do": "save"}
    sign_in = f"{reverse(settings.LOGIN_URL)}?next={address(draft)}"
    assert unit_client.get(address(draft))["Location"] == sign_in
    plain = unit_client.post(address(draft), data)
    assert plain.status_code == 401
    assert 'value="Written for an hour"' in plain.content.decode()
    script = unit_client.post(address(draft), data, headers=SCRIPT)
    assert (script.status_code, script.json()["sign_in"]) == (401, sign_in)
    assert Listing.objects.get().title == FIELDS["title"]
    assert Client().get(address(draft)).status_code == 404


def test_a_token_that_changed_loses_no_text_of_our_own_page(seller: Seller, draft: Listing) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(seller)
    data = {"csrfmiddlewaretoken": "0" * 64, "title": "Written for an hour", "do": "save"}
    ours = client.post(address(draft), data, headers={"Sec-Fetch-Site": "same-origin"})
    assert ours.status_code == 403
    assert 'value="Written for an hour"' in ours.content.decode()
    strange = client.post(address(draft), data, headers={"Sec-Fetch-Site": "cross-site"})
    assert strange.status_code == 403
    assert "Written for an hour" not in strange.content.decode()
    script = client.post(address(draft), data, headers={"Sec-Fetch-Site": "same-origin", **SCRIPT})
    token = script.json()["token"]
    again = Page(client, address(draft)).data | {"csrfmiddlewaretoken": token, "do": "save", "title": "Lamp"}
    assert client.post(address(draft), again, headers=SCRIPT).status_code == 200
    assert Listing.objects.get().title == "Lamp"


def test_a_listing_deleted_elsewhere_is_gone(seller_client: Client, draft: Listing) -> None:
    page = Page(seller_client, address(draft))
    actions.delete(draft)
    assert seller_client.post(page.address, page.data | {"do": "post"}).status_code == 404


def test_photos_of_the_same_thing_added_twice_are_kept_once(seller_client: Client, draft: Listing) -> None:
    again = SimpleUploadedFile("again.jpg", jpeg(0))
    page = Page(seller_client, address(draft)).press("save", photos=[again])
    assert "again.jpg is here already, so it was kept once." in page.text
    assert draft.photos.count() == 3
