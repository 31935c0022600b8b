"""Figures of runs as words, and as places in a plot."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import template
from django.utils.translation import gettext as _

if TYPE_CHECKING:  # every process imports the tags, and few need what the figures stand on
    from evals.plots import Bar
    from evals.scoring import Metric
    from evals.statistics import Interval
    from evals.summary import Figure

register = template.Library()


@register.filter
def shown(figure: "Figure") -> str:
    """The value: per cent of a share, two decimals else."""
    return f"{100 * figure.value:.0f} %" if figure.is_share else f"{figure.value:.2f}"


@register.filter
def between(figure: "Figure") -> str:
    """The interval, or why there is none."""
    if figure.interval is None:
        return _("too few cases")
    low, high = figure.interval
    return f"{100 * low:.0f} – {100 * high:.0f} %" if figure.is_share else f"{low:.2f} – {high:.2f}"


@register.filter
def in_words(figure: "Figure") -> str:
    """What a plot of the figure says."""
    return f"{shown(figure)}, {between(figure)}"


@register.filter
def share(value: float) -> str:
    """A share as a place in a plot."""
    return f"{100 * value:.2f}%"


@register.filter
def width(interval: "Interval") -> str:
    """How much of a plot an interval takes."""
    return share(interval.high - interval.low)


@register.filter
def per_cent(value: float) -> str:
    """Per cent as a place in a plot."""
    return f"{value:.4g}%"


@register.filter
def named(name: str) -> str:
    """A metric's or an error's name as words, a judge's with who it is before it."""
    return name.replace("_", " ").replace(":", ": ")


@register.filter
def seconds(bar: "Bar") -> str:
    """The values that a bar holds."""
    return f"{bar.start:g} – {bar.end:g} s"


@register.filter
def minutes(left: int) -> str:
    """Seconds as a time that people say."""
    return _("%d s") % left if left < 90 else _("%d min") % round(left / 60)


@register.filter
def dollars_each(micros: float | None) -> str:
    """Micro-dollars of one answer."""
    return "–" if micros is None else f"${micros / 1_000_000:.5f}"


@register.filter
def percentile_words(name: str) -> str:
    """`p90` as words."""
    return _("%s %% are there within") % name.removeprefix("p")


def meant(metric: "Metric") -> str:
    """What the metric asks, without what it means in code."""
    return re.sub(r" \(`[^`]*`\)|^1: |^Beside[^:]*: ", "", metric.meaning).partition(" 0: ")[0]


@register.filter
def by_metric(figures: "Iterable[Figure]") -> list[dict[str, Any]]:
    """Rows of a table, one a metric."""
    return [
        {"name": named(figure.metric.name), "meaning": meant(figure.metric), "figure": figure}
        for figure in figures
    ]


@register.filter
def by_name(rows: "Iterable[tuple[str, Figure]]") -> list[dict[str, Any]]:
    """Rows of a table, one a slice."""
    return [{"name": name, "figure": figure} for name, figure in rows]
