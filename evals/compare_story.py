"""What the page of two runs shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.core.paginator import Page, Paginator

from aiprefill.public import diff
from evals import evidence, pairing
from evals.comparison import DECLARED, ENOUGH
from evals.evidence import Evidence, Row
from evals.flips import Flip, flips
from evals.models import EvalRun, Split
from evals.scoring import JUDGE

A_PAGE: Final = 12
"""Flips that are shown at once."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A metric whose flips can be shown, with how many there are."""

    metric: str
    regressed: int
    improved: int


def tell(
    before: EvalRun, after: EvalRun, metric: str = "", page: str = "", *, may_see_judges: bool = False
) -> dict[str, Any]:
    """All of the page; `metric` chooses the flips, `page` is the number of their page. Raises NotPaired.

    Of a judge only sums stand there for those who may not see its verdicts: whoever labels has to be blind.
    """
    comparison, decision = pairing.outcome(before, after)
    told = decision.to_json() if decision else {"comparison": comparison.to_json()}
    read = evidence.read(told, DECLARED, ENOUGH)
    is_sealed = before.split == Split.HOLDOUT
    some = {} if is_sealed or read is None else shown(read, may_see_judges)
    return {
        "is_same": before.version_id == after.version_id,
        "differences": diff(before.version, after.version),
        "decision": decision,
        "evidence": read,
        "is_sealed": is_sealed,
        **flipped(before, after, some, metric, page),
    }


def shown(read: Evidence, may_see_judges: bool) -> dict[str, Row]:
    """The yes/no metrics with flips that may be shown, by name."""
    rows = [row for row in read.rows if may_see_judges or not row.metric.startswith(JUDGE)]
    return {row.metric: row for row in rows if row.is_share and (row.regressed or row.improved)}


def flipped(
    before: EvalRun, after: EvalRun, some: Mapping[str, Row], metric: str, page: str
) -> dict[str, Any]:
    """The flips of one metric, regressed first, a page of them; and what else can be chosen."""
    if not some:
        return {"choices": []}
    row = some.get(metric) or max(some.values(), key=_most_worse)
    pages: Page[str] = Paginator([*row.regressed, *row.improved], A_PAGE).get_page(page)
    found: list[Flip] = flips(before, after, row.metric, list(pages))
    return {
        "choices": [Choice(name, len(each.regressed), len(each.improved)) for name, each in some.items()],
        "chosen": row,
        "pages": pages,
        "flips": found,
    }


def _most_worse(row: Row) -> tuple[bool, int, int]:
    """Metrics that decide before those that do not, then by what went wrong."""
    return row.metric in DECLARED, len(row.regressed), len(row.improved)
