"""The page of two runs: what it says, what it shows of cases, and what it refuses."""

import os
import re
import subprocess
import sys
from html import unescape
from typing import Any, Final

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evals import pairing
from evals.models import Case, CaseResult, EvalRun
from evals.scoring import VERSION
from evals.tests.answers import suggestion
from evals.tests.judged import SCORES, make_candidate, make_release, make_run

pytestmark = pytest.mark.django_db

CATEGORIES: Final = ("books", "furniture")


@pytest.fixture
def ada(db: None) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("ada@example.org"))
    return client


def answered(category: str, **scores: float) -> dict[str, Any]:
    """Results that answer so, right if it is furniture."""
    right = float(category == "furniture")
    return {
        "scores": SCORES | {"category_accepted": right} | scores,
        "answer": suggestion(category=category).to_json(),
    }


def pair(**changes: Any) -> tuple[EvalRun, EvalRun]:
    """Production's run and a candidate's: one case lost, one won, the must-pass case broken."""
    release = make_release()
    wrong, right = answered("books"), answered("furniture")
    before = make_run(release, wrong={"r1c003": right, "r1c004": wrong})
    lost = {"r1c000": wrong, "r1c003": wrong, "r1c004": right}
    after = make_run(release, make_candidate(), wrong=lost, **changes)
    return before, after


def page(client: Client, before: EvalRun, after: EvalRun, query: str = "") -> str:
    response = client.get(f"{reverse('admin:evals_compare')}?a={before.pk}&b={after.pk}{query}")
    assert response.status_code == 200
    return re.sub(r"\s+", " ", unescape(response.content.decode()))


def test_two_runs_are_told_from_the_top_down(ada: Client) -> None:
    told = page(ada, *pair())
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", told)
    assert headings == [
        "What differs between the two versions",
        "What came of it",
        "Change of each score",
        "Cases that went over",
        "What fails a version by itself",
        "Cost and time of an answer",
    ]
    assert '<span class="line new">+Be brief.</span>' in told
    assert "may not take the place of" in told
    assert "Must-pass case r1c000 is wrong in 3 of 3 repeats: category_accepted." in told
    assert '<td>95.8 %</td><td>95.8 %</td> <td>24 <span class="word word-open">too few</span>' in told
    assert told.count('class="forest" role="img"') >= 12
    assert told.count("margin −12.0</span>") == 2
    watched, others = told.index(">Watched</h3>"), told.index("Every other score, descriptive")
    assert told.index(">Critical</h3>") < told.index('scope="row">title right') < watched
    assert watched < told.index('scope="row">no contact') < others < told.index('scope="row">text length')
    assert told.index("Regressed</h3>") < told.index("r1c003") < told.index("Improved</h3>")
    assert told.index("Improved</h3>") < told.index("r1c004")
    assert "<del>furniture</del> </dd>" in told
    assert "<ins>books</ins> </dd>" in told
    assert ">r1c000</a> is wrong in 3 of 3 repeats: category accepted" in told


def test_the_same_version_differs_in_nothing(ada: Client) -> None:
    before, _after = pair()
    again = make_run(before.release)
    told = page(ada, before, again)
    assert "the same version (A/A)" in told
    assert 'class="diff"' not in told


def test_flips_are_chosen_by_metric_and_read_by_pages(ada: Client) -> None:
    release = make_release()
    lost = {f"r1c{n:03}": answered("furniture", title_right=0.0) for n in range(1, 16)}
    told = page(
        ada,
        make_run(release),
        make_run(release, make_candidate(), wrong=lost | {"r1c020": answered("books")}),
    )
    assert '<a href="?a=1&b=2&metric=title_right#flips" aria-current="true">' in re.sub(
        r"=\d+&b=\d+", "=1&b=2", told
    )
    assert 'title right <span class="count">−15 +0</span>' in told
    assert told.count('<article class="flip">') == 12
    before, after = EvalRun.objects.order_by("pk")
    assert page(ada, before, after, "&metric=title_right&page=2").count('<article class="flip">') == 3
    assert page(ada, before, after, "&metric=category_accepted").count('<article class="flip">') == 1


def test_a_case_flips_by_the_repeats_that_have_the_score(ada: Client) -> None:
    before, after = pair()
    for run, score in ((before, 1.0), (after, 0.0)):
        results = run.results.filter(case__key="c001").order_by("repeat")
        for index, result in enumerate(results):
            told = {"price_covers": score} if index == 0 else {}
            result.scores = {k: v for k, v in result.scores.items() if k != "price_covers"} | told
            result.save()
    assert "Regressed" in page(ada, before, after, "&metric=price_covers")


def test_an_erased_case_shows_no_picture_and_no_words(ada: Client) -> None:
    before, after = pair()
    erased = Case.objects.filter(key="r1c003")
    CaseResult.objects.filter(case__in=erased).update(answer=None, erased_at=Now())
    erased.update(erased_at=Now(), expected=None, provenance=None, tags=[], clusters=[], why="")
    told = page(ada, before, after)
    assert '<span class="no-picture">Erased</span>' in told
    assert reverse("admin:evals_case_file", args=[erased.get().pk, 0, 320]) not in told


