"""Verdicts in the admin: listed, and read from their evidence alone."""

import json
import re
from html import unescape

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from aiprefill.public import PromptVersion
from evals import evidence
from evals.gate import gate
from evals.models import Release, Verdict
from evals.tests.judged import SCORES, make_candidate, make_release, make_run
from evals.trial import Trial

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db: None) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("ada@example.org"))
    return client


def judged(
    candidate: PromptVersion, release: Release, lost: int = 0, metric: str = "category_accepted"
) -> Verdict:
    """The gate's word on a candidate that loses so many cases of this metric."""
    make_run(release)
    wrong = {"scores": SCORES | {metric: 0.0}}
    make_run(release, candidate, wrong={f"r1c{n:03}": wrong for n in range(1, lost + 1)})
    return gate(Trial(candidate, release))[0]


def page(client: Client, verdict: Verdict) -> str:
    response = client.get(reverse("admin:evals_verdict_change", args=[verdict.pk]))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", unescape(response.content.decode()))


def test_a_verdict_tells_why(ada: Client) -> None:
    verdict = judged(make_candidate(), make_release(), lost=12)
    told = page(ada, verdict)
    assert '<span class="word word-failed">fail</span>' in told
    assert "category_accepted is worse: difference -50.0 points" in told
    assert "Wide margins" in told
    assert "<td>100.0 %</td><td>50.0 %</td> <td>24 " in told
    worse = '<span class="word word-failed">worse</span>'
    assert f'margin −12.0</span> <span class="word word-open">not shown</span> {worse}' in told
    assert told.count(worse) == 1
    both = f"?a={verdict.baseline_run_id}&b={verdict.candidate_run_id}"
    assert f'href="{reverse("admin:evals_compare")}{both}"' in told
    listed = ada.get(reverse("admin:evals_verdict_changelist")).content.decode()
    assert "category_accepted is worse" in listed


def test_a_watched_loss_stands_among_what_is_watched(ada: Client) -> None:
    told = page(ada, judged(make_candidate(), make_release(), lost=12, metric="no_contact"))
    assert "no_contact, which is watched, is worse: difference -50.0 points" in told
    critical, watched = told.index(">Critical</h3>"), told.index(">Watched</h3>")
    row = told.index('<th scope="row">no contact</th>')
    word = told.index('<span class="word word-failed">worse</span>')
    assert critical < watched < row < word < told.index("Every other score, descriptive")
    assert told.count("margin −12.0</span>") == 2
    assert told.count("within</span>") == 2


def test_a_verdict_from_before_metrics_were_watched_shows_its_critical_ones_alone(ada: Client) -> None:
    verdict = judged(make_candidate(), make_release())
    evidence = json.loads(json.dumps(verdict.evidence))
    del evidence["margins"]["watched"]
    names = ("status", "reasons", "candidate", "release", "candidate_run", "baseline_run")
    old = Verdict.objects.create(evidence=evidence, **{name: getattr(verdict, name) for name in names})
    told = page(ada, old)
    assert "Watched" not in told
    assert told.count("within</span>") == 2
    assert told.index("Every other score, descriptive") < told.index('<th scope="row">no contact</th>')


def test_a_pass_is_read_without_its_runs(ada: Client) -> None:
    verdict = judged(make_candidate(), make_release())
    names = ("status", "reasons", "evidence", "candidate", "release", "candidate_run", "baseline_run")
    copy = Verdict.objects.create(**{name: getattr(verdict, name) for name in names})
    assert page(ada, copy).count("within</span>") == len(verdict.evidence["margins"]["of"])


def test_a_broken_verdict_says_what_was_missing(ada: Client) -> None:
    told = page(ada, gate(Trial(make_candidate(), make_release()))[0])
    assert '<span class="word word-failed">broken</span>' in told
    assert "There is no run of v1" in told
    assert "Nothing was compared" in told
    assert "Compare both runs" not in told


def test_evidence_of_another_time_is_read() -> None:
    """Metrics that are no more, fields that came later: nothing breaks, the scores of today come first."""
    verdict = judged(make_candidate(), make_release())
    told = json.loads(json.dumps(verdict.evidence))
    metrics = told["comparison"]["metrics"]
    metrics["once_counted"] = metrics["title_right"] | {"metric": "once_counted"}
    for name in ("cost", "latency", "absurd", "must_pass", "invalid_p_worse"):
        del told["comparison"][name]
    for each in metrics.values():
        for name in ("interval", "smallest", "p_holm", "design_effect", "regressed"):
            each.pop(name, None)
        each["came_later"] = 1
    told["margins"]["of"]["once_counted"] = 0.05
    read = evidence.read(told)
    assert read
    names = [row.metric for row in read.declared.rows]
    assert (names[0], names[-1]) == ("category_accepted", "once_counted")
    assert (read.cost, read.must_pass, read.declared.rows[0].interval) == (None, 0, None)
    assert evidence.read({"status": "broken"}) is None
