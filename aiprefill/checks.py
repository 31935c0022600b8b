"""Deploy mistakes, named before they cost a suggestion."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004  its own name
from django.db import DEFAULT_DB_ALIAS, ProgrammingError, transaction

from aiprefill.prompts import PRODUCTION, NoSuchLabel, label_version
from aiprefill.providers.prices import ceiling
from listings.fields import MAX_PHOTOS
from listings.models import Category


def register_checks() -> None:
    """Register the system checks of this app."""
    register(check_numbers)
    register(check_taxonomy, Tags.database)
    register(check_reservation, Tags.database)


def check_numbers(**_kwargs: Any) -> list[CheckMessage]:
    """The limits of suggestions must leave room for one."""
    found: list[CheckMessage] = [
        Error(
            f"{name} is not shorter than PREFILL_DEADLINE_SECONDS.",
            hint="A job must outlive a failed call and a dead worker, or neither is ever tried again.",
            id="aiprefill.E001",
        )
        for name in ("PREFILL_CALL_SECONDS", "PREFILL_LEASE_SECONDS")
        if getattr(settings, name) >= settings.PREFILL_DEADLINE_SECONDS
    ]
    if settings.PREFILL_CALL_RESERVE_MICROS > settings.PREFILL_DAY_BUDGET_MICROS:
        found.append(
            Error(
                "PREFILL_CALL_RESERVE_MICROS is more than PREFILL_DAY_BUDGET_MICROS.",
                hint="No call could ever be made. Raise the day's budget, or set less aside for a call.",
                id="aiprefill.E002",
            )
        )
    return found


def check_taxonomy(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """What production offers a model must be what sellers can choose."""
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    try:
        with transaction.atomic():
            offered = label_version(PRODUCTION).spec.taxonomy
            live = tuple(Category.objects.values_list("slug", "name"))
    except (ProgrammingError, NoSuchLabel):
        return []  # before the first migration
    if offered == live:
        return []
    changed = ", ".join(sorted({slug for slug, _ in {*offered} ^ {*live}})) or "their order"
    return [
        Warning(
            f"The categories differ from those that production's prompt version offers: {changed}.",
            hint="Make a new prompt version with the present categories, and let it pass the gate.",
            id="aiprefill.W001",
        )
    ]


def check_reservation(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """What is set aside before a call must cover the dearest one: all photos, twice the tokens."""
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    try:
        with transaction.atomic():
            dearest = ceiling(label_version(PRODUCTION).spec, MAX_PHOTOS, token_scale=2)
    except (ProgrammingError, NoSuchLabel):
        return []  # before the first migration
    if dearest is None or dearest <= settings.PREFILL_CALL_RESERVE_MICROS:
        return []
    return [
        Warning(
            f"A call of production's prompt version can cost {dearest} micro-dollars.",
            hint="Raise PREFILL_CALL_RESERVE_MICROS to that, or the day's budget can be passed.",
            id="aiprefill.W002",
        )
    ]