def test_a_holdout_shows_no_case(ada: Client) -> None:
    release = make_release()
    wrong = {"r1c000": answered("books"), "r1c003": answered("books")}
    before, after = (
        make_run(release, split="holdout"),
        make_run(release, make_candidate(), split="holdout", wrong=wrong),
    )
    told = page(ada, before, after)
    assert "its cases are not shown" in told
    assert "r1c0" not in told
    assert "1 / 1" in told  # that one breaks is told, not which


def refused(client: Client, before: EvalRun, after: EvalRun) -> str:
    with pytest.raises(pairing.NotPaired):
        pairing.outcome(before, after)
    return page(client, before, after)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"repeats": 2}, "different numbers of repeats, 3 and 2"),
        ({"split": "dev"}, "different splits, gate and dev"),
        ({"limit": 5}, "is not complete: only 5 cases"),
        ({"state": "failed"}, "is not complete: it is failed"),
        ({"scoring": 9}, f"version of the scores: {VERSION} and 9"),
        ({"wrong": {"r1c003": {"scores": {}}}}, "Not scored in every repeat of both runs: r1c003"),
    ],
)
def test_what_cannot_be_paired_is_refused_and_what_would_do_is_said(
    ada: Client, changes: dict[str, Any], why: str
) -> None:
    release = make_release()
    told = refused(ada, make_run(release), make_run(release, make_candidate(), **changes))
    assert why in told
    assert "a whole run of v3" in told
    assert f"?version=3&release={release.pk}&split=gate&repeats=3" in told


def test_a_run_that_would_do_is_offered(ada: Client) -> None:
    before, after = pair()
    other = make_run(make_release(), after.version)
    told = refused(ada, before, other)
    assert "different releases, demo@1 and demo@2" in told
    assert f'href="?a={before.pk}&b={after.pk}"' in told


def test_a_run_that_is_under_way_is_waited_for(ada: Client) -> None:
    release = make_release()
    told = refused(ada, make_run(release), make_run(release, make_candidate(), state="queued"))
    assert "Wait until it is done." in told


def test_runs_lead_to_their_comparison(ada: Client) -> None:
    before, after = pair()
    newer = make_run(before.release, after.version)
    make_run(make_release())  # over other cases
    run = re.sub(
        r"\s+", " ", ada.get(reverse("admin:evals_evalrun_change", args=[newer.pk])).content.decode()
    )
    offered = re.findall(r'<option value="(\d+)"( selected)?', run)
    assert sorted(offered) == [(str(before.pk), " selected"), (str(after.pk), "")]
    runs = reverse("admin:evals_evalrun_changelist")
    ticked = {"action": "compare_two", "index": "0", "_selected_action": [after.pk, before.pk]}
    assert ada.post(runs, ticked)["location"].endswith(f"compare/?a={before.pk}&b={after.pk}")
    assert (
        "Tick two runs"
        in ada.post(runs, ticked | {"_selected_action": [after.pk]}, follow=True).content.decode()
    )
    for query in ("", "?a=1", f"?a={before.pk}&b=0", f"?a=x&b={after.pk}"):
        assert ada.get(reverse("admin:evals_compare") + query).status_code == 404


def test_a_page_of_flips_asks_as_often_as_one_flip(ada: Client, django_assert_num_queries: Any) -> None:
    release = make_release()
    before = make_run(release)
    wrong = answered("books")
    one = make_run(release, make_candidate(), wrong={"r1c003": wrong})
    many = make_run(release, make_candidate("Be kind."), wrong={f"r1c{n:03}": wrong for n in range(1, 20)})
    page(ada, before, one)  # what the process keeps is kept now
    with CaptureQueriesContext(connection) as few:
        page(ada, before, one)
    with django_assert_num_queries(len(few)):
        page(ada, before, many)
    assert len(few) < 25


def test_a_new_run_is_asked_for_from_what_would_do(ada: Client) -> None:
    release, version = make_release(), make_candidate()
    query = f"?version={version.pk}&release={release.pk}&split=gate&repeats=2"
    form = ada.get(reverse("admin:evals_evalrun_add") + query).context["form"]
    asked = {name: form[name].value() for name in ("version", "release", "split", "repeats")}
    assert asked == {"version": "3", "release": str(release.pk), "split": "gate", "repeats": "2"}


def test_the_admin_starts_without_what_statistics_stand_on() -> None:
    """They take seconds to import, in every process of the site."""
    code = (
        "import sys, django; django.setup(); from django.contrib import admin; admin.autodiscover();"
        "print(*sorted({'scipy', 'statsmodels', 'evals.comparison'} & sys.modules.keys()))"
    )
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "trova.settings", "TROVA_DEMO": "1"}
    told = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == ""
