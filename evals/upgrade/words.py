"""A report's figures as Markdown for people; no Django. Equal figures give equal text.

What comes from models and cases is untrusted: it can neither break a table nor become markup.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

Figures = Mapping[str, Any]


class Shown(Protocol):
    """An amount as text."""

    def __call__(self, amount: float, *, sign: bool = False) -> str: ...


UNITS: Final = {
    "answer": "an answer",
    "thousand answers": "1,000 answers",
    "posted listing": "a posted listing",
    "month": "30 days",
    "mean": "an answer, on average",
    "p50": "the faster half of answers, within",
    "p90": "nine in ten answers, within",
}
FEW: Final = 100
PASSES: Final = (
    "Every critical metric is shown to lose less than its margin, and none that is watched to be worse."
)


def markdown(told: Figures) -> str:
    """The whole report."""
    parts = [_head, _changed, _verdict, _metrics, _noise, _costs, _worst, _unsaid]
    return "\n".join(line for part in parts for line in part(told)).rstrip() + "\n"


def safe(text: object) -> str:
    """One line of plain text, whatever it was: no table cell, markup or link can begin in it."""
    return re.sub(r"[\\`*{}\[\]<>#|~!&]|(?<!\w)_|_(?!\w)", r"\\\g<0>", " ".join(str(text).split()))


def name(metric: str) -> str:
    """A metric's name as words, a judge's with who it is before it."""
    return metric.replace("_", " ").replace(":", ": ")


def share(value: float | None, *, sign: bool = False) -> str:
    """A share in per cent."""
    return "–" if value is None else f"{100 * value:{'+' if sign else ''}.1f} %"


def money(amount: float, *, sign: bool = False) -> str:
    """Micro-dollars as dollars, the smaller the more decimals."""
    dollars = abs(amount) / 1_000_000
    plus = "-" if amount < 0 else "+" if sign else ""
    decimals = 2 if dollars >= 1 or not dollars else 3 if dollars >= 0.1 else 5
    return f"{plus}${dollars:,.{decimals}f}"


def seconds(amount: float, *, sign: bool = False) -> str:
    """Seconds with two decimals."""
    return f"{round(amount, 2) + 0.0:{'+' if sign else ''}.2f} s"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table after an empty line; its cells are plain text."""
    yield from ("", f"| {' | '.join(heads)} |", "|---" * len(heads) + "|")
    yield from (f"| {' | '.join(map(safe, cells))} |" for cells in rows)


def _head(told: Figures) -> Iterator[str]:
    before, after = told["before"], told["after"]
    yield f"# {safe(after['model'])}: {told['status'].upper()}"
    yield ""
    yield f"{safe(after['name'])} against production, {safe(before['name'])}."
    runs = ", ".join(str(side["run"]) for side in (before, after) if side["run"])
    yield f"On {told['release']}, {told['split']}, {told['repeats']} repeats; runs {runs or 'none'}."


def _changed(told: Figures) -> Iterator[str]:
    yield from ("", "## What changed")
    for each in told["changed"]:
        yield from ("", f"{each['part']}:", "")
        yield from (f"    {' '.join(line['text'].split())}" for line in each["lines"])


def _verdict(told: Figures) -> Iterator[str]:
    yield from ("", f"## The gate says {told['status'].upper()}", "")
    if told["mark"]:
        yield from (told["mark"], "")
    yield from (f"- {safe(text)}" for text in told["reasons"])
    yield from (f"- Tolerated: {safe(text)}" for text in told["warnings"])
    if not told["reasons"] and not told["warnings"]:
        yield f"- {PASSES}"
    for side in (told["before"], told["after"]):
        for each in side["errors"]:
            counted = f"{each['count']} of {side['results']} results of {safe(side['name'])}"
            said = f": {safe(each['said'])}" if each["said"] else "."
            yield f"- {counted} ended with {each['error']}{said}"


METRIC_HEADS: Final = (
    "metric",
    "cases",
    "before",
    "after",
    "change",
    "95 % interval",
    "margin",
    "lost / won",
)


def _metrics(told: Figures) -> Iterator[str]:
    if "metrics" not in told:
        return
    yield from ("", "## What it gets right", "", how_many(told))
    yield from table(METRIC_HEADS, metric_rows(told))


def how_many(told: Figures) -> str:
    """How many cases there are, of both kinds."""
    return f"{told['cases']} cases are averaged, {told['must_pass']} must pass and are judged one by one."


def metric_rows(told: Figures) -> Iterator[list[str]]:
    """Cells under `METRIC_HEADS`, a metric a row."""
    for each in told["metrics"]:
        is_share = each["is_share"]
        interval = "too few"
        if each["interval"]:
            interval = " to ".join(size(bound, is_share, sign=True) for bound in each["interval"])
        yield [
            " ".join(filter(None, (name(each["name"]), each.get("judge")))),
            str(each["cases"]),
            size(each["before"], is_share),
            size(each["after"], is_share),
            size(each["change"], is_share, sign=True),
            interval,
            _margin(each),
            f"{each['regressed']} / {each['improved']}" if is_share else "",
        ]


def _margin(each: Mapping[str, Any]) -> str:
    """What a critical metric may lose. Old reports watch none."""
    if each["margin"] is None:
        return "watched" if each.get("watched") else ""
    return size(each["margin"], each["is_share"])


def size(amount: float, is_share: bool, *, sign: bool = False) -> str:
    """A share in per cent, anything else as it is."""
    return share(amount, sign=sign) if is_share else f"{amount:{'+' if sign else ''}.3f}"


