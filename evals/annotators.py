"""What annotators see of the evaluations: all but the sealed holdout, and what judges and others said."""

from typing import Any, Final

from django.apps import apps as installed
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import DEFAULT_DB_ALIAS

from aiprefill.public import ANNOTATORS

SEEN: Final = (
    "case",
    "casefile",
    "caseresult",
    "dataset",
    "evalrun",
    "holdoutopening",
    "overridewish",
    "release",
    "report",
    "runcall",
    "verdict",
)
GIVEN: Final = "add_judgelabel"


def let_annotators_see(using: str = DEFAULT_DB_ALIAS, apps: Apps = installed, **_kwargs: Any) -> None:
    """Give the group its permissions. Idempotent; permissions given by hand stay."""
    try:
        apps.get_model("auth", "Group")
        apps.get_model("evals", "Case")
    except LookupError:
        return  # migrated no further than what comes before accounts
    create_permissions(installed.get_app_config("evals"), verbosity=0, using=using)
    group, _ = Group.objects.using(using).get_or_create(name=ANNOTATORS)
    codenames = [GIVEN, *(f"view_{model}" for model in SEEN)]
    seen = Permission.objects.using(using).filter(content_type__app_label="evals", codename__in=codenames)
    group.permissions.add(*seen)
