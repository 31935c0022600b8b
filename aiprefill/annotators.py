"""The `annotators` group: sees what the AI did and why, and nobody's e-mail address."""

from typing import Any, Final

from django.apps import apps as installed
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Q

GROUP: Final = "annotators"
SEEN: Final = {
    "aiprefill": (
        "promptversion",
        "labelmove",
        "prefilljob",
        "modeloutput",
        "fieldtrace",
        "correction",
        "feedback",
        "spendday",
    ),
    "listings": ("listing", "photo", "category"),
}
"""The models that annotators see, by app. Accounts, mails and wishes are not among them."""
MAY_RUN_IN_THE_LAB: Final = "add_prefilljob"


def make_group(using: str = DEFAULT_DB_ALIAS, apps: Apps = installed, **_kwargs: Any) -> None:
    """Make the group with its permissions. Idempotent; permissions given by hand stay."""
    try:
        apps.get_model("auth", "Group")
    except LookupError:
        return  # migrated no further than what comes before accounts
    seen = Q(content_type__app_label="aiprefill", codename=MAY_RUN_IN_THE_LAB)
    for label, models in SEEN.items():
        # Django makes the permissions of later apps only after this runs.
        create_permissions(installed.get_app_config(label), verbosity=0, using=using)
        seen |= Q(content_type__app_label=label, codename__in=[f"view_{model}" for model in models])
    group, _ = Group.objects.using(using).get_or_create(name=GROUP)
    group.permissions.add(*Permission.objects.using(using).filter(seen))
