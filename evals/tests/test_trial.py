"""What a verdict lacks: runs that are not there, or that say nothing of production as it answers today."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from aiprefill.public import PRODUCTION, ModelOutput, PromptVersion, label_version
from aiprefill.tests.provider_server import ProviderServer
from evals import datasets
from evals.gate import gate
from evals.models import Release
from evals.scoring import VERSION
from evals.tests.judged import make_candidate
from evals.tests.running import make_release, order, performed
from evals.trial import Trial, faults, lacking

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def release(tmp_path: Path, media: Path, transactional_db: None) -> Release:
    return make_release(tmp_path / "cases", count=2)


@pytest.fixture
def trial(release: Release) -> Trial:
    """A candidate against production, once a case."""
    return Trial(make_candidate(), release, repeats=1)


def age(by: timedelta) -> None:
    """Let all answers have been given so long ago, past the trigger that keeps them as they are."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        ModelOutput.objects.update(settled_at=Now() - by)
        cursor.execute("SET session_replication_role = origin")


def wanted(trial: Trial) -> list[tuple[PromptVersion, bool]]:
    return list(lacking(trial, timezone.now()))


def test_answers_from_the_cache_make_no_young_baseline(
    provider: ProviderServer, trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    production, asked = label_version(PRODUCTION), order(trial.release, repeats=1)
    performed(asked)
    performed(order(trial.release, repeats=1, version=trial.candidate))
    assert wanted(trial) == []
    age(timedelta(days=7, minutes=1))
    again = performed(asked)
    assert (again.from_cache, again.finished) == (2, 2)
    assert wanted(trial) == [(production, True)]
    told = [*faults(trial, production, timezone.now())]
    assert [each.check for each in told] == ["baseline_too_old"]
    assert told[0].text.endswith("--repeats=1 --fresh")
    with monkeypatch.context() as bumped:
        bumped.setattr("evals.trial.VERSION", VERSION + 1)
        assert wanted(trial) == [(production, True), (trial.candidate, False)]
    fresh = performed(order(trial.release, repeats=1, is_fresh=True))
    assert (fresh.from_cache, wanted(trial)) == (0, [])
    assert not [*faults(trial, production, timezone.now())]


def test_after_an_erasure_both_runs_are_made_anew_and_cost_nothing(
    provider: ProviderServer, trial: Trial
) -> None:
    production = label_version(PRODUCTION)
    both = [order(trial.release, repeats=1, version=each) for each in (production, trial.candidate)]
    for each in both:
        performed(each)
    datasets.erase(trial.release.cases.get(key="c000"))
    assert wanted(trial) == [(production, False), (trial.candidate, False)]
    told = [*faults(trial, production, timezone.now())]
    assert [each.check for each in told] == ["baseline_erased", "candidate_erased"]
    make = "manage.py evaluate --prompt={} --dataset=set@1 --split=gate --repeats=1"
    assert told[0].text.endswith(make.format("production"))
    assert told[1].text.endswith(make.format(trial.candidate.pk))
    performed(both[0])
    assert wanted(trial) == [(trial.candidate, False)]
    performed(both[1])
    assert (wanted(trial), len(provider.ledger)) == ([], 4)
    assert not [*faults(trial, production, timezone.now())]
    assert "no_margins" in gate(trial)[1].to_json()["reasons"][0]["check"]  # it comes as far as the margins
