"""Every model can be looked up in the admin, and none costs more the more rows it has."""

from typing import Final

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trova.tests.access import make_world

APPS: Final = ("listings", "aiprefill", "evals")

UNREGISTERED: Final = {
    "listings.AddressCount": "holds keyed hashes and counts of a day: nothing that anybody could read",
    "listings.Seller_groups": "is edited on the seller",
    "listings.Seller_user_permissions": "is edited on the seller",
    "evals.ReleaseCase": "is a filter of the cases: which of them a release froze",
}
UNFILTERED: Final = {"listings.Word": "is its text and nothing else"}

QUERIES: Final = 14
"""For a list: the session, the person and their permissions, the line on top, the rows, filters' choices."""


def models() -> list[type[Model]]:
    return [m for app in APPS for m in apps.get_app_config(app).get_models(include_auto_created=True)]


def test_every_model_is_registered_or_says_why_not() -> None:
    missing = {model._meta.label for model in models()} - {
        model._meta.label for model in admin.site._registry
    }
    assert missing == set(UNREGISTERED)


def test_every_list_is_searched_and_filtered() -> None:
    registered = {m._meta.label: a for m, a in admin.site._registry.items() if m._meta.app_label in APPS}
    assert [label for label, model_admin in registered.items() if not model_admin.search_fields] == []
    unfiltered = {label for label, model_admin in registered.items() if not model_admin.list_filter}
    assert unfiltered == set(UNFILTERED)


def test_no_list_counts_its_whole_table() -> None:
    for model, model_admin in admin.site._registry.items():
        if model._meta.app_label in APPS and model._meta.model_name != "category":  # eight rows
            assert not model_admin.show_full_result_count, model


@pytest.mark.django_db
def test_a_key_that_no_database_takes_is_a_wrong_address() -> None:
    administrator = make_world().clients["administrator"]
    assert administrator.get("/admin/listings/word/?pk=%00").status_code == 400


@pytest.mark.django_db
def test_every_list_answers_a_search_and_its_filters() -> None:
    administrator = make_world().clients["administrator"]
    costly = {}
    for model in admin.site._registry:
        if model._meta.app_label not in APPS:
            continue
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for query in ("", "?q=lamp", "?q=3fa85f64-5717-4562-b3fc-2c963f66afa6"):
            with CaptureQueriesContext(connection) as queries:
                assert administrator.get(address + query).status_code == 200, address + query
            if len(queries) > QUERIES:
                costly[address + query] = len(queries)
    assert costly == {}
