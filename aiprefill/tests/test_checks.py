"""What `manage.py check` says of a mistaken deploy."""

import pytest
from django.conf import LazySettings
from django.db import connection

from aiprefill.checks import check_numbers, check_reservation, check_taxonomy
from listings.models import Category


def test_the_numbers_of_the_project_are_consistent() -> None:
    assert check_numbers() == []


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("PREFILL_DEADLINE_SECONDS", 30, "aiprefill.E001"),
        ("PREFILL_LEASE_SECONDS", 90, "aiprefill.E001"),
        ("PREFILL_DAY_BUDGET_MICROS", 59_999, "aiprefill.E002"),
    ],
)
def test_a_number_that_cannot_work_is_named(settings: LazySettings, name: str, value: int, code: str) -> None:
    setattr(settings, name, value)
    (found,) = check_numbers()
    assert found.id == code


@pytest.mark.django_db
def test_the_first_categories_are_those_of_production() -> None:
    assert check_taxonomy(databases=["default"]) == []


@pytest.mark.django_db
@pytest.mark.parametrize("changes", [{"name": "Books & more"}, {"slug": "paper"}, {"position": 99}])
def test_a_changed_category_is_named(changes: dict[str, object]) -> None:
    Category.objects.filter(slug="books").update(**changes)
    (found,) = check_taxonomy(databases=["default"])
    assert found.id == "aiprefill.W001"


@pytest.mark.django_db
def test_a_reservation_below_the_dearest_call_is_named(settings: LazySettings) -> None:
    assert check_reservation(databases=["default"]) == []
    settings.PREFILL_CALL_RESERVE_MICROS = 20_000
    (found,) = check_reservation(databases=["default"])
    assert found.id == "aiprefill.W002"


@pytest.mark.django_db
def test_a_database_without_tables_is_no_mistake() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE aiprefill_labelmove RENAME TO gone")
    assert check_taxonomy(databases=["default"]) == []


def test_nothing_is_asked_of_a_database_that_is_not_checked() -> None:
    assert check_taxonomy(databases=None) == []
