"""The `annotators` group: sees what the AI did and why, and nobody's e-mail address."""

from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Q

GROUP = "annotators"
SEEN_IN_LISTINGS = ("listing", "photo", "category")
NOT_SEEN = ("preference", "switch")
MAY_RUN_IN_THE_LAB = "add_prefilljob"


def make_group(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **_kwargs: Any) -> None:
    """Make the group with its permissions. Idempotent; permissions given by hand stay."""
    for label in ("listings", sender.label):  # django.contrib.auth makes them only after us
        create_permissions(apps.get_app_config(label), verbosity=0, using=using)
    seen = Q(content_type__app_label=sender.label, codename__startswith="view_") & ~Q(
        content_type__model__in=NOT_SEEN
    )
    seen |= Q(
        content_type__app_label="listings", codename__in=[f"view_{model}" for model in SEEN_IN_LISTINGS]
    )
    seen |= Q(content_type__app_label=sender.label, codename=MAY_RUN_IN_THE_LAB)
    group, _ = Group.objects.using(using).get_or_create(name=GROUP)
    group.permissions.add(*Permission.objects.using(using).filter(seen))
