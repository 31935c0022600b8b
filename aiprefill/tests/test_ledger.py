"""What the ledger promises of the disk."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from aiprefill import ledger
from aiprefill.models import ModelOutput, OutputPurpose, OutputStatus
from aiprefill.prompts import PRODUCTION, label_version
from aiprefill.providers.base import ErrorClass, Reply, SuggestionFailed

FAILED = SuggestionFailed(ErrorClass.SERVER, "", Reply(), 1.0)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def careful_disk() -> Iterator[None]:
    """Commits wait for the disk, as in production; the stores of the tests are hasty."""
    told("SET synchronous_commit = on")
    yield
    told("RESET synchronous_commit")


def told(statement: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return str(cursor.fetchone()[0]) if cursor.description else ""


def is_written_since(position: str) -> bool:
    return told(f"SELECT pg_current_wal_flush_lsn() > '{position}'") == "True"


def test_an_entry_is_on_the_disk_before_the_bytes_leave_and_after_they_came() -> None:
    began = told("SELECT pg_current_wal_insert_lsn()")
    output = ledger.open_call(OutputPurpose.LAB, label_version(PRODUCTION), "{}")
    assert is_written_since(began)
    began = told("SELECT pg_current_wal_insert_lsn()")
    assert ledger.settle_call(output, OutputStatus.FAILED, FAILED)
    assert is_written_since(began)


def test_the_row_of_the_day_is_free_before_the_disk_is_waited_for() -> None:
    began = told("SELECT pg_current_wal_insert_lsn()")
    with transaction.atomic():
        output = ledger.open_call(OutputPurpose.EVAL, label_version(PRODUCTION), "{}")
        assert told("SHOW synchronous_commit") == "off"
    assert told("SHOW synchronous_commit") == "on"
    assert is_written_since(began)
    with transaction.atomic():
        ledger.settle_call(output, OutputStatus.FAILED, FAILED)
        assert told("SHOW synchronous_commit") == "off"
    assert ModelOutput.objects.get().status == OutputStatus.FAILED
