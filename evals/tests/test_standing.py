"""Where a version stands in the admin: its buttons, what each does, and who may press them."""

import re
from datetime import timedelta
from html import unescape
from typing import Any, Final

import pytest
from django.conf import LazySettings
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from aiprefill.public import ANNOTATORS, PRODUCTION, LabelMove, PromptVersion, label_version
from evals import datasets
from evals.models import EvalRun, OverrideWish, Release, RunState, Verdict
from evals.tests.judged import SCORES, make_candidate, make_release, make_run

pytestmark = pytest.mark.django_db

BUTTONS: Final = (
    "queue_runs",
    "ask_gate",
    "promote",
    "ask_override",
    "confirm_override",
    "withdraw_override",
    "roll_back",
)


@pytest.fixture
def candidate() -> PromptVersion:
    return make_candidate()


@pytest.fixture
def release() -> Release:
    return make_release()


def staff(name: str, **fields: Any) -> Client:
    client = Client()
    fields = {"is_staff": True, "is_superuser": True, "first_name": name.title()} | fields
    client.force_login(get_user_model().objects.create(email=f"{name}@example.org", **fields))
    return client


@pytest.fixture
def ada(db: None) -> Client:
    return staff("ada")


@pytest.fixture
def bob(db: None) -> Client:
    return staff("bob")


def press(client: Client, button: str, version: PromptVersion, **data: object) -> str:
    """What the page says once the button was pressed."""
    response = client.post(reverse(f"admin:evals_{button}", args=[version.pk]), data, follow=True)
    assert response.status_code == 200
    return "; ".join(str(each) for each in response.context["messages"])


def page(client: Client, version: PromptVersion, query: str = "") -> str:
    response = client.get(reverse("admin:evals_standing", args=[version.pk]) + query)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", unescape(response.content.decode()))


def test_missing_runs_are_named_and_queued_at_once(
    ada: Client, candidate: PromptVersion, release: Release, settings: LazySettings
) -> None:
    settings.OPENAI_API_KEY = "key"
    make_run(release, age=timedelta(days=8))
    told = page(ada, candidate)
    assert re.findall(r'<span class="word word-open">(.*?)</span>', told) == ["too old", "missing"]
    assert "Ask the gate" not in told
    assert press(ada, "ask_gate", candidate) == "Runs are missing: queue them first."
    assert not Verdict.objects.exists()
    said = press(ada, "queue_runs", candidate, release=release.pk)
    assert re.fullmatch(r"Waiting for a worker: run \d+ \(v1 .*\), \d+ \(v3 .*\)\.", said)
    waiting = EvalRun.objects.filter(state=RunState.QUEUED).order_by("pk")
    asked = waiting.values_list("version", "release", "split", "repeats", "is_fresh", "max_cost_micros")
    assert list(asked) == [
        (1, release.pk, "gate", 3, True, 2_000_000),
        (candidate.pk, release.pk, "gate", 3, False, 2_000_000),
    ]
    assert page(ada, candidate).count("is waiting</a>") == 2


def test_after_an_erasure_both_runs_are_missing_and_queued(
    ada: Client, candidate: PromptVersion, release: Release, settings: LazySettings
) -> None:
    settings.OPENAI_API_KEY = "key"
    make_run(release), make_run(release, candidate)
    assert "Ask the gate" in page(ada, candidate)
    datasets.erase(release.cases.get(key="r1c024"))
    told = page(ada, candidate)
    assert re.findall(r'<span class="word word-open">(.*?)</span>', told) == ["missing", "missing"]
    assert "Ask the gate" not in told
    assert press(ada, "queue_runs", candidate).startswith("Waiting for a worker")
    waiting = EvalRun.objects.filter(state=RunState.QUEUED).order_by("pk")
    assert list(waiting.values_list("version", "is_fresh", "planned")) == [
        (1, False, 72),
        (candidate.pk, False, 72),
    ]


def test_what_cannot_run_is_not_queued(
    ada: Client, candidate: PromptVersion, release: Release, settings: LazySettings
) -> None:
    settings.OPENAI_API_KEY = ""
    assert "No openai model is connected" in press(ada, "queue_runs", candidate)
    assert not EvalRun.objects.exists()


def test_without_a_release_nothing_is_asked(ada: Client, candidate: PromptVersion) -> None:
    assert "There is no release to measure on yet" in page(ada, candidate)
    assert press(ada, "queue_runs", candidate) == "Nothing is missing."
    assert press(ada, "ask_gate", candidate) == "Runs are missing: queue them first."