NOISE_HEADS: Final = ("metric", "between the two", "before, against itself", "after, against itself")
NOISE: Final = (
    "Cases that one run has right and the other wrong. Asked the same once more, a version flips too: flips "
    "that are no more than that show no change."
)


def _noise(told: Figures) -> Iterator[str]:
    if "noise" not in told:
        return
    yield from ("", "## Flips and noise", "", NOISE)
    if told["noise"]:
        yield from table(NOISE_HEADS, noise_rows(told))
    else:
        yield from ("", "Nothing flipped.")


def noise_rows(told: Figures) -> Iterator[list[str]]:
    """Cells under `NOISE_HEADS`, a metric a row."""
    for each in told["noise"]:
        itself = ("not run" if each[side] is None else str(each[side]) for side in ("before", "after"))
        yield [name(each["metric"]), str(each["flips"]), *itself]


def traffic_words(told: Figures) -> str:
    """What the forecast takes for the site's traffic."""
    asked = told["traffic"]
    if not asked["calls"]:
        return "No traffic yet: nobody asked for a suggestion, so costs are told for 1,000 answers."
    days = f"{asked['days']:.0f} days" if asked["days"] >= 1.5 else "day"
    text = f"In the last {days} there were {asked['calls']:,} calls for {asked['readings']:,} readings"
    if asked["calls_per_listing"] is None:
        return f"{text}; no listing was posted yet."
    bill = money(asked["cost_micros"])
    bill += f", without {asked['unpriced']:,} unpriced calls" if asked["unpriced"] else ""
    each = f"{asked['calls_per_listing']:.2f} calls a listing"
    return (
        f"{text} and {asked['listings']:,} posted listings: {each}, with retries and drafts that were "
        f"given up. The bill was {bill}."
    )


def _costs(told: Figures) -> Iterator[str]:
    if "costs" not in told:
        return
    yield from ("", "## Cost", "", *(safe(text) for text in cost_words(told)))
    yield from table(("cost of", *SIDES), estimate_rows(told["costs"], money))
    yield from ("", "## Time", *table(("time of", *SIDES), estimate_rows(told["times"], seconds)))


SIDES: Final = ("before", "after", "change")


def cost_words(told: Figures) -> list[str]:
    """The traffic, and whose cost is not known."""
    answer = told["costs"][0]
    models = [told[side]["model"] for side in ("before", "after") if answer[side] is None]
    unknown = "is unpriced: no price of it is known, so nothing is said of its cost."
    return [traffic_words(told), *(f"{model} {unknown}" for model in models)]


def estimate_rows(rows: Iterable[Mapping[str, Any]], shown: Shown) -> Iterator[list[str]]:
    """Cells of costs or times: what of, then each of `SIDES`."""
    for each in rows:
        yield [UNITS[each["unit"]], *(_estimate(each[side], shown, sign=side == "change") for side in SIDES)]


def _estimate(told: Mapping[str, Any] | None, shown: Shown, *, sign: bool) -> str:
    """A value with its interval."""
    if told is None:
        return "–"
    value, low, high = (
        "" if told[part] is None else shown(told[part], sign=sign) for part in ("value", "low", "high")
    )
    return f"{value} ({low} to {high})" if low and not low == value == high else value


LOST_HEADS: Final = ("case", "lost", "expected", "before", "after")


def _worst(told: Figures) -> Iterator[str]:
    if "worst" not in told:
        return
    yield from ("", "## What was lost")
    if told["worst"]:
        yield from table(LOST_HEADS, lost_rows(told))
    else:
        yield from ("", "No case that was right became wrong.")


def lost_rows(told: Figures) -> Iterator[list[str]]:
    """Cells under `LOST_HEADS`, a case a row."""
    for each in told["worst"]:
        words = ("; ".join(f"{of['field']}: {of[part]}" for of in each["fields"]) for part in LOST_HEADS[2:])
        yield [each["key"], ", ".join(map(name, each["metrics"])), *words]


def _unsaid(told: Figures) -> Iterator[str]:
    yield from ("", "## What this does not say", "")
    yield from (f"- {text}" for text in unsaid(told))


def unsaid(told: Figures) -> Sequence[str]:
    """The limits of what was found, a sentence or two each."""
    lines = []
    if "metrics" not in told:
        lines.append("Nothing was compared: what stands above has to be mended first.")
    elif told["cases"] < FEW:
        lines.append(f"{told['cases']} cases are few. " + _smallest(told))
    else:
        lines.append(_smallest(told))
    if "noise" in told and None in (told["before"]["aa"], told["after"]["aa"]):
        lines.append("The noise of a version that was not asked once more (A/A) is not known.")
    lines.append("Sellers took no part: what they would keep, and how many would post, was not measured.")
    if "costs" in told:
        lines += [
            "The intervals of cost and time are of the cases. The traffic is taken to stay as it was.",
            "Retries are in the calls a listing and in an answer's cost: many make the forecast too high.",
            "Prices are those in the list of this program; a provider's speed changes by the hour.",
        ]
    lines.append("A signature moves nothing: production moves by manage.py promote and its rules.")
    return lines


def _smallest(told: Figures) -> str:
    known = [each for each in told["metrics"] if each["margin"] and each["is_share"] and each["smallest"]]
    if not known:
        return "How small a loss they would show is not known."
    widest = max(known, key=lambda each: each["smallest"])
    return (
        f"Of {name(widest['name'])}, a loss under {100 * widest['smallest']:.0f} points "
        "stays unseen more than one time in five."
    )
