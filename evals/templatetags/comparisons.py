"""Comparisons and verdicts as words."""

from typing import TYPE_CHECKING

from django import template
from django.utils.translation import gettext as _

from evals.models import VerdictStatus

if TYPE_CHECKING:
    from evals.evidence import Paired, Row

register = template.Library()

WORDS = {
    VerdictStatus.PASS: "done",
    VerdictStatus.FAIL: "failed",
    VerdictStatus.INCONCLUSIVE: "open",
    VerdictStatus.BROKEN: "failed",
}
"""The colour of each status."""


@register.filter
def status_colour(status: str) -> str:
    """The class of the coloured word."""
    return WORDS[VerdictStatus(status)]


@register.filter
def status_label(status: str) -> str:
    """The status in words."""
    return str(VerdictStatus(status).label)


@register.filter
def before(row: "Row") -> str:
    """The value in the run before."""
    return amount(row.before, row.is_share)


@register.filter
def after(row: "Row") -> str:
    """The value in the run after."""
    return amount(row.after, row.is_share)


@register.filter
def change(row: "Row") -> str:
    """The difference, with its sign."""
    return signed(row.change, row.is_share)


@register.filter
def interval(row: "Row") -> str:
    """The two-sided interval of the difference, or why there is none."""
    if row.interval is None:
        return _("too few cases")
    return _("%s to %s") % tuple(signed(bound, row.is_share) for bound in row.interval)


@register.filter
def bounds(row: "Row") -> str:
    """The two one-sided bounds by which the gate decides, or why there are none."""
    if row.lower is None or row.upper is None:
        return _("too few cases")
    return _("%s to %s") % (signed(row.lower, row.is_share), signed(row.upper, row.is_share))


@register.filter
def margin(row: "Row") -> str:
    """How much it may lose."""
    return "–" if row.margin is None else signed(-row.margin, row.is_share)


@register.filter
def limit(row: "Row") -> str:
    """How much of that its judge would show; the same where there is none."""
    return "–" if row.limit is None else signed(-row.limit, row.is_share)


@register.filter
def sees(row: "Row") -> str:
    """The smallest difference that this size could see."""
    return "–" if row.smallest is None else amount(row.smallest, row.is_share)


@register.filter
def in_words(row: "Row") -> str:
    """What the plot of a row says."""
    said = _("change %(change)s, interval %(interval)s") % {"change": change(row), "interval": interval(row)}
    return (
        said
        if row.margin is None
        else _("%(said)s, margin %(margin)s") % {"said": said, "margin": margin(row)}
    )


@register.filter
def chance(p: float | None) -> str:
    """A p value."""
    if p is None:
        return "–"
    return "< .001" if p < 0.001 else f"{p:.3f}".removeprefix("0")


@register.filter
def end(value: float) -> str:
    """The end of a scale without its sign, in points of a hundred."""
    return f"{100 * value:g}"


@register.filter
def seconds_range(told: "Paired") -> str:
    """The interval of a change in seconds, or why there is none."""
    if told.interval is None:
        return _("too few cases")
    return _("%s to %s") % tuple(signed_seconds(bound) for bound in told.interval)


@register.filter
def dollars_range(told: "Paired") -> str:
    """The interval of a change in cost, or why there is none."""
    if told.interval is None:
        return _("too few cases")
    return _("%s to %s") % tuple(signed_dollars(bound) for bound in told.interval)


@register.filter
def signed_dollars(micros: float) -> str:
    """Micro-dollars more or less."""
    return f"{'−' if micros < 0 else '+'}${abs(micros) / 1_000_000:.5f}"


@register.filter
def signed_seconds(value: float) -> str:
    """Seconds more or less."""
    return f"{value:+z.2f} s".replace("-", "−")


def amount(value: float, is_share: bool) -> str:
    """A share in per cent, anything else as it is."""
    return f"{100 * value:.1f} %" if is_share else f"{value:.3f}".replace("-", "−")


def signed(value: float, is_share: bool) -> str:
    """A difference: points of a hundred for shares. What rounds to nothing has no sign."""
    text = f"{100 * value:+z.1f}" if is_share else f"{value:+z.3f}"
    return text.replace("-", "−")
