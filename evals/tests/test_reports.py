"""Reports in the admin: read by those who work here, signed once by a person who may."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any, Final

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db import DatabaseError, connection, transaction
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aiprefill.public import ANNOTATORS, PRODUCTION, label_version
from aiprefill.tests.calls import call, posted
from evals.margins import margins_for
from evals.models import CaseResult, Release, Report
from evals.tests.answers import suggestion
from evals.tests.judged import SCORES, make_candidate, make_release, make_run
from evals.trial import Trial
from evals.upgrade.report import NotSigned, sign, write, written
from evals.upgrade.words import SIDES

pytestmark = pytest.mark.django_db

LOST: Final = {
    "scores": SCORES | {"category_accepted": 0.0, "title_right": 0.0},
    "answer": suggestion(category="books", title="<script>alert(1)</script>").to_json(),
}
RIGHT: Final = {"scores": SCORES, "answer": suggestion().to_json()}


@pytest.fixture
def release() -> Release:
    return make_release()


@pytest.fixture
def report(release: Release) -> Report:
    """A report of a candidate that lost one case, with the A/A run of production alone."""
    keys = [f"r1c{number:03}" for number in range(25)]
    candidate = make_candidate()
    make_run(release, wrong=dict.fromkeys(keys, RIGHT))
    make_run(release, candidate, wrong=dict.fromkeys(keys, RIGHT) | {"r1c003": LOST})
    make_run(release, repeat_from=4, wrong=dict.fromkeys(keys, RIGHT) | {"r1c007": LOST})
    return write(Trial(candidate, release), timezone.now())


def client(name: str, **fields: Any) -> Client:
    """Somebody of the staff, signed in."""
    person = get_user_model().objects.create_user(f"{name}@example.org", **{"is_staff": True} | fields)
    signed_in = Client()
    signed_in.force_login(person)
    return signed_in


def ada() -> Client:
    return client("ada", is_superuser=True, first_name="Ada")


def page(reader: Client, report: Report) -> str:
    response = reader.get(reverse("admin:evals_report_change", args=[report.pk]))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def test_the_page_tells_the_report_and_shows_what_was_lost(report: Report) -> None:
    raw = page(ada(), report)
    told = unescape(raw)
    assert "+Be brief." in told
    assert "category_accepted may lose more than its margin" in told
    assert "24 cases are averaged, 1 must pass" in told
    assert told.count("<td>12.0 %</td>") == 2
    assert told.count("<td>watched</td>") == len(margins_for("demo", 24).watched)
    assert '<th scope="row">category accepted</th><td>1</td><td>1</td><td>not run</td>' in told
    assert "No traffic yet" in told
    assert (
        reverse("admin:evals_case_file", args=[Release.objects.get().cases.get(key="r1c003").pk, 0, 320])
        in told
    )
    assert "<del>books</del> <ins>furniture</ins>" in told
    assert "&lt;script&gt;" in raw
    assert "<script>alert" not in raw
    assert "A signature moves nothing" in told


def test_what_can_be_erased_is_not_in_the_report_itself(report: Report) -> None:
    (lost,) = report.figures["worst"]
    assert lost["key"] == "r1c003"
    assert lost["metrics"] == ["category_accepted", "title_right"]
    assert lost["fields"] == [
        {"field": "category", "expected": "furniture", "before": "furniture", "after": "books"}
    ]
    assert "alert" not in report.body
    CaseResult.objects.filter(case__key="r1c003").update(answer=None, erased_at=Now())
    assert "<del>no answer</del> <ins>no answer</ins>" in page(ada(), report)


def test_it_forecasts_what_the_sites_own_traffic_will_cost(release: Release) -> None:
    candidate, now = make_candidate(), timezone.now()
    job = posted(now)
    for days in (10, 1, 0):
        call(job, now - timedelta(days=days))
    make_run(release)
    cheaper = {"cost_micros": 200, "latency_ms": 1000}
    make_run(release, candidate, wrong={f"r1c{number:03}": cheaper for number in range(25)})
    report = write(Trial(candidate, release), now)
    costs = {row["unit"]: [row[side]["value"] for side in SIDES] for row in report.figures["costs"]}
    assert costs == {
        "answer": [800, 200, -600],
        "thousand answers": [800_000, 200_000, -600_000],
        "posted listing": [2400, 600, -1800],
        "month": [pytest.approx(30 * 3 / 10 * each) for each in (800, 200, -600)],
    }
    times = {row["unit"]: row["after"]["value"] for row in report.figures["times"]}
    assert times == {"mean": 1, "p50": 1, "p90": 1, "posted listing": 3}
    told = page(ada(), report)
    assert "3 calls for 1 readings and 1 posted listings: 3.00 calls a listing" in told
    assert '<th scope="row">30 days</th><td>$0.00720</td><td>$0.00180</td><td>-$0.00540</td>' in told


def test_equal_rows_give_an_equal_report_and_the_same_runs_the_same(report: Report) -> None:
    trial = Trial(report.version, Release.objects.get())
    assert written(trial) == report
    again = write(trial, timezone.now())
    assert again.figures | {"verdict": 0} == report.figures | {"verdict": 0}
    assert again.body == report.body
    make_run(trial.release, trial.candidate, repeat_from=4)
    assert written(trial) is None


def test_a_report_without_runs_is_broken_and_can_be_read(release: Release) -> None:
    report = write(Trial(make_candidate(), release), timezone.now())
    assert report.figures["status"] == "broken"
    assert "Nothing was compared" in page(ada(), report)
    assert written(Trial(report.version, release)) is None


def test_an_administrator_signs_once_in_their_own_words(report: Report) -> None:
    reader, place = ada(), reverse("admin:evals_sign_report", args=[report.pk])
    assert "Sign the report" in page(reader, report)
    for empty in ({}, {"words": "  "}, {"words": "x" * 501}):
        said = reader.post(place, empty, follow=True).content.decode()
        assert "in your own words" in said
    assert reader.get(place).status_code == 405
    assert (
        "Signed. It moves nothing"
        in reader.post(place, {"words": " <b>Fast\nenough.</b> "}, follow=True).content.decode()
    )
    report.refresh_from_db()
    assert (report.signed_by, report.signed_words) == (get_user_model().objects.get(), "<b>Fast\nenough.</b>")
    assert report.signed_at
    told = page(reader, report)
    assert "&lt;b&gt;Fast<br>enough." in told
    assert "Sign the report" not in told
    again = reader.post(place, {"words": "I as well."}, follow=True).content.decode()
    assert "signed already" in again
    listed = reader.get(reverse("admin:evals_report_changelist") + "?signed=yes").content.decode()
    assert f"Ada, {report.signed_at:%Y-%m-%d}" in listed
    unsigned = reader.get(reverse("admin:evals_report_changelist") + "?signed=no").content.decode()
    assert f"#{report.pk} · " in listed
    assert f"#{report.pk} · " not in unsigned
    assert label_version(PRODUCTION).pk == 1


def test_who_may_read_need_not_may_sign(report: Report) -> None:
    place = reverse("admin:evals_sign_report", args=[report.pk])
    annotator, clerk = client("jonas"), client("clerk")
    get_user_model().objects.get(email="jonas@example.org").groups.add(Group.objects.get(name=ANNOTATORS))
    told = page(annotator, report)
    assert "An administrator signs." in told
    assert "Sign the report" not in told
    assert annotator.post(place, {"words": "It will do."}).status_code == 403
    assert clerk.post(place, {"words": "It will do."}).status_code == 403
    may = Permission.objects.get(codename="change_report", content_type__app_label="evals")
    get_user_model().objects.get(email="clerk@example.org").user_permissions.add(may)
    assert clerk.post(place, {"words": "It will do."}).status_code == 302
    report.refresh_from_db()
    assert report.signed_words == "It will do."


def refused(act: Callable[[], object], report: Report) -> bool:
    """Whether that is refused, and the report stays as it was."""
    before = Report.objects.values().get(pk=report.pk)
    try:
        with transaction.atomic():
            act()
            execute("SET CONSTRAINTS ALL IMMEDIATE", [])
    except (DatabaseError, NotSigned):
        assert Report.objects.values().get(pk=report.pk) == before
        return True
    return False


def saved(report: Report, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(report, name, value)
    report.save()


WAYS: Final[dict[str, Callable[..., Any]]] = {
    "save": saved,
    "update": lambda report, **fields: Report.objects.filter(pk=report.pk).update(**fields),
    "bulk": lambda report, **fields: Report.objects.bulk_update(
        [Report(pk=report.pk, **fields)], list(fields)
    ),
    "sql": lambda report, **fields: execute(
        f"UPDATE evals_report SET {', '.join(f'{name} = %s' for name in fields)} WHERE id = %s",  # noqa: S608
        [*fields.values(), report.pk],
    ),
}


def execute(statement: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize("way", WAYS)
def test_no_way_around_the_rules_of_signing(way: str, report: Report) -> None:
    person = get_user_model().objects.create_user("ada@example.org").pk
    signature: dict[str, Any] = {"signed_by_id": person, "signed_at": timezone.now(), "signed_words": "Yes."}

    def act(**fields: Any) -> Callable[[], object]:
        row = Report.objects.get(pk=report.pk)
        return lambda: WAYS[way](row, **fields)

    for fields in (
        signature | {"signed_words": ""},
        signature | {"signed_words": " \n"},
        signature | {"signed_by_id": None},
        signature | {"signed_by_id": person + 99},
        signature | {"body": "All is well."},
        {"signed_by_id": person},
        {"signed_words": "Yes."},
        {"figures": "{}" if way == "sql" else {}},
    ):
        assert refused(act(**fields), report), fields
    assert refused(lambda: sign(report, person, " "), report)
    assert not refused(act(**signature), report)
    for fields in (signature | {"signed_words": "No."}, dict.fromkeys(("signed_by_id", "signed_at"))):
        assert refused(act(**fields), report), fields
    assert refused(lambda: sign(report, person, "Once more."), report)
    assert refused(report.delete, report)
