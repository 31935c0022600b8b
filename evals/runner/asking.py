"""A run being asked for: a new row, or the unfinished one that asks the same."""

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction

from aiprefill.public import PromptVersion, endpoint, is_configured
from evals.datasets import Sealed, log_opening
from evals.models import EvalRun, Release, RunState, Split
from evals.runner.questions import count
from evals.scoring import VERSION

WAITING: Final = {"state": RunState.QUEUED, "reason": "", "ended_at": None, "stop_asked": False}
"""A run that waits for a worker."""


class NotRun(Exception):
    """The run cannot be made; the message says why, to the person who asked."""


@dataclass(frozen=True, slots=True)
class Order:
    """A run as somebody asks for it. Money is in micro-dollars, None: no cap; `only` are keys of cases."""

    version: PromptVersion
    release: Release
    split: str
    repeats: int = 3
    repeat_from: int = 1
    limit: int | None = None
    only: frozenset[str] | None = None
    is_fresh: bool = False
    concurrency: int = 16
    max_cost_micros: int | None = None

    @property
    def question(self) -> dict[str, Any]:
        """What is measured: two runs that agree in it are one."""
        return {
            "version": self.version,
            "release": self.release,
            "split": self.split,
            "repeats": self.repeats,
            "repeat_from": self.repeat_from,
            "limit": self.limit,
            "only": None if self.only is None else sorted(self.only),
            "is_fresh": self.is_fresh,
            "endpoint": endpoint(self.version.provider),
            "scoring": VERSION,
        }

    @property
    def terms(self) -> dict[str, Any]:
        """What it may take; taking a run up again may change it."""
        return {"concurrency": self.concurrency, "max_cost_micros": self.max_cost_micros}


def ask(order: Order, *, how: str, why: str = "", by: int | None = None) -> tuple[EvalRun, bool]:
    """(the run, whether it is new), waiting to be performed; `by` is an account's id. Raises NotRun.

    `how` names the command or page, `why` says why the holdout is opened, if it is; both are kept then.
    A run with the same question that ended early or waits is taken up again, on the terms of this order; one
    that is being performed stays as it is.
    """
    if not order.version.spec.suggests:
        raise NotRun(f"{order.version} makes no suggestions: it is a judge. Judge a run: manage.py judge")
    if not is_configured(order.version.provider):
        text = f"No {order.version.provider} model is connected, so {order.version} cannot run."
        raise NotRun(f"{text} Set OPENAI_API_KEY or OPENAI_BASE_URL.")
    if order.version.is_trial and order.only is None:
        raise NotRun(
            f"{order.version} is a trial. Save it in the prompt lab before it runs over a whole split."
        )
    planned = order.repeats * count(order.release, order.split, order.limit, order.only)
    if order.only is not None and order.split == Split.HOLDOUT:
        raise NotRun("The holdout is sealed: nobody chooses among its cases.")
    if not planned:
        raise NotRun(f"{order.release} has no case in the split {order.split}.")
    if order.split == Split.HOLDOUT:
        if not why.strip():
            raise NotRun(str(Sealed(order.release.dataset)))
        log_opening(order.release.dataset, order.release, how=how, why=why, by=by)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('evals.ask', 0))")
        begun = EvalRun.objects.filter(**order.question).exclude(state=RunState.DONE).first()
        if begun is None:
            made = EvalRun.objects.create(**order.question, **order.terms, planned=planned, asked_by_id=by)
            return made, True
        if begun.state != RunState.RUNNING:
            EvalRun.objects.filter(pk=begun.pk).update(**order.terms, **WAITING)
            begun.refresh_from_db()
    return begun, False


def go_on(run: EvalRun, max_cost_micros: int) -> bool:
    """Let a run that ended early wait for a worker again; False if it is done or has not ended."""
    with transaction.atomic():
        ended = EvalRun.objects.filter(pk=run.pk, state__in=[RunState.FAILED, RunState.STOPPED])
        queued = ended.update(**WAITING, max_cost_micros=max_cost_micros)
        ring()
    return bool(queued)


def ring() -> None:
    """Tell the ringer that a run waits; call it in the transaction that queues it."""
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY evals")
