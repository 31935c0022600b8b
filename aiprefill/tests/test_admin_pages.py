"""Every page of the admin: who may see it, what it must not say, what cannot be changed, what it costs."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, Final
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.forms.models import model_to_dict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aiprefill import actions
from aiprefill.models import (
    Correction,
    Feedback,
    FieldTrace,
    LabelMove,
    ModelOutput,
    PrefillJob,
    PromptVersion,
    SpendDay,
    Switch,
)
from aiprefill.tests.desk import History, annotator_client, history, signed_in
from aiprefill.tests.provider_server import ProviderServer
from listings.admin import BoundedPaginator
from listings.models import Category, Listing, Mail, Photo, Seller

pytestmark = pytest.mark.django_db

FIXED: Final = (PromptVersion, LabelMove, PrefillJob, ModelOutput, FieldTrace, Correction, Feedback, SpendDay)
CLOSED: Final = ("listings_seller", "listings_mail", "aiprefill_preference", "aiprefill_switch", "auth_group")


@pytest.fixture
def past(provider: ProviderServer, seller: Seller) -> History:
    return history(provider, seller)


@pytest.fixture
def annotator(db: None) -> Client:
    return annotator_client()


@pytest.fixture
def administrator(db: None) -> Client:
    return signed_in(Seller.objects.create_superuser("ada@example.org", "mind it", first_name="Ada"))


def page_name(model: type[Model], page: str) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"


def list_of(model: type[Model]) -> str:
    return reverse(page_name(model, "changelist"))


def pages_of(model: type[Model]) -> Iterator[str]:
    """The addresses of a model: its list, searched and bare, each row's page, and all that one row has."""
    yield list_of(model)
    yield f"{list_of(model)}?q=example.org"
    yield f"{list_of(model)}?q=%27%22%00"
    yield reverse(page_name(model, "add"))
    for number, row in enumerate(model._default_manager.all()):
        for page in ("change",) if number else ("change", "history", "delete"):
            yield reverse(page_name(model, page), args=[row.pk])


def links(page: str, address: str) -> Iterator[str]:
    """The addresses inside the admin that a page leads to."""
    for href in re.findall(r'href="([^"]*)"', page):
        found = urlsplit(urljoin(address, unescape(href)))
        if found.path.startswith("/admin/") and "/file/" not in found.path:
            yield found.path + (f"?{found.query}" if found.query else "")


def kind(address: str) -> tuple[str, tuple[str, ...]]:
    """Addresses of one kind differ only in what they filter or sort by."""
    parts = urlsplit(address)
    return parts.path, tuple(sorted(name for name, _ in parse_qsl(parts.query)))


def crawl(client: Client) -> dict[str, Any]:
    """Every page that is found from the index, and every address that the admin has."""
    waiting = ["/admin/", "/admin/password_change/", "/admin/jsi18n/"]
    waiting += [address for model in admin.site._registry for address in pages_of(model)]
    seen: dict[tuple[str, tuple[str, ...]], str] = {}
    found = {}
    while waiting:
        address = waiting.pop()
        # One filter at a time: their combinations are many, and all the same page.
        if kind(address) in seen or len(kind(address)[1]) > 1 or "logout" in address:
            continue
        seen[kind(address)] = address
        found[address] = response = client.get(address)
        if response.status_code == 200:
            waiting.extend(links(response.content.decode(), address))
    return found


def test_annotators_see_everything_and_no_address(annotator: Client, past: History) -> None:
    Mail.objects.create(sender="us@example.org", recipient="seller@example.org", subject="Hello", body="Hi")
    Category.objects.filter(slug="books").update(position=3)
    actions.turn_off("A test", who=Seller.objects.create_superuser("ada@example.org", "x", first_name="Ada"))
    found = crawl(annotator)
    statuses = {address: response.status_code for address, response in found.items()}
    assert set(statuses.values()) <= {200, 302, 403}, statuses
    addresses = set(Seller.objects.values_list("email", flat=True))
    for address, response in found.items():
        text = response.content.decode()
        # A refusal is a page of the shop, whose menu shows readers their own address.
        hidden = addresses - ({"jonas@example.org"} if response.status_code == 403 else set())
        assert not [email for email in hidden if email in text], address
    for model in (*FIXED, Listing, Photo, Category):
        assert statuses[list_of(model)] == 200
        for row in model._default_manager.all():
            assert statuses[reverse(page_name(model, "change"), args=[row.pk])] == 200
    for name in CLOSED:
        assert statuses[reverse(f"admin:{name}_changelist")] == 403
    assert len(found) > 100


