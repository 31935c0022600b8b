"""How lists of the admin are narrowed by prompt version."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


class VersionFilter(admin.RelatedFieldListFilter):
    """By version: the saved ones, for there may be many trials. `?version__number__exact=N` takes any."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        ordering = self.field_admin_ordering(field, request, model_admin)
        return list(field.get_choices(False, ordering=ordering, limit_choices_to={"is_trial": False}))
