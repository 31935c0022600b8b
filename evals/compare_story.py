"""What the page of two runs shows."""

from dataclasses import dataclass
from typing import Any, Final

from django.core.paginator import Page, Paginator

from aiprefill.public import diff
from evals import evidence, pairing
from evals.comparison import DECLARED, ENOUGH
from evals.evidence import Evidence, Row
from evals.flips import Flip, flips
from evals.models import EvalRun, Split

A_PAGE: Final = 12
"""Flips that are shown at once."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A metric whose flips can be shown, with how many there are."""

    metric: str
    regressed: int
    improved: int


def tell(before: EvalRun, after: EvalRun, metric: str = "", page: str = "") -> dict[str, Any]:
    """All of the page; `metric` chooses the flips, `page` is the number of their page. Raises NotPaired."""
    comparison, decision = pairing.outcome(before, after)
    told = decision.to_json() if decision else {"comparison": comparison.to_json()}
    read = evidence.read(told, DECLARED, ENOUGH)
    is_sealed = before.split == Split.HOLDOUT
    return {
        "is_same": before.version_id == after.version_id,
        "differences": diff(before.version, after.version),
        "decision": decision,
        "evidence": read,
        "is_sealed": is_sealed,
        **({} if is_sealed or read is None else flipped(before, after, read, metric, page)),
    }


def flipped(before: EvalRun, after: EvalRun, read: Evidence, metric: str, page: str) -> dict[str, Any]:
    """The flips of one metric, regressed first, a page of them; and what else can be chosen."""
    rows = {row.metric: row for row in read.rows if row.is_share}
    some = {name: row for name, row in rows.items() if row.regressed or row.improved}
    if not some:
        return {"choices": []}
    row = some.get(metric) or max(some.values(), key=_most_worse)
    pages: Page[str] = Paginator([*row.regressed, *row.improved], A_PAGE).get_page(page)
    shown: list[Flip] = flips(before, after, row.metric, list(pages))
    return {
        "choices": [Choice(name, len(each.regressed), len(each.improved)) for name, each in some.items()],
        "chosen": row,
        "pages": pages,
        "flips": shown,
    }


def _most_worse(row: Row) -> tuple[bool, int, int]:
    """Metrics that decide before those that do not, then by what went wrong."""
    return row.metric in DECLARED, len(row.regressed), len(row.improved)
