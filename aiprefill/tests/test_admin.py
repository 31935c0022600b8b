"""What people who judge see of a job, and what they can do from there."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import Group
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from aiprefill import actions
from aiprefill.annotators import GROUP, make_group
from aiprefill.models import (
    PrefillJob,
    PromptVersion,
    SpendDay,
    Switch,
)
from aiprefill.prompts import PRODUCTION, label_version, try_version
from aiprefill.tests.desk import History, annotator_client, history, read, signed_in
from aiprefill.tests.job_steps import let_time_pass
from aiprefill.tests.provider_server import ProviderServer
from listings.models import Seller
from listings.tests.cast import UNIT, make_draft

pytestmark = pytest.mark.django_db

JOBS = "/admin/aiprefill/prefilljob/"


@pytest.fixture
def annotator(db: None) -> Client:
    return annotator_client()


@pytest.fixture
def administrator(db: None) -> Client:
    return signed_in(Seller.objects.create_superuser("ada@example.org", "mind it", first_name="Ada"))


@pytest.fixture
def past(provider: ProviderServer, seller: Seller) -> History:
    return history(provider, seller)


def story_of(client: Client, job: PrefillJob, query: str = "") -> str:
    response = client.get(f"{JOBS}{job.pk}/change/{query}")
    assert response.status_code == 200
    return response.content.decode()


def listed(client: Client, query: str) -> set[PrefillJob]:
    response = client.get(JOBS + query)
    assert response.status_code == 200
    return set(response.context["cl"].result_list)


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_each_saved_view_finds_its_jobs(annotator: Client, past: History) -> None:
    assert listed(annotator, "") == {past.kept, past.refused, past.failed, past.empty, past.erased}
    assert listed(annotator, "?view=failed") == {past.failed}
    assert listed(annotator, "?view=nothing-kept") == {past.refused}
    assert listed(annotator, "?view=thumbs-down") == {past.kept}
    assert listed(annotator, "?view=empty") == {past.empty}


def test_failed_today_is_of_today_and_knows_who_gave_up_unseen(annotator: Client, past: History) -> None:
    PrefillJob.objects.filter(pk=past.failed.pk).update(ended_at=Now() - timedelta(days=1, minutes=1))
    assert listed(annotator, "?view=failed") == set()
    waiting = actions.ask(make_draft(), unit=UNIT, seller=None, language="en")
    assert isinstance(waiting, PrefillJob)
    assert listed(annotator, "?view=failed") == set()
    PrefillJob.objects.filter(pk=waiting.pk).update(
        created_at=Now() - timedelta(seconds=2), deadline=Now() - timedelta(seconds=1)
    )
    found = listed(annotator, "?view=failed")
    assert found <= {waiting}  # none in the first second of a day
    assert "gave up · deadline" in story_of(annotator, waiting)


def test_a_job_tells_its_whole_story(annotator: Client, past: History) -> None:
    page = story_of(annotator, past.kept)
    output = past.kept.outputs.get()
    assert page.count("/file/640/") == 2
    assert "Plain wired headphones with worn pads" in page
    assert re.search("Black<del>[^<]*over-ear[^<]*</del>", page)
    assert "It is not over-ear" in page
    assert f"{output.latency_ms} ms" in page
    assert "1,200 / 0 / 180" in page
    assert output.request_id in page
    assert "safety_identifier" in page
    assert "As understood" in page


def test_the_list_says_what_became_of_each(annotator: Client, past: History) -> None:
    page = annotator.get(JOBS).content.decode()
    assert page.count('class="thumbnail"') == 4
    for words in ("failed · no credit", ">4/5<", ">0/5<", "Deleted listing", 'word-down">down'):
        assert words in page, words


def test_an_erased_job_shows_that_it_was_erased(annotator: Client, past: History) -> None:
    page = story_of(annotator, past.erased)
    assert "The texts were erased with the listing." in page
    assert "The photos are gone." in page
    assert "Run this job" not in page


def test_j_and_k_walk_the_list_that_the_reader_came_from(annotator: Client, past: History) -> None:
    page = annotator.get(f"{JOBS}{past.refused.pk}/change/")
    assert (page.context["older"], page.context["newer"]) == (past.kept.pk, past.erased.pk)
    done = (
        f"{JOBS}{past.refused.pk}/change/?_changelist_filters=state__exact%3Ddone%26purpose__exact%3Dseller"
    )
    page = annotator.get(done)
    assert (page.context["older"], page.context["newer"]) == (past.kept.pk, past.erased.pk)
    alone = annotator.get(f"{JOBS}{past.refused.pk}/change/?_changelist_filters=view%3Dfailed")
    assert (alone.context["older"], alone.context["newer"]) == (None, past.failed.pk)
    odd = annotator.get(
        f"{JOBS}{past.refused.pk}/change/?_changelist_filters=p%3Dx%26version__number__exact%3Dx"
    )
    assert odd.status_code == 200


def test_a_copy_is_a_new_version(administrator: Client) -> None:
    first = label_version(PRODUCTION)
    address = reverse("admin:aiprefill_copy_version", args=[first.pk])
    form = administrator.get(address).context["form"]
    posted = {name: str(form[name].value()).replace("\n", "\r\n") for name in form.fields if name != "note"}
    refused = administrator.post(address, posted | {"note": "Nothing, really"})
    assert "Nothing is changed" in refused.content.decode()
    posted |= {"note": "A quicker model", "model": "gpt-quick", "parameters": '{"temperature": 0}'}
    assert "This is not JSON" in administrator.post(address, posted | {"parameters": "{"}).content.decode()
    assert "a JSON object" in administrator.post(address, posted | {"parameters": "[]"}).content.decode()
    page = administrator.post(address, posted, follow=True).content.decode()
    made = PromptVersion.objects.get(model="gpt-quick")
    assert (made.copied_from, made.note, str(made.created_by)) == (first, "A quicker model", "Ada")
    assert made.spec.instructions == first.spec.instructions
    assert f"Version {made.pk} is made." in page
    assert '<span class="line new">+gpt-quick</span>' in page
    assert label_version(PRODUCTION) == first


def test_trials_stay_out_of_lists_until_asked_for(annotator: Client, past: History) -> None:
    trial = try_version(replace(past.second.spec, instructions="Be bold."), copied_from=past.second)
    versions = "/admin/aiprefill/promptversion/"
    link, tried = f"{versions}{trial.pk}/change/", f"version__number__exact={trial.pk}"
    assert link not in annotator.get(versions).content.decode()
    assert link in annotator.get(f"{versions}?trials=only").content.decode()
    assert "not saved" in annotator.get(link).content.decode()
    for page in (
        f"{versions}1/change/",
        JOBS,
        f"{JOBS}{past.kept.pk}/change/",
        "/admin/aiprefill/modeloutput/",
    ):
        shown = annotator.get(page).content.decode()
        assert tried not in shown
        assert f'<option value="{trial.pk}"' not in shown
    assert annotator.get(f"{JOBS}?{tried}").status_code == 200


def test_a_version_shows_what_changed_and_its_labels(annotator: Client, past: History) -> None:
    first = label_version(PRODUCTION)
    page = annotator.get(f"/admin/aiprefill/promptversion/{past.second.pk}/change/").content.decode()
    assert f"What changed since v{first.pk}" in page
    assert "+Never write more than you see." in page
    assert "None yet." in page
    page = annotator.get(f"/admin/aiprefill/promptversion/{first.pk}/change/?against=2").content.decode()
    assert "What changed since v2" in page
    assert "The first version of its kind." in page
    assert "Copy to a new version" not in page
    assert annotator.get(reverse("admin:aiprefill_copy_version", args=[1])).status_code == 403


def test_the_switch_is_thrown_with_a_reason(administrator: Client) -> None:
    address = reverse("admin:aiprefill_throw_switch")
    assert "Turn suggestions off" in administrator.get(address).content.decode()
    administrator.post(address, {"turn": "off", "why": " "})
    assert not actions.is_off()
    page = administrator.post(address, {"turn": "off", "why": "Costs run away"}, follow=True).content.decode()
    assert actions.is_off()
    assert "suggestions are off" in page
    assert "Costs run away (Ada)" in page
    stale = administrator.post(address, {"turn": "off", "why": "Me too"}, follow=True)
    assert said(stale) == ["The switch was thrown meanwhile. Nothing was changed."]
    assert Switch.objects.get().why == "Costs run away"
    administrator.post(address, {"turn": "on"})
    assert not actions.is_off()


def test_annotators_do_not_throw_the_switch(annotator: Client) -> None:
    address = reverse("admin:aiprefill_throw_switch")
    assert annotator.get(address).status_code == 403
    assert annotator.post(address, {"turn": "off", "why": "I can"}).status_code == 403
    assert not actions.is_off()
    assert address not in annotator.get("/admin/").content.decode()


def test_the_line_on_top(
    annotator: Client, provider: ProviderServer, seller: Seller, settings: LazySettings
) -> None:
    first = label_version(PRODUCTION)
    page = annotator.get("/admin/").content.decode()
    assert f"openai <strong>{first.model}</strong>" in page
    assert f"production → v{first.pk}" in page
    assert "queue empty" in page
    assert "$0.0000 today" in page
    read(seller)
    job = actions.ask(make_draft(), unit=UNIT, seller=None, language="en")
    assert isinstance(job, PrefillJob)
    PrefillJob.objects.filter(pk=job.pk).update(next_at=Now() - timedelta(seconds=41))
    page = annotator.get("/admin/").content.decode()
    assert "oldest waits 41 s" in page
    assert f"${SpendDay.objects.get().spent_micros / 1_000_000:.4f} today" in page
    let_time_pass(job)
    assert "oldest waits" in annotator.get("/admin/").content.decode()
    settings.OPENAI_BASE_URL = ""
    page = annotator.get("/admin/").content.decode()
    assert "floor → v2" in page
    assert "no model connected" in page


def test_the_group_is_made_again_and_keeps_what_was_given_by_hand(db: None) -> None:
    group = Group.objects.get(name=GROUP)
    group.permissions.remove(*group.permissions.filter(content_type__app_label="evals"))  # gives its own
    names = {permission.codename for permission in group.permissions.all()}
    assert {"view_prefilljob", "view_modeloutput", "view_photo", "add_prefilljob"} <= names
    assert not {name for name in names if name.endswith(("seller", "mail", "preference"))}
    assert {name for name in names if not name.startswith("view_")} == {"add_prefilljob"}
    group.delete()
    make_group()
    make_group()
    again = {permission.codename for permission in Group.objects.get(name=GROUP).permissions.all()}
    assert again == names


def test_a_seller_of_a_job_without_a_reading_has_a_page(annotator: Client, seller: Seller) -> None:
    job = actions.ask(make_draft(seller), unit=UNIT, seller=seller, language="en")
    assert isinstance(job, PrefillJob)
    page = story_of(annotator, job)
    assert "No call was made." in page
    assert "data-reload" in page
