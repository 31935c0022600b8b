"""The sealed holdout in the admin: opened with a reason, for the rest of one's session."""

from typing import Final

from django.http import HttpRequest

from evals import datasets
from evals.models import Case, Dataset, Split

KEY: Final = "evals_opened"


def is_sealed(request: HttpRequest, case: Case) -> bool:
    """Whether whoever asks must not see what the case says and shows."""
    return case.split == Split.HOLDOUT and case.dataset_id not in request.session.get(KEY, [])


def unseal(request: HttpRequest, dataset: Dataset, why: str) -> None:
    """Keep who opened the holdout and why, and show it to them until they sign out."""
    datasets.log_opening(dataset, None, how="admin", why=why, by=request.user.pk)
    request.session[KEY] = [*request.session.get(KEY, []), dataset.pk]
