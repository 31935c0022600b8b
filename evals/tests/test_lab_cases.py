"""The cases of the prompt lab: production's worst, what a try made of them, and what is never tried."""

from dataclasses import replace
from typing import Final

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aiprefill.public import PRODUCTION, PromptVersion, label_version, try_version
from evals import lab
from evals.models import Release
from evals.runner import NotRun
from evals.tests import judged
from evals.tests.judged import SCORES, make_run
from evals.tests.test_lab import look_at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def trial(transactional_db: None) -> PromptVersion:
    first = label_version(PRODUCTION)
    return try_version(replace(first.spec, instructions="Be brief."), copied_from=first)


@pytest.fixture
def ada(transactional_db: None) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("ada@example.org"))
    return client


@pytest.fixture
def by(ada: Client) -> int:
    return int(get_user_model().objects.get().pk)


WRONG: Final = {"scores": SCORES | {"category_accepted": 0.0}}


def judged_release() -> Release:
    """25 gate cases of known results, made as one."""
    with transaction.atomic():
        return judged.make_release()


def test_at_most_ten_the_worst_first_and_a_mended_field_is_counted(by: int, trial: PromptVersion) -> None:
    release = judged_release()
    keys = [f"r1c{number:03}" for number in range(1, 13)]
    twice = {"scores": SCORES | {"category_accepted": 0.0, "title_right": 0.0}}
    make_run(release, wrong=dict.fromkeys(keys, WRONG) | {"r1c020": twice})
    worst = lab.worst_of_production()
    assert worst
    assert [case.key for case in worst.cases] == ["r1c020", *keys[:9]]
    look = make_run(
        release, trial, wrong={"r1c003": WRONG}, only=sorted(c.key for c in worst.cases), repeats=1
    )
    beside = {each.case.key: each for each in lab.beside(look)}
    assert beside.keys() == {case.key for case in worst.cases}
    assert (beside["r1c001"].mended, beside["r1c001"].broken, beside["r1c001"].failed_in) == (1, 0, 3)
    assert (beside["r1c003"].mended, beside["r1c003"].broken) == (0, 0)


def test_what_no_single_field_is_asked_for_is_told_too(trial: PromptVersion) -> None:
    release = judged_release()
    loud = {"scores": SCORES | {"no_advertising": 0.0}}
    make_run(release, wrong={"r1c001": WRONG, "r1c002": loud})
    look = make_run(release, trial, wrong={"r1c001": loud}, only=["r1c001", "r1c002"], repeats=1)
    first, second = sorted(lab.beside(look), key=lambda each: each.case.key)
    assert [(field.name, field.change) for field in first.wrong] == [
        ("category", 1),
        ("no_advertising", -1),
    ]
    assert [(field.name, field.change) for field in second.wrong] == [("no_advertising", 1)]


def test_the_holdout_is_never_tried(by: int, trial: PromptVersion) -> None:
    release = judged_release()
    make_run(release, split="holdout", wrong={"r1c001": WRONG})
    assert lab.worst_of_production() is None
    with pytest.raises(NotRun, match="no worst cases yet"):
        lab.try_worst(trial, by)
    with pytest.raises(NotRun, match="not of the dev split"):
        lab.try_case(trial, release.cases.all()[0], by)
    assert lab.dev_cases(9) == []


def test_more_cases_take_no_more_queries(ada: Client, trial: PromptVersion) -> None:
    release = judged_release()
    counts = []
    for keys in (["r1c001"], ["r1c002", "r1c003", "r1c004", "r1c005"]):
        make_run(release, wrong=dict.fromkeys(keys, WRONG))
        look = make_run(release, trial, only=keys, repeats=1)
        with CaptureQueriesContext(connection) as queries:
            look_at(ada, f"?version={trial.pk}&cases={look.pk}")
        counts.append(len(queries))
    assert counts[0] == counts[1]