def test_the_loop_from_the_gate_to_production_and_back(
    ada: Client, candidate: PromptVersion, release: Release
) -> None:
    production = label_version(PRODUCTION)
    make_run(release)
    make_run(release, candidate)
    assert "Promote to production" not in page(ada, candidate)
    assert "was never judged" in press(ada, "promote", candidate)
    assert press(ada, "ask_gate", candidate) == f"Verdict {Verdict.objects.get().pk}: pass."
    assert "Promote to production" in page(ada, candidate)
    assert press(ada, "promote", candidate) == f"Production is now {candidate}."
    assert label_version(PRODUCTION) == candidate
    assert f"Roll back to v{production.pk}" in page(ada, candidate)
    said = press(ada, "roll_back", production, why=" Sellers\0 \n complain. ")
    assert said == f"Production is again {production}."
    newest = LabelMove.objects.filter(label=PRODUCTION).first()
    assert newest
    assert (newest.kind, newest.why, newest.who_id) == (
        "rollback",
        "Sellers complain.",
        get_user_model().objects.get().pk,
    )
    assert "never judged" in press(ada, "promote", production)
    history = LogEntry.objects.order_by("pk").values_list("object_id", "change_message")
    assert list(history) == [
        (str(candidate.pk), f"Verdict {Verdict.objects.get().pk}: pass."),
        (str(candidate.pk), f"Production is now {candidate}."),
        (str(production.pk), f"Production is again {production}."),
    ]


def test_a_pass_on_another_release_than_the_last_is_told_to_be_in_vain(
    ada: Client, candidate: PromptVersion, release: Release
) -> None:
    main = make_release("main")
    told = page(ada, candidate)
    assert f'<option value="{main.pk}" selected>' in told
    assert "cannot move production" not in told
    make_run(release), make_run(release, candidate)
    told = page(ada, candidate, f"?release={release.pk}")
    words = "A PASS on demo@1 (gate, 3 repeats) cannot move production: main@1 decides"
    assert 0 < told.index(words) < told.index("Ask the gate")
    assert press(ada, "ask_gate", candidate, release=release.pk).endswith(": pass.")
    assert "Promote to production" not in page(ada, candidate)
    assert "was never judged on main@1" in press(ada, "promote", candidate)
    assert label_version(PRODUCTION) != candidate


def test_production_is_not_judged_against_itself(ada: Client, release: Release) -> None:
    make_run(release)
    production = label_version(PRODUCTION)
    assert press(ada, "ask_gate", production).startswith("It is production")
    assert not Verdict.objects.exists()
    assert "Ask the gate" not in page(ada, production)


def test_a_pass_grows_old_and_another_production_takes_it_away(
    ada: Client, bob: Client, candidate: PromptVersion, release: Release
) -> None:
    base, cand = make_run(release), make_run(release, candidate)
    runs = {"candidate": candidate, "candidate_run": cand, "baseline_run": base, "release": release}
    Verdict.objects.create(**runs, status="pass", judged_at=Now() - timedelta(days=7, minutes=1))
    assert "Promote to production" not in page(ada, candidate)
    assert "fresh PASS" in press(ada, "promote", candidate)
    Verdict.objects.create(**runs, status="pass")
    assert "Promote to production" in page(ada, candidate)
    other = make_candidate("Be kind.")
    press(ada, "ask_override", other, why="It is needed.")
    press(bob, "confirm_override", other, wish=OverrideWish.objects.get().pk)
    assert "Promote to production" not in page(ada, candidate)
    assert "fresh PASS" in press(ada, "promote", candidate)
    assert label_version(PRODUCTION) == other


def test_a_version_that_is_not_known_is_not_found(ada: Client) -> None:
    assert ada.get(reverse("admin:evals_standing", args=[99])).status_code == 404
    for name in BUTTONS:
        assert ada.post(reverse(f"admin:evals_{name}", args=[99])).status_code == 404


def test_an_override_takes_one_who_asks_and_one_who_confirms(
    ada: Client, bob: Client, candidate: PromptVersion
) -> None:
    assert press(ada, "ask_override", candidate, why="  ").startswith("Say why")
    assert "Somebody else has to confirm it" in press(ada, "ask_override", candidate, why="It is needed.")
    wish = OverrideWish.objects.get()
    assert "Ada asked for it already" in press(bob, "ask_override", candidate, why="I want it too.")
    assert "Confirm: let it be production" not in page(ada, candidate)
    assert "a second person has to" in press(ada, "confirm_override", candidate, wish=wish.pk)
    assert label_version(PRODUCTION) != candidate
    assert "Confirm: let it be production" in page(bob, candidate)
    assert press(bob, "confirm_override", candidate, wish=wish.pk).endswith("by two people.")
    move = LabelMove.objects.filter(label=PRODUCTION).select_related("who", "and_who").first()
    assert move
    assert (move.version, move.kind, move.why) == (candidate, "override", "It is needed.")
    assert [str(move.who), str(move.and_who)] == ["Ada", "Bob"]
    wish.refresh_from_db()
    assert wish.outcome == "confirmed"
    assert press(bob, "confirm_override", candidate, wish=wish.pk) == "The wish has ended already."


