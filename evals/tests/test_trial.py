"""What a verdict lacks: runs that are not there, or that say nothing of production as it answers today."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from aiprefill.public import PRODUCTION, ModelOutput, PromptVersion, label_version
from aiprefill.tests.provider_server import ProviderServer
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
