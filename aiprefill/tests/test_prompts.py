"""Versions are made and never changed; labels move."""

from dataclasses import replace
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import IntegrityError, transaction

from aiprefill import rollout
from aiprefill.models import LabelMove, MoveKind, PromptVersion
from aiprefill.prompt_v1 import DEFAULT_MODEL
from aiprefill.prompts import (
    FLOOR,
    PRODUCTION,
    NoSuchLabel,
    SameVersion,
    SavedAlready,
    create_version,
    diff,
    label_version,
    labels_in_force,
    move_label,
    save_trial,
    try_version,
)
from aiprefill.reference import make_reference_rows
from listings.models import Seller
from listings.tests.cast import UNIT

pytestmark = pytest.mark.django_db


def copy_of(version: PromptVersion, **changes: Any) -> PromptVersion:
    return create_version(replace(version.spec, **changes), "Another one.", copied_from=version)


def overridden(version: PromptVersion, seller: Seller) -> None:
    second = Seller.objects.create_user("second@example.org")
    move_label(PRODUCTION, version, MoveKind.OVERRIDE, "Better by eye.", who=seller, and_who=second)


def test_the_seed_has_two_versions_with_a_label_each() -> None:
    assert labels_in_force() == {PRODUCTION: 1, FLOOR: 2}
    assert [version.provider for version in PromptVersion.objects.order_by("number")] == [
        "openai",
        "catalogue",
    ]
    assert set(LabelMove.objects.values_list("kind", flat=True)) == {MoveKind.BOOTSTRAP}


def test_seeding_again_changes_nothing() -> None:
    move_label(FLOOR, label_version(PRODUCTION), MoveKind.BOOTSTRAP, "For this test.")
    make_reference_rows()
    assert labels_in_force() == {PRODUCTION: 1, FLOOR: 1}
    assert PromptVersion.objects.count() == 2


def test_a_version_is_its_specification() -> None:
    version = copy_of(label_version(PRODUCTION), instructions="Be brief.")
    version.refresh_from_db()
    assert (version.number, version.copied_from_id) == (3, 1)
    assert version.spec.instructions == "Be brief."
    assert version.spec.digest == version.digest


def test_the_same_specification_is_no_new_version() -> None:
    first = label_version(PRODUCTION)
    with pytest.raises(SameVersion) as same:
        create_version(first.spec, "Nothing changed.")
    assert same.value.version == first


def test_what_is_tried_twice_is_one_trial_and_saved_once(seller: Seller) -> None:
    first = label_version(PRODUCTION)
    spec = replace(first.spec, instructions="Be brief.")
    trial = try_version(spec, by=seller, copied_from=first)
    assert (trial.pk, trial.is_trial, trial.note, trial.digest) == (3, True, "", spec.digest)
    assert try_version(spec) == trial
    assert try_version(first.spec) == first
    assert list(PromptVersion.objects.kept()) == [label_version(FLOOR), first]
    saved = save_trial(trial, "Shorter.")
    assert (saved.pk, saved.is_trial, saved.note, saved.digest) == (3, False, "Shorter.", spec.digest)
    with pytest.raises(SavedAlready, match="Shorter"):
        save_trial(trial, "Longer.")
    assert try_version(spec) == saved


def test_a_version_that_was_tried_is_saved_not_made_again(seller: Seller) -> None:
    spec = replace(label_version(PRODUCTION).spec, instructions="Be brief.")
    trial = try_version(spec)
    assert create_version(spec, "Shorter.", by=seller) == trial
    assert [version.pk for version in PromptVersion.objects.kept()] == [3, 2, 1]
    with pytest.raises(SameVersion):
        create_version(spec, "Once more.")


def test_a_label_is_its_newest_move(seller: Seller) -> None:
    new = copy_of(label_version(PRODUCTION), instructions="Be brief.")
    overridden(new, seller)
    assert label_version(PRODUCTION) == new
    move_label(PRODUCTION, PromptVersion.objects.get(number=1), MoveKind.ROLLBACK, "It was not.", who=seller)
    assert labels_in_force() == {PRODUCTION: 1, FLOOR: 2}


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [(MoveKind.GATE, None), (MoveKind.OVERRIDE, None), (MoveKind.BOOTSTRAP, {"passed": 1})],
)
def test_a_move_without_what_its_kind_demands_is_refused(
    kind: MoveKind, verdict: dict[str, int] | None
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        move_label(PRODUCTION, label_version(FLOOR), kind, "Because.", verdict=verdict)


def test_an_unknown_label_is_named() -> None:
    with pytest.raises(NoSuchLabel, match="nowhere"):
        label_version("nowhere")


def test_a_diff_shows_the_changed_parts_alone() -> None:
    first = label_version(PRODUCTION)
    second = copy_of(first, model="gpt-5", instructions=first.spec.instructions + "One more line.\n")
    instructions, model = diff(first, second)
    assert (model.part, model.before, model.after) == ("model", first.model, "gpt-5")
    assert [span.text for span in instructions.lines if span.change != "same"] == ["+One more line."]
    assert diff(first, first) == []


def test_without_a_provider_the_floor_answers(settings: LazySettings) -> None:
    settings.OPENAI_API_KEY = settings.OPENAI_BASE_URL = ""
    assert rollout.pick(UNIT).version == label_version(FLOOR)
    settings.OPENAI_BASE_URL = "http://localhost:1/v1"
    assert rollout.pick(UNIT).version == label_version(PRODUCTION)


def test_the_first_prompt_takes_the_model_of_the_environment(settings: LazySettings) -> None:
    settings.OPENAI_MODEL = "gpt-5"
    for _ in range(2):
        call_command("first_prompt")
    version = label_version(PRODUCTION)
    assert (version.number, version.model, version.copied_from_id) == (3, "gpt-5", 1)
    settings.OPENAI_MODEL = DEFAULT_MODEL
    call_command("first_prompt")
    assert label_version(PRODUCTION).number == 1


def test_once_people_decided_the_environment_does_not(settings: LazySettings, seller: Seller) -> None:
    new = copy_of(label_version(PRODUCTION), instructions="Be brief.")
    overridden(new, seller)
    settings.OPENAI_MODEL = "gpt-5"
    call_command("first_prompt")
    assert label_version(PRODUCTION) == new
