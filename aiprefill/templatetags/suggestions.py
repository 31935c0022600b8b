"""What the admin's pages show of the suggestions everywhere."""

from typing import Any

from django import template
from django.db.models import Min
from django.db.models.functions import Now
from django.utils import timezone

from aiprefill import actions
from aiprefill.models import PrefillJob, SpendDay
from aiprefill.prompts import NoSuchLabel, label_version
from aiprefill.rollout import is_configured

register = template.Library()


@register.inclusion_tag("admin/aiprefill/_line.html", takes_context=True)
def suggestions_line(context: dict[str, Any]) -> dict[str, Any]:
    """Provider, model, label in force, queue age, spent today, and whether suggestions are off."""
    try:
        production, floor = label_version("production"), label_version("floor")
    except NoSuchLabel:
        return {"missing": True}
    connected = is_configured(production.provider)
    oldest = PrefillJob.objects.due().aggregate(oldest=Min("next_at"))["oldest"]
    today = SpendDay.objects.filter(day=Now()).first()
    return {
        "version": production if connected else floor,
        "label": "production" if connected else "floor",
        "connected": connected,
        "queue_seconds": max(0, round((timezone.now() - oldest).total_seconds())) if oldest else None,
        "spent": (today.spent_micros if today else 0) / 1_000_000,
        "is_off": actions.is_off(),
        "may_throw": context["request"].user.has_perm("aiprefill.change_switch"),
    }


@register.filter
def dollars(micros: int | None) -> str:
    """Micro-dollars for people: four decimals, or a dash where a call is unpriced."""
    return "–" if micros is None else f"${micros / 1_000_000:.4f}"
