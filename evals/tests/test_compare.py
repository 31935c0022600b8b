"""`manage.py compare`: what it says, and what it refuses."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from evals.models import Release
from evals.tests.answers import suggestion
from evals.tests.judged import SCORES, make_candidate, make_release, make_run

pytestmark = pytest.mark.django_db


def told(capsys: pytest.CaptureFixture[str], *runs: int) -> str:
    call_command("compare", *runs)
    return capsys.readouterr().out


def test_two_runs_are_told_case_by_case(capsys: pytest.CaptureFixture[str]) -> None:
    release = make_release()
    answers = {
        name: {"scores": SCORES | {"category_accepted": right}, "answer": suggestion(category=name).to_json()}
        for name, right in (("books", 0.0), ("furniture", 1.0))
    }
    before = make_run(release, wrong={"r1c003": answers["furniture"], "r1c004": answers["books"]})
    after = make_run(
        release,
        make_candidate(),
        wrong={"r1c003": answers["books"], "r1c004": answers["furniture"]} | {"r1c000": answers["books"]},
    )
    text = told(capsys, before.pk, after.pk)
    assert "demo@1, gate, 3 repeats, 24 cases" in text
    assert "  +Be brief." in text
    assert "24 cases are too few" in text
    assert "By the gate's rule: FAIL.\n  Must-pass case r1c000 is wrong in 3 of 3 repeats" in text
    (row,) = [line.split() for line in text.splitlines() if line.startswith("category_accepted  ")]
    assert row[1:5] == ["24", "95.8%", "95.8%", "+0.0%"]
    assert row[-2:] == ["12.0%", "1/1"]
    margins = {line.split()[0]: line.split()[-2] for line in text.splitlines() if line.endswith(" 0/0")}
    assert (margins["title_right"], margins["no_contact"]) == ("12.0%", "watched")
    assert margins["category_exact"] not in {"12.0%", "watched"}
    assert "Must-pass case r1c000 breaks." in text
    assert "regressed: 1\n  r1c003: expected 'furniture', before 'furniture', after 'books'" in text
    assert "improved: 1\n  r1c004: expected 'furniture', before 'books', after 'furniture'" in text
    assert "Seconds for an answer: 2 before, 2 after" in text
    assert "Both runs are of the same version." in told(capsys, before.pk, before.pk)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"repeats": 2}, "different numbers of repeats, 3 and 2"),
        ({"split": "dev"}, "different splits, gate and dev"),
        ({"state": "queued"}, "is not complete: it is queued"),
        ({"limit": 5}, "is not complete: only 5 cases"),
        ({"only": ["r1c000", "r1c001"]}, "is not complete: only 2 cases"),
        ({"scoring": 9}, "version of the scores: 2 and 9"),
        ({"wrong": {"r1c003": {"scores": {}}}}, "Not scored in every repeat of both runs: r1c003"),
    ],
)
def test_runs_that_cannot_be_paired_are_refused(changes: dict[str, Any], why: str) -> None:
    release = make_release()
    runs = make_run(release).pk, make_run(release, **changes).pk
    with pytest.raises(CommandError, match=why):
        call_command("compare", *runs)


def test_runs_of_different_releases_are_refused() -> None:
    runs = [make_run(make_release()).pk for _ in range(2)]
    with pytest.raises(CommandError, match="different releases, demo@1 and demo@2"):
        call_command("compare", *runs)
    run = make_run(Release.objects.get(number=1), make_candidate())
    with pytest.raises(CommandError, match=f"Take run {runs[0]} instead"):
        call_command("compare", run.pk, runs[1])
    words = "evaluate --prompt=3 --dataset=demo@2 --split=gate --repeats=3"
    with pytest.raises(CommandError, match=f"What would do: manage.py {words}"):
        call_command("compare", runs[1], run.pk)
    with pytest.raises(CommandError, match="There is no run 0"):
        call_command("compare", runs[0], 0)
