"""The rows that the marketplace cannot do without, made again whenever they are missing."""

from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS

from listings.fields import CATEGORIES


def make_reference_rows(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **_kwargs: Any) -> None:
    """Make the categories and their counters. Idempotent; renamed categories keep their new name."""
    Category: Any = sender.get_model("Category")
    CategoryCount: Any = sender.get_model("CategoryCount")
    for position, (slug, name) in enumerate(CATEGORIES.items()):
        category, _ = Category.objects.using(using).get_or_create(
            slug=slug, defaults={"name": name, "position": position}
        )
        CategoryCount.objects.using(using).get_or_create(category=category)