def test_a_wish_is_withdrawn_or_lapses(ada: Client, bob: Client, candidate: PromptVersion) -> None:
    press(ada, "ask_override", candidate, why="It is needed.")
    first = OverrideWish.objects.get()
    assert press(bob, "withdraw_override", candidate, wish=first.pk) == "The wish is withdrawn."
    assert press(bob, "confirm_override", candidate, wish=first.pk) == "The wish has ended already."
    old = Now() - timedelta(days=7, minutes=1)
    void = OverrideWish.objects.create(
        version=candidate, why="Long ago.", asked_by=first.asked_by, asked_at=old
    )
    assert "Long ago." not in page(bob, candidate)
    assert "older than 7 days" in press(bob, "confirm_override", candidate, wish=void.pk)
    press(ada, "ask_override", candidate, why="Still needed.")
    assert "Still needed." in page(bob, candidate)
    other = make_candidate("Be kind.")
    wish = OverrideWish.objects.get(why="Still needed.")
    response = bob.post(reverse("admin:evals_confirm_override", args=[other.pk]), {"wish": wish.pk})
    assert response.status_code == 404
    assert label_version(PRODUCTION).pk == 1


def test_who_left_confirms_nothing(ada: Client, bob: Client, candidate: PromptVersion) -> None:
    press(ada, "ask_override", candidate, why="It is needed.")
    get_user_model().objects.filter(email="ada@example.org").update(is_active=False)
    said = press(bob, "confirm_override", candidate, wish=OverrideWish.objects.get().pk)
    assert said.startswith("Ada works here no more")
    assert label_version(PRODUCTION) != candidate


def test_the_database_holds_a_wish(candidate: PromptVersion) -> None:
    ada, bob = (get_user_model().objects.create(email=f"{name}@example.org") for name in ("ada", "bob"))
    wish = OverrideWish.objects.create(version=candidate, why="Needed.", asked_by=ada)
    rows = OverrideWish.objects.filter(pk=wish.pk)
    ended = {"ended_by": bob, "ended_at": Now()}
    for change in (
        {"why": "Another."},
        {"version": 1},
        {"outcome": "confirmed", "ended_by": ada, "ended_at": Now()},
        {"outcome": "confirmed"},
        {"outcome": "whim", **ended},
        {"outcome": "confirmed", "asked_at": Now(), **ended},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()
    for fields in ({"why": ""}, {"outcome": "confirmed", **ended}, {"asked_at": Now() + timedelta(days=1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            OverrideWish.objects.create(**{"version": candidate, "why": "Now.", "asked_by": ada} | fields)
    rows.update(outcome="confirmed", **ended)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(outcome="withdrawn")


def test_annotators_see_all_and_press_nothing(
    candidate: PromptVersion, release: Release, ada: Client
) -> None:
    make_run(release)
    make_run(release, candidate, wrong={"r1c000": {"scores": SCORES | {"category_accepted": 0.0}}})
    press(ada, "ask_gate", candidate)
    press(ada, "ask_override", candidate, why="It is needed.")
    client = staff("eve", is_superuser=False)
    get_user_model().objects.get(email="eve@example.org").groups.add(Group.objects.get(name=ANNOTATORS))
    told = page(client, candidate)
    assert "It is needed." in told
    assert 'method="post"' not in told.partition('id="content-main"')[2]
    for name in BUTTONS:
        assert client.post(reverse(f"admin:evals_{name}", args=[candidate.pk])).status_code == 403
    get_user_model().objects.get(email="eve@example.org").user_permissions.add(
        Permission.objects.get(codename="add_labelmove")
    )
    assert "Confirm: let it be production" in page(client, candidate)
    assert client.post(reverse("admin:evals_queue_runs", args=[candidate.pk])).status_code == 403


def test_a_version_leads_here(ada: Client, candidate: PromptVersion) -> None:
    shown = ada.get(reverse("admin:aiprefill_promptversion_change", args=[candidate.pk])).content.decode()
    assert f'href="{reverse("admin:evals_standing", args=[candidate.pk])}"' in shown