@pytest.mark.parametrize("asked", ["seller__email__startswith=s", "listing__seller__email=x"])
def test_no_address_is_guessed_by_filtering(annotator: Client, past: History, asked: str) -> None:
    for model in (Listing, PrefillJob):
        assert annotator.get(f"{list_of(model)}?{asked}").status_code in {302, 400}
    completing = {"app_label": "aiprefill", "model_name": "prefilljob", "field_name": "seller", "term": "s"}
    assert annotator.get("/admin/autocomplete/", completing).status_code == 403


def test_annotators_change_nothing(annotator: Client, past: History) -> None:
    category = Category.objects.get(slug="books")
    change = reverse("admin:listings_category_change", args=[category.pk])
    assert annotator.post(change, {"name": "Tomes", "slug": "books", "position": 1}).status_code == 403
    for model in (*FIXED, Listing, Photo):
        refuses(annotator, model)


@pytest.mark.parametrize("model", [*FIXED, Listing, Photo, Mail, Switch], ids=lambda model: model.__name__)
def test_nothing_immutable_is_edited_by_anybody(
    administrator: Client, past: History, model: type[Model]
) -> None:
    Mail.objects.create(sender="us@example.org", recipient="seller@example.org", subject="Hello", body="Hi")
    actions.turn_off("A test")
    refuses(administrator, model)


def refuses(client: Client, model: type[Model]) -> None:
    """Post to every page that could change a row of the model, and find all rows as they were."""
    before = list(model._default_manager.order_by("pk").values())
    row = model._default_manager.first()
    assert row
    values = {name: value for name, value in model_to_dict(row).items() if value is not None}
    assert client.post(reverse(page_name(model, "add")), values).status_code == 403
    for page in ("change", "delete"):
        address = reverse(page_name(model, page), args=[row.pk])
        assert client.post(address, values | {"post": "yes", "_save": "Save"}).status_code == 403
    acted = {"action": "delete_selected", "_selected_action": str(row.pk), "post": "yes", "index": "0"}
    client.post(list_of(model), acted)
    edited = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": str(row.pk), "_save": "Save"}
    client.post(list_of(model), edited | {"form-0-note": "changed", "form-0-why": "changed"})
    assert list(model._default_manager.order_by("pk").values()) == before


def test_the_administrator_sees_every_page(administrator: Client, past: History) -> None:
    for model in admin.site._registry:
        assert administrator.get(list_of(model)).status_code == 200
        row = model._default_manager.first()
        if row is not None:
            assert administrator.get(reverse(page_name(model, "change"), args=[row.pk])).status_code == 200


@pytest.mark.parametrize("who", ["a seller", "a stranger"])
def test_others_are_sent_to_sign_in(seller: Seller, who: str) -> None:
    client = signed_in(seller) if who == "a seller" else Client()
    addresses = ["/admin/", *(list_of(model) for model in admin.site._registry)]
    addresses += [reverse("admin:aiprefill_throw_switch"), reverse("admin:aiprefill_copy_version", args=[1])]
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 302
        assert "login" in response["Location"]


@pytest.mark.parametrize("model", [*FIXED, Listing, Photo], ids=lambda model: model.__name__)
def test_a_list_costs_the_same_for_one_row_and_for_many(
    annotator: Client, past: History, model: type[Model]
) -> None:
    first = model._default_manager.first()
    assert first
    annotator.get(list_of(model))
    with CaptureQueriesContext(
        connection,
    ) as one:
        page = annotator.get(f"{list_of(model)}?pk__exact={first.pk}")
    assert page.context["cl"].result_count == 1
    with CaptureQueriesContext(connection) as many:
        annotator.get(list_of(model))
    assert len(many) <= len(one) <= len(many) + 1
    assert len(many) <= 14


@pytest.mark.parametrize("model", [ModelOutput, Listing, PrefillJob], ids=lambda model: model.__name__)
def test_a_large_table_is_never_counted(annotator: Client, past: History, model: type[Model]) -> None:
    with CaptureQueriesContext(connection) as queries:
        annotator.get(list_of(model))
    counts = [query["sql"] for query in queries if "COUNT(*)" in query["sql"]]
    assert counts
    assert all(f"LIMIT {BoundedPaginator.MOST}" in sql for sql in counts)


def test_a_list_says_that_it_counted_no_further(
    annotator: Client, past: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "There may be more" not in annotator.get(list_of(PrefillJob)).content.decode()
    monkeypatch.setattr(BoundedPaginator, "MOST", 2)
    assert "There may be more" in annotator.get(list_of(PrefillJob)).content.decode()


def test_an_empty_list_says_so(annotator: Client) -> None:
    assert "There are no pre-fill jobs yet." in annotator.get(list_of(PrefillJob)).content.decode()
    page = annotator.get(f"{list_of(PrefillJob)}?view=failed").content.decode()
    assert "Nothing fits this search and these filters." in page
