"""What never changes, does not: not by SQL, nor by the ORM, one row or many."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.db.models.functions import Now
from psycopg.sql import SQL, Identifier

from aiprefill import ledger
from aiprefill.models import (
    Correction,
    CorrectionKind,
    LabelMove,
    ModelOutput,
    OutputPurpose,
    OutputStatus,
    PrefillJob,
    PromptVersion,
)
from aiprefill.prompts import FLOOR, label_version
from listings.tests.cast import UNIT

pytestmark = pytest.mark.django_db


def prompt_version() -> PromptVersion:
    return label_version(FLOOR)


def label_move() -> LabelMove:
    return LabelMove.objects.filter(label=FLOOR).get()


def settled_output() -> ModelOutput:
    output = ledger.open_call(OutputPurpose.LAB, label_version(FLOOR), "{}")
    ModelOutput.objects.filter(pk=output.pk).update(status=OutputStatus.LOST, settled_at=Now())
    output.refresh_from_db()
    return output


def correction() -> Correction:
    job = PrefillJob.objects.create(
        photo_ids=[],
        photo_set_digest="",
        version=label_version(FLOOR),
        unit=UNIT,
        deadline=Now() + timedelta(seconds=90),
    )
    return Correction.objects.create(
        job=job, field="title", kind=CorrectionKind.KEPT, suggested="A", final="A"
    )


TEXTS = {PromptVersion: "note", LabelMove: "why", ModelOutput: "request_id", Correction: "final"}


def change_by_sql(row: Model) -> None:
    names = map(Identifier, (row._meta.db_table, TEXTS[type(row)]))
    with connection.cursor() as cursor:
        cursor.execute(SQL("UPDATE {} SET {} = 'x'").format(*names))


def change_by_save(row: Model) -> None:
    setattr(row, TEXTS[type(row)], "x")
    row.save()


def change_in_bulk(row: Model) -> None:
    type(row)._default_manager.update(**{TEXTS[type(row)]: "x"})


def delete_by_sql(row: Model) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SQL("DELETE FROM {}").format(Identifier(row._meta.db_table)))


def delete_one(row: Model) -> None:
    row.delete()


def delete_in_bulk(row: Model) -> None:
    type(row)._default_manager.all()._raw_delete("default")


@pytest.mark.parametrize("make", [prompt_version, label_move, settled_output, correction])
@pytest.mark.parametrize(
    "harm", [change_by_sql, change_by_save, change_in_bulk, delete_by_sql, delete_one, delete_in_bulk]
)
def test_no_way_in_changes_it(make: Callable[[], Model], harm: Callable[[Model], None]) -> None:
    row = make()
    before = type(row)._default_manager.filter(pk=row.pk).values().get()
    with pytest.raises(DatabaseError), transaction.atomic():
        harm(row)
    assert type(row)._default_manager.filter(pk=row.pk).values().get() == before


def test_an_output_is_erased_once_and_stays_empty() -> None:
    output = settled_output()
    one = ModelOutput.objects.filter(pk=output.pk)
    one.update(erased_at=Now(), request=None, raw=None, parsed=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        one.update(erased_at=Now())
    with pytest.raises(DatabaseError), transaction.atomic():
        one.update(raw="back again")


def test_an_open_output_is_not_settled_with_another_request() -> None:
    output = ledger.open_call(OutputPurpose.LAB, label_version(FLOOR), "{}")
    with pytest.raises(DatabaseError), transaction.atomic():
        ModelOutput.objects.filter(pk=output.pk).update(
            status=OutputStatus.OK, settled_at=Now(), request="another"
        )


def test_a_version_whose_digest_is_not_its_text_is_refused() -> None:
    version = prompt_version()
    with pytest.raises(DatabaseError), transaction.atomic():
        PromptVersion.objects.create(
            number=9,
            digest="0" * 64,
            spec_text=version.spec_text,
            provider=version.provider,
            model=version.model,
            note="Forged.",
        )
