"""What a comparison and its verdict say, read from their JSON for a page; no Django.

The same reader serves a comparison made just now and the evidence that a verdict kept years ago: what is
missing in the JSON is missing on the page.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from evals.plots import Axis, Forest, axis
from evals.scoring import METRICS, Judge, Kind

Json = Mapping[str, Any]

_SHARE: Final = Kind.YES_NO.value
_SHOWN_WORSE: Final = frozenset({"worse", "watched"})
"""The rules of the gate whose reasons name a metric that is shown to be worse."""


@dataclass(frozen=True, slots=True)
class Row:
    """One metric before and after; shares, or a score's own unit. `plot` is on the scale of its table.

    `is_worse`: the gate found it shown to be worse, with alpha split over all that decide. `judge` is whose
    verdicts these are, if they are a judge's: of a true loss they show less.
    """

    metric: str
    is_share: bool
    cases: int
    before: float
    after: float
    change: float
    interval: tuple[float, float] | None
    lower: float | None
    upper: float | None
    p: float | None
    p_holm: float | None
    smallest: float | None
    margin: float | None
    regressed: tuple[str, ...]
    improved: tuple[str, ...]
    too_few: bool
    is_worse: bool = False
    judge: Judge | None = None
    plot: Forest | None = None

    @property
    def limit(self) -> float | None:
        """What is left of the margin where a judge sees it, the margin itself of all other metrics."""
        return self.margin if self.margin is None or self.judge is None else self.margin * self.judge.keeps

    @property
    def is_within_margin(self) -> bool | None:
        """Whether it is shown to lose less than its margin; None if there is no margin."""
        return None if self.limit is None else self.lower is not None and self.lower > -self.limit


@dataclass(frozen=True, slots=True)
class Table:
    """Metrics on one scale."""

    axis: Axis
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Broken:
    """A must-pass case that is wrong in `wrong` of `repeats` answers, by these metrics."""

    case: str
    wrong: int
    repeats: int
    metrics: list[str]


@dataclass(frozen=True, slots=True)
class Paired:
    """Cost or latency of one answer; micro-dollars or seconds."""

    before: float
    after: float
    change: float
    interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A comparison for a page, its metrics in three tables.

    `declared` holds the critical ones (without margins those that a change is meant to move), `watched` those
    that may not be shown to be worse, `others` the descriptive ones.
    """

    mark: str
    cases: int
    repeats: int
    too_few: bool
    declared: Table
    watched: Table
    others: Table
    must_pass: int
    broken: list[Broken]
    absurd: list[tuple[str, str]]
    invalid: tuple[int, int]
    invalid_p: float | None
    cost: Paired | None
    latency: Paired | None

    @property
    def rows(self) -> list[Row]:
        """Of all tables, those that decide first."""
        return [*self.declared.rows, *self.watched.rows, *self.others.rows]


def read(told: Json, declared: Collection[str] = (), enough: int = 100) -> Evidence | None:
    """The comparison in a decision's JSON (`Decision.to_json`); None if it has none.

    `declared` names the metrics that come first where no margins do; fewer cases than `enough` are too few.
    """
    comparison = told.get("comparison")
    if not comparison:
        return None
    margins: Json = told.get("margins") or {}
    of: Mapping[str, float] = margins.get("of", {})
    metrics: Mapping[str, Json] = comparison["metrics"]
    names = [name for name in _in_order(of or declared) if name in metrics]
    watched = [name for name in _in_order(margins.get("watched", ())) if name in metrics]
    others = [name for name in _in_order(metrics) if name not in (*names, *watched)]
    reasons: Iterable[Json] = told.get("reasons", ())
    worse = {reason.get("metric") for reason in reasons if reason.get("check") in _SHOWN_WORSE}

    def table(names: Iterable[str]) -> Table:
        return _table([_row(metrics[name], of.get(name), enough, name in worse) for name in names])

    must_pass = comparison.get("must_pass", ())
    return Evidence(
        mark=margins.get("mark", ""),
        cases=comparison["cases"],
        repeats=comparison["repeats"],
        too_few=comparison["cases"] < enough,
        declared=table(names),
        watched=table(watched),
        others=table(others),
        must_pass=len(must_pass),
        broken=[found for each in must_pass if (found := _broken(each))],
        absurd=[(case, words) for case, words in comparison.get("absurd", ())],
        invalid=(comparison["invalid"][0], comparison["invalid"][1]),
        invalid_p=comparison.get("invalid_p_worse"),
        cost=_paired(comparison.get("cost")),
        latency=_paired(comparison.get("latency")),
    )


def _in_order(names: Iterable[str]) -> list[str]:
    """As pages show metrics: the database keeps no order of keys. Those that are no more come last."""
    known = list(METRICS)
    return sorted(names, key=lambda name: (known.index(name) if name in METRICS else len(known), name))


def _row(each: Json, margin: float | None, enough: int, is_worse: bool) -> Row:
    return Row(
        metric=each["metric"],
        is_share=each["kind"] == _SHARE,
        cases=each["cases"],
        before=each["baseline"],
        after=each["candidate"],
        change=each["difference"],
        interval=_pair(each.get("interval")),
        lower=each.get("lower"),
        upper=each.get("upper"),
        p=each.get("p"),
        p_holm=each.get("p_holm"),
        smallest=each.get("smallest"),
        margin=margin,
        regressed=tuple(each.get("regressed", ())),
        improved=tuple(each.get("improved", ())),
        too_few=each["cases"] < enough or each["interval"] is None,
        is_worse=is_worse,
        judge=Judge(**each["judge"]) if each.get("judge") else None,
    )


def _table(rows: Sequence[Row]) -> Table:
    """The rows with their plots, all on the scale that the widest of them needs."""
    shown = [value for row in rows for value in (row.change, row.limit, *(row.interval or ()))]
    scale = axis([value for value in shown if value is not None])
    return Table(scale, [replace(row, plot=_forest(row, scale)) for row in rows])


def _forest(row: Row, scale: Axis) -> Forest:
    low, high = map(scale.place, row.interval) if row.interval else (None, None)
    limit = None if row.limit is None else scale.place(-row.limit)
    return Forest(scale.place(row.change), low, high, limit)


def _broken(each: Json) -> Broken | None:
    """The case if it is not right in most of its repeats."""
    wrong = [metrics for metrics in each["wrong"] if metrics]
    if 2 * len(wrong) < len(each["wrong"]):
        return None
    return Broken(each["case"], len(wrong), len(each["wrong"]), sorted({m for of in wrong for m in of}))


def _paired(each: Json | None) -> Paired | None:
    if each is None:
        return None
    return Paired(each["baseline"], each["candidate"], each["difference"], _pair(each.get("interval")))


def _pair(interval: Sequence[float] | None) -> tuple[float, float] | None:
    return (interval[0], interval[1]) if interval else None
