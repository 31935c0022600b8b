"""The first prompt versions and the labels that stand on them, made again whenever they are missing."""

from typing import Any

from django.apps import apps as installed
from django.apps.registry import Apps

from aiprefill.models import LabelMove, MoveKind, PromptVersion
from aiprefill.prompt_v1 import catalogue_spec, first_spec
from aiprefill.prompts import FLOOR, PRODUCTION, SameVersion, create_version, move_label
from aiprefill.suggestion import PromptSpec
from listings.fields import CATEGORIES


def make_reference_rows(apps: Apps = installed, **_kwargs: Any) -> None:
    """Make the first versions of both providers and bootstrap `production` and `floor`. Idempotent."""
    try:
        apps.get_model("aiprefill", "LabelMove")
    except LookupError:
        return  # migrated back to nothing
    # The seed, not the rows: the marketplace makes its categories after this runs.
    taxonomy = tuple(CATEGORIES.items())
    _bootstrap(PRODUCTION, first_spec(taxonomy), "The first words for a model that reads photos.")
    _bootstrap(FLOOR, catalogue_spec(taxonomy), "What this site has already seen, without a model.")


def _bootstrap(label: str, spec: PromptSpec, note: str) -> None:
    if LabelMove.objects.filter(label=label).exists():
        return
    move_label(label, _version(spec, note), MoveKind.BOOTSTRAP, "The first version of its kind.")


def _version(spec: PromptSpec, note: str) -> PromptVersion:
    try:
        return create_version(spec, note)
    except SameVersion as same:
        return same.version
