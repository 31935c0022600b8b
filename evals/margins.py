"""The gate's margins, read from `margins.toml`; no Django."""

import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from evals.scoring import JUDGE, METRICS

_FILE: Final = Path(__file__).with_name("margins.toml")

_TABLE: Final = frozenset({"mark", "must_pass_cases", "watched", "sizes"})
_SIZE: Final = frozenset({"cases", "critical"})


class NoMarginsError(LookupError):
    """The gate has no margins for this dataset, or not for so few cases."""


class BadMarginsError(ValueError):
    """The file of margins says something that cannot be meant."""


@dataclass(frozen=True, slots=True)
class Margins:
    """What a version may lose. `of`: critical metric to margin, over 0; shares, or units of a median.

    A metric that is `watched` may not be shown to be worse. `mark` is shown beside every verdict by these
    margins, "" for none. A set with fewer than `must_pass_cases` must-pass cases is not whole.
    """

    name: str
    of: Mapping[str, float]
    watched: tuple[str, ...] = ()
    mark: str = ""
    must_pass_cases: int = 0

    @property
    def metrics(self) -> tuple[str, ...]:
        """All that decide: the critical ones, then the watched ones. Alpha is split over them."""
        return (*self.of, *self.watched)


def margins_for(dataset: str, cases: int) -> Margins:
    """The margins of the dataset at this many cases that do not have to pass.

    Raises `NoMarginsError`, and `BadMarginsError` for the whole file.
    """
    data = _read()
    if dataset not in data["datasets"]:
        raise NoMarginsError(f"margins.toml names no margins for the dataset {dataset!r}.")
    name = data["datasets"][dataset]
    table = data["margins"][name]
    sizes = [size for size in table["sizes"] if size["cases"] <= cases]
    if not sizes:
        raise NoMarginsError(f"The margins {name!r} start at more than {cases} cases.")
    size = max(sizes, key=lambda size: size["cases"])
    watched = tuple(table.get("watched", ()))
    return Margins(name, size["critical"], watched, table.get("mark", ""), table["must_pass_cases"])


def judges_for(dataset: str) -> set[str]:
    """The failure modes whose judges the margins of the dataset name. Raises `BadMarginsError`."""
    data = _read()
    table = data["margins"].get(data["datasets"].get(dataset), {})
    named = {metric for size in table.get("sizes", ()) for metric in size["critical"]}
    named.update(table.get("watched", ()))
    return {name.removeprefix(JUDGE) for name in named if name.startswith(JUDGE)}


@cache
def _read() -> dict[str, Any]:
    return parse_margins(_FILE.read_text(encoding="utf-8"))


def parse_margins(text: str) -> dict[str, Any]:
    """The file's tables, checked. Raises `BadMarginsError`."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadMarginsError(f"margins.toml can't be read: {error}") from error
    datasets, margins = data.get("datasets"), data.get("margins", {})
    if not isinstance(margins, dict) or not all(isinstance(table, dict) for table in margins.values()):
        raise BadMarginsError("What margins.toml says of margins is no tables: write [margins.NAME].")
    for name, table in margins.items():
        _check(name, table)
    if not isinstance(datasets, dict) or not all(isinstance(name, str) for name in datasets.values()):
        raise BadMarginsError("margins.toml has no table [datasets] that names the margins of each.")
    if unknown := set(datasets.values()) - margins.keys():
        raise BadMarginsError(f"margins.toml has no margins {', '.join(sorted(unknown))}.")
    return data


def _check(name: str, table: Mapping[str, Any]) -> None:
    sizes, watched = table.get("sizes"), table.get("watched", [])
    _refuse_unknown(name, table.keys() - _TABLE)
    least = table.get("must_pass_cases")
    if type(least) is not int or least < 0:  # `true` is an int, too
        raise BadMarginsError(
            f"The margins {name!r} do not say how many must_pass_cases a set needs, from 0."
        )
    if not isinstance(sizes, list) or not sizes or not all(isinstance(size, dict) for size in sizes):
        raise BadMarginsError(f"The margins {name!r} have no sizes: write [[margins.{name}.sizes]].")
    if not isinstance(table.get("mark", ""), str):
        raise BadMarginsError(f"The mark of the margins {name!r} is no text.")
    if not isinstance(watched, list):
        raise BadMarginsError(f"What is watched in the margins {name!r} is no list of metrics.")
    for size in sizes:
        _refuse_unknown(name, size.keys() - _SIZE)
        critical = size.get("critical")
        if type(size.get("cases")) is not int or not isinstance(critical, dict) or not critical:
            raise BadMarginsError(f"A size of the margins {name!r} lacks its cases or its critical metrics.")
        _check_metrics(name, critical, watched)


def _refuse_unknown(name: str, unknown: set[str]) -> None:
    if unknown:
        raise BadMarginsError(f"The margins {name!r} cannot say {', '.join(sorted(unknown))}.")


def _check_metrics(name: str, critical: Mapping[str, Any], watched: list[Any]) -> None:
    for metric, times in Counter(map(str, (*critical, *watched))).items():
        if not metric.startswith(JUDGE) and (metric not in METRICS or METRICS[metric].beside):
            raise BadMarginsError(f"{metric!r} in the margins {name!r} is no metric that may gate.")
        if times > 1:
            raise BadMarginsError(f"{metric!r} stands twice in the margins {name!r}: critical or watched.")
    for metric, margin in critical.items():
        if type(margin) not in {int, float} or not 0 < margin <= 1:
            raise BadMarginsError(f"The margin of {metric!r} in {name!r} must be above 0 and at most 1.")
