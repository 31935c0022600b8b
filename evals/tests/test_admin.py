"""Cases in the admin: seen by annotators, edited by those who may, sealed where they are sealed."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from aiprefill.public import ANNOTATORS, PRODUCTION, label_version
from evals import datasets
from evals.content import Split
from evals.models import Case, CaseResult, EvalRun, HoldoutOpening
from evals.tests.folders import folder_of

pytestmark = pytest.mark.django_db

GRID: Final = "/admin/evals/case/"
QUERIES: Final = 15


@pytest.fixture
def cases(tmp_path: Path) -> dict[str, Case]:
    folder = folder_of(
        tmp_path / "set",
        {
            "id": "lamp", "split": "gate", "tier": "must_pass", "category": "Furniture", "tags": ["plain"],
            "alt_categories": ["Other"], "acceptable_title_keywords": [["lamp", "light"], ["red"]],
            "price_low_eur": 5, "price_high_eur": 12.5, "conditions": ["good"], "forbidden": ["tested"],
            "untellable": ["description"], "cluster": ["seller:7"], "credit": "Trova",
        },
        {"id": "mug", "split": "dev", "tags": ["dark"]},
        {"id": "quoxtl", "split": "holdout", "category": "Books", "credit": "Quoxtl"},
    )  # fmt: skip
    datasets.import_cases("set", folder)
    datasets.release(datasets.find_dataset("set"))
    return {case.key: case for case in Case.objects.all()}


def signed_in(**values: Any) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create(email="ada@example.org", is_staff=True, **values))
    return client


def annotator(*permissions: str) -> Client:
    client = signed_in()
    user = get_user_model().objects.get(email="ada@example.org")
    user.groups.add(Group.objects.get(name=ANNOTATORS))
    user.user_permissions.add(*Permission.objects.filter(codename__in=permissions))
    return client


def change(case: Case) -> str:
    return reverse("admin:evals_case_change", args=[case.pk])


def shown(client: Client, query: str) -> list[str]:
    return [case.key for case in client.get(GRID + query).context["cl"].result_list]


def test_the_grid_narrows_by_split_tier_tag_and_release(cases: dict[str, Case]) -> None:
    client = annotator()
    datasets.retire(cases["mug"])
    release = datasets.find_release("set").pk
    assert shown(client, "") == ["lamp", "quoxtl"]
    assert shown(client, f"?release={release}") == ["lamp", "mug", "quoxtl"]
    assert shown(client, f"?release={release}&tag=dark") == ["mug"]
    assert shown(client, "?split=gate") == shown(client, "?tier=must_pass") == ["lamp"]
    assert shown(client, "?release=none") == ["lamp", "quoxtl"]


def test_a_sealed_case_shows_nothing_until_somebody_says_why(cases: dict[str, Case]) -> None:
    client, sealed = annotator("change_case"), cases["quoxtl"]
    picture = reverse("admin:evals_case_file", args=[sealed.pk, 0, 320])
    assert client.get(picture).status_code == 404
    assert "Quoxtl" not in client.get(change(sealed)).content.decode()
    assert "books" not in client.get(GRID).content.decode()
    for question in ("expected__category=books", "expected__icontains=boo", "tags__contains=x"):
        assert client.get(f"{GRID}?{question}").status_code == 400
    assert client.get(reverse("admin:evals_edit_case", args=[sealed.pk])).status_code == 404
    opening = reverse("admin:evals_open_holdout", args=[sealed.pk])
    assert "Say why." in client.post(opening, {"why": " "}).content.decode()
    assert not HoldoutOpening.objects.exists()
    client.post(opening, {"why": "Before the\0 launch"})
    assert HoldoutOpening.objects.values_list("why", "how", "who__email").get() == (
        "Before the launch",
        "admin",
        "ada@example.org",
    )
    assert client.get(picture)["Content-Type"] == "image/jpeg"
    assert "Quoxtl" in client.get(change(sealed)).content.decode()


def test_a_case_tells_every_result_it_ever_got(cases: dict[str, Case]) -> None:
    lamp = cases["lamp"]
    run = EvalRun.objects.create(
        release=datasets.find_release("set"), split=Split.GATE, version=label_version(PRODUCTION)
    )
    answer = {
        "title": {"value": "Red lamp"},
        "price": {"value": {"low": "5.00", "likely": "8.00", "high": "9.00"}},
    }
    scores = {"category_accepted": 0, "title_right": 1}
    CaseResult.objects.create(
        run=run, case=lamp, repeat=1, cache_key="k", answer=answer, scores=scores, cost_micros=1200
    )
    CaseResult.objects.create(run=run, case=lamp, repeat=2, cache_key="l", answer={}, error_class="refused")
    newer = datasets.edit(lamp, datasets.read_line(line_of(lamp, tags=["new"])).content, why="", by=None)
    page = annotator().get(change(newer)).content.decode()
    for said in (
        "Red lamp",
        "5.00 – 9.00 €",
        "category accepted",
        "refused",
        "lamp / light + red",
        "lamp v1",
    ):
        assert said in page


def line_of(case: Case, **values: Any) -> str:
    return json.dumps(json.loads(datasets.write_line(case.content, ["a.jpg"])) | values)


def test_an_edit_makes_a_version_and_says_what_is_wrong(cases: dict[str, Case]) -> None:
    client, lamp = annotator("change_case"), cases["lamp"]
    edit = reverse("admin:evals_edit_case", args=[lamp.pk])
    form = client.get(edit).context["form"]
    data = {name: value for name, value in form.initial.items() if value is not None} | {
        "why": "Looked again"
    }
    assert "Nothing is changed." in client.post(edit, data).content.decode()
    assert "turn them round" in client.post(edit, data | {"price_low_eur": 99}).content.decode()
    response = client.post(edit, data | {"title": "lamp, light\nblue", "tags": "plain\nnight"})
    made = Case.objects.get(key="lamp", valid_to=None)
    assert response["Location"] == change(made)
    assert (made.number, made.why, made.tags) == (2, "Looked again", ["night", "plain"])
    assert made.expectation.title == (("lamp", "light"), ("blue",))
    assert made.content.pictures == lamp.content.pictures
    assert made.provenance == {"credit": "Trova"}
    assert client.get(edit).status_code == 404


def test_only_who_may_edit_can(cases: dict[str, Case]) -> None:
    client, lamp = annotator(), cases["lamp"]
    for name in ("evals_edit_case", "evals_erase_case", "evals_open_holdout"):
        assert client.get(reverse(f"admin:{name}", args=[lamp.pk])).status_code == 403
    assert client.get(reverse("admin:evals_case_file", args=[lamp.pk, 0, 320])).status_code == 200
    assert client.get(reverse("admin:evals_case_file", args=[lamp.pk, 0, 321])).status_code == 404


def test_who_may_delete_erases_a_case_for_good(cases: dict[str, Case]) -> None:
    client, lamp = signed_in(is_superuser=True), cases["lamp"]
    erase = reverse("admin:evals_erase_case", args=[lamp.pk])
    assert "cannot be undone" in client.get(erase).content.decode()
    client.post(erase)
    page = client.get(change(lamp)).content.decode()
    assert "was erased on" in page
    assert "seller:7" not in page
    assert client.get(reverse("admin:evals_case_file", args=[lamp.pk, 0, 320])).status_code == 404


def test_the_grid_asks_as_often_for_many_as_for_few(django_assert_num_queries: Any) -> None:
    client = annotator()
    call_command("make_cases", "2", "--name", "few")
    with django_assert_num_queries(QUERIES):
        client.get(GRID)
    call_command("make_cases", "20", "--name", "many")
    with django_assert_num_queries(QUERIES):
        client.get(GRID)
