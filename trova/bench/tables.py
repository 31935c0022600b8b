"""How measurements are printed."""

from collections.abc import Sequence
from statistics import median

from trova.bench.site import say


def head(title: str) -> None:
    """A table's title and the names of its columns."""
    say(f"\n{title}\n{'':<52}{'median':>8}{'least':>8}{'most':>8}")


def row(name: str, values: Sequence[float], digits: int = 0) -> None:
    """One quantity over all rounds."""
    numbers = (median(values), min(values), max(values))
    say(f"{name:<52}{''.join(f'{number:>8.{digits}f}' for number in numbers)}")


def row_ms(name: str, seconds: Sequence[float]) -> None:
    """One span over all rounds, in milliseconds."""
    row(name, [1000 * each for each in seconds])


def verdict(bound: str, holds: bool) -> bool:
    """Say the bound, and whether it was missed; give back whether it holds."""
    say(f"Bound: {bound}.{'' if holds else '   MISSED'}")
    return holds
