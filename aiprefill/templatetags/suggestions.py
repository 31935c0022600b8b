"""What the admin's pages show of the suggestions everywhere."""

from datetime import UTC
from typing import Any, Final

from django import template
from django.db.models import DurationField, ExpressionWrapper, Min, Q
from django.db.models.functions import Now, TruncDate

from aiprefill.models import JobState, PrefillJob, SpendDay, Switch
from aiprefill.prompts import FLOOR, PRODUCTION, NoSuchLabel, label_version
from aiprefill.rollout import is_configured

register = template.Library()

waits: Final = Q(state=JobState.QUEUED, next_at__lte=Now()) | Q(
    state=JobState.RUNNING, lease_until__lte=Now()
)


@register.inclusion_tag("admin/aiprefill/_line.html", takes_context=True)
def suggestions_line(context: dict[str, Any]) -> dict[str, Any]:
    """Provider, model, label in force, queue age, spent today, and whether suggestions are off."""
    try:
        version, label = label_version(PRODUCTION), PRODUCTION
        connected = is_configured(version.provider)
        if not connected:
            version, label = label_version(FLOOR), FLOOR
    except NoSuchLabel:
        return {"missing": True}
    today = SpendDay.objects.filter(day=TruncDate(Now(), tzinfo=UTC)).first()
    return {
        "version": version,
        "label": label,
        "connected": connected,
        "queue_seconds": queue_seconds(),
        "spent": dollars(today.spent_micros if today else 0),
        "off": Switch.objects.filter(is_off=True).select_related("who").first(),
        "may_throw": context["request"].user.has_perm("aiprefill.change_switch"),
    }


def queue_seconds() -> int | None:
    """How long the oldest claimable job has waited, by the database's clock; None where none waits.

    Also one that is past its deadline: with ringer and worker dead, the queue must not look empty.
    """
    age = ExpressionWrapper(Now() - Min("next_at"), output_field=DurationField())
    found = PrefillJob.objects.filter(waits).aggregate(age=age)["age"]
    return None if found is None else round(found.total_seconds())


@register.filter
def dollars(micros: int | None) -> str:
    """Micro-dollars for people: four decimals, or a dash where a call is unpriced."""
    return "–" if micros is None else f"${micros / 1_000_000:.4f}"
