"""Where a judge among the metrics is told: verdicts, comparisons, reports; and to whom."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aiprefill.public import ANNOTATORS
from evals.gate import gate
from evals.judges.evidence import judged
from evals.judges.judging import Judging
from evals.management.commands.judge import summary
from evals.models import EvalRun, Verdict
from evals.tests.answers import suggestion
from evals.tests.judged import make_candidate, make_release, make_run
from evals.tests.judges import METRIC, MODE, counted, make_judged, make_known, name_judge, unseen_claim
from evals.trial import Trial
from evals.upgrade.report import write

pytestmark = pytest.mark.django_db


@pytest.fixture
def named(own_margins: Path) -> Path:
    """The judge agrees with people, and the margins name it."""
    name_judge(own_margins, MODE)
    make_known()
    return own_margins


def client(name: str, **fields: Any) -> Client:
    found = Client()
    found.force_login(get_user_model().objects.create(email=f"{name}@example.org", is_staff=True, **fields))
    return found


@pytest.fixture
def ada(db: None) -> Client:
    return client("ada", is_superuser=True)


def page(who: Client, name: str, *args: Any, query: str = "") -> str:
    response = who.get(reverse(name, args=args) + query)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", unescape(response.content.decode()))


def compared(who: Client, *runs: EvalRun, more: str = "") -> str:
    return page(who, "admin:evals_compare", query=f"?a={runs[0].pk}&b={runs[1].pk}{more}")


def test_the_page_of_a_verdict_names_the_judge_and_how_far_it_agrees(named: Path, ada: Client) -> None:
    name_judge(named, MODE, 0.3)
    release, candidate = make_release(), make_candidate()
    make_judged(release), make_judged(release, candidate)
    told = page(ada, "admin:evals_verdict_change", gate(Trial(candidate, release))[0].pk)
    judge = Verdict.objects.get().evidence["comparison"]["metrics"][METRIC]["judge"]
    assert '<th scope="row">judge: unseen claim</th>' in told
    measured = f"TPR 100 % on {judge['passing']}, TNR 100 % on {judge['failing']}."
    assert f"Judge: unseen claim. {unseen_claim().question} Measured on people's labels: {measured}" in told
    shown = f"{-100 * 0.3 * judge['keeps']:.1f}".replace("-", "−")
    assert f'margin −30.0</span> <span class="quiet">as judged {shown}</span>' in told
    assert f">{shown}</text>" in told  # the line in the plot


def test_whoever_asks_it_is_told_that_it_can_gate(ada: Client) -> None:
    run = make_known()[0]
    lines = summary(Judging(unseen_claim(), run), judged(unseen_claim(), run))
    assert lines[-1] == f"It can gate, where margins.toml names it: {METRIC}."
    assert "well enough to gate, where margins.toml names it" in page(
        ada, "admin:evals_evalrun_change", run.pk
    )


def test_a_report_tells_how_far_its_judge_agrees(named: Path) -> None:
    name_judge(named, MODE, 0.3)
    release, candidate = make_release(), make_candidate()
    make_judged(release), make_judged(release, candidate)
    report = write(Trial(candidate, release), timezone.now())
    (row,) = (each for each in report.figures["metrics"] if each["name"] == METRIC)
    metric = Verdict.objects.get().evidence["comparison"]["metrics"][METRIC]
    assert f"| judge: unseen claim (TPR 1.000 on {metric['judge']['passing']} labels, " in report.body
    assert row["margin"] == 0.3
    assert row["smallest"] == metric["smallest"] / metric["judge"]["keeps"]  # of what is true, as the margin


def test_flips_of_a_judge_are_shown_with_its_reasons(named: Path, ada: Client) -> None:
    release, candidate = make_release(), make_candidate()
    lost = counted(release, 3)
    runs = make_judged(release), make_judged(release, candidate, lost)
    told = compared(ada, *runs, more=f"&metric={METRIC}")
    assert 'judge: unseen claim <span class="count">−3 +0</span>' in told
    assert told.count('<article class="flip">') == 3
    assert told.count("The judge: Words of the judge.") == 6
    assert f"of {lost[0]}." in told
    labeller = client("lea")
    user = get_user_model().objects.get(email="lea@example.org")
    user.groups.add(Group.objects.get(name=ANNOTATORS))
    blind = compared(labeller, *runs, more=f"&metric={METRIC}")
    assert "judge: unseen claim" in blind  # its sums
    assert "The judge:" not in blind
    assert '<article class="flip">' not in blind


def test_runs_are_compared_by_a_judge_where_both_are_judged_whole(
    own_margins: Path, ada: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    release, candidate = make_release(), make_candidate()
    before, after = make_judged(release), make_judged(release, candidate, counted(release, 2))

    def told() -> str:
        call_command("compare", before.pk, after.pk)
        return capsys.readouterr().out

    assert METRIC not in told()  # nobody has labelled
    make_known()
    assert f"{METRIC}  " in told()
    assert f"{METRIC}: {unseen_claim().question} TPR 1.000 on " in told()
    assert "By the gate's rule: INCONCLUSIVE" not in told()
    name_judge(own_margins, MODE)
    assert f"{METRIC}, regressed: 2" in told()
    assert "the judge, after: Words of the judge." in told()
    new = {counted(release, 1)[0]: {"answer": suggestion(description="Never judged.").to_json()}}
    after = make_run(release, candidate, wrong=new)
    assert f"{METRIC}  " not in told()
    assert f"By the gate's rule: BROKEN.\n  Run {after.pk}: the judge of {MODE}" in told()
    assert "manage.py judge" in compared(ada, before, after)


def test_a_comparison_is_broken_by_a_judge_that_may_be_shown_and_not_gate(
    own_margins: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_known(lambda key, fails: fails and not key.endswith("1"))
    name_judge(own_margins, MODE)
    release = make_release()
    call_command("compare", make_judged(release).pk, make_judged(release, make_candidate()).pk)
    told = capsys.readouterr().out
    assert f"{METRIC}  " in told
    assert f"BROKEN.\n  The judge of {MODE} cannot gate: it agrees too little with people" in told
