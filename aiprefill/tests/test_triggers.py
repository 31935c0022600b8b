"""What never changes, does not: not by SQL, nor by the ORM, one row or many."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

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
    MoveKind,
    OutputPurpose,
    OutputStatus,
    PrefillJob,
    PromptVersion,
)
from aiprefill.prompts import FLOOR, PRODUCTION, label_version, move_label, save_trial, try_version
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


def trial() -> PromptVersion:
    first = label_version(PRODUCTION)
    return try_version(replace(first.spec, instructions="Be brief."), copied_from=first)


def test_a_trial_takes_no_change_but_being_saved_once() -> None:
    row = PromptVersion.objects.filter(pk=trial().pk)
    change: dict[str, Any]
    for change in (
        {"note": "Still a trial."},
        {"is_trial": False},
        {"is_trial": False, "note": ""},
        {"is_trial": False, "note": "Saved.", "model": "another"},
        {"is_trial": False, "note": "Saved.", "number": 9},
        {"is_trial": False, "note": "Saved.", "copied_from": 2},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            row.update(**change)
    row.update(is_trial=False, note="Saved.")
    for change in ({"note": "Saved again."}, {"is_trial": True, "note": ""}):
        with pytest.raises(DatabaseError), transaction.atomic():
            row.update(**change)


@pytest.mark.parametrize("harm", [delete_by_sql, delete_one, delete_in_bulk, change_by_save, change_in_bulk])
def test_a_trial_is_as_immutable_as_any(harm: Callable[[Model], None]) -> None:
    row = trial()
    with pytest.raises(DatabaseError), transaction.atomic():
        harm(row)
    assert PromptVersion.objects.get(pk=row.pk).note == ""


def label_by_create(label: str, version: PromptVersion) -> None:
    move_label(label, version, MoveKind.BOOTSTRAP, "Because.")


def label_by_save(label: str, version: PromptVersion) -> None:
    LabelMove(label=label, version=version, kind=MoveKind.BOOTSTRAP, why="Because.").save()


def label_in_bulk(label: str, version: PromptVersion) -> None:
    move = LabelMove(label=label, version=version, kind=MoveKind.BOOTSTRAP, why="Because.")
    LabelMove.objects.bulk_create([move])


def label_by_sql(label: str, version: PromptVersion) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO aiprefill_labelmove (label, version_id, kind, why)"
            " VALUES (%s, %s, 'bootstrap', 'Because.')",
            [label, version.pk],
        )


@pytest.mark.parametrize("label", [PRODUCTION, FLOOR, "another"])
@pytest.mark.parametrize("put", [label_by_create, label_by_save, label_in_bulk, label_by_sql])
def test_no_label_stands_on_a_trial(label: str, put: Callable[[str, PromptVersion], None]) -> None:
    tried = trial()
    with pytest.raises(DatabaseError, match="is a trial"), transaction.atomic():
        put(label, tried)
    put(label, save_trial(tried, "Shorter."))
    assert label_version(label) == tried


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
