"""The sealed holdout in the admin: opened with a reason, for the rest of one's session."""

from typing import Final, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from evals import datasets
from evals.models import Case, Dataset, Split

KEY: Final = "evals_opened"

M = TypeVar("M", bound=Model)


def is_sealed(request: HttpRequest, case: Case) -> bool:
    """Whether whoever asks must not see what the case says and shows."""
    return case.split == Split.HOLDOUT and case.dataset_id not in request.session.get(KEY, [])


def without_sealed(request: HttpRequest, rows: QuerySet[M], way: str) -> QuerySet[M]:
    """The rows without those about sealed cases; `way` leads from a row to its case."""
    opened = request.session.get(KEY, [])
    return rows.exclude(Q(**{f"{way}__split": Split.HOLDOUT}) & ~Q(**{f"{way}__dataset__in": opened}))


def unseal(request: HttpRequest, dataset: Dataset, why: str) -> None:
    """Keep who opened the holdout and why, and show it to them until they sign out."""
    datasets.log_opening(dataset, None, how="admin", why=why, by=request.user.pk)
    request.session[KEY] = [*request.session.get(KEY, []), dataset.pk]
