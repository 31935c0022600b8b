"""Photos read with another version: what is asked, what is kept, what is refused."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from aiprefill import actions, jobs, lab, limits
from aiprefill.beside import fields_beside, reading_told
from aiprefill.differences import Change
from aiprefill.lab import NotRun
from aiprefill.models import JobState, ModelOutput, OutputPurpose, PrefillJob, PromptVersion, Purpose
from aiprefill.prompts import FLOOR, PRODUCTION, label_version, try_version
from aiprefill.tests.desk import read
from aiprefill.tests.job_steps import let_time_pass, run, values
from aiprefill.tests.provider_server import ProviderServer
from listings import actions as listing_actions
from listings.models import Listing, Photo, Seller
from listings.tests.cast import jpeg
from listings.tests.pictures import REFUSED, SHARED, needs_shared

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db: None) -> Seller:
    return Seller.objects.create_superuser("ada@example.org")


@pytest.fixture
def trial(db: None) -> PromptVersion:
    first = label_version(PRODUCTION)
    return try_version(replace(first.spec, instructions="Be brief."), copied_from=first)


def upload(
    version: PromptVersion, by: Seller, data: bytes | None = None, name: str = "mine.jpg"
) -> PrefillJob:
    return lab.read_upload(io.BytesIO(jpeg() if data is None else data), name, version, by, "en")


def test_an_uploaded_photo_is_read_by_both_and_kept_for_a_day(
    provider: ProviderServer, trial: PromptVersion, ada: Seller
) -> None:
    production = label_version(PRODUCTION)
    first = upload(production, ada)
    second = lab.read_with(first, trial)
    assert lab.read_with(first, production) == first
    assert {job.purpose for job in (first, second)} == {Purpose.LAB}
    assert not limits.is_used_up(first.unit, None)
    assert jobs.perform_next()
    assert jobs.perform_next()
    for job in (first, second):
        job.refresh_from_db()
        assert (job.state, values(job)["category"]) == (JobState.DONE, "electronics")
    assert set(ModelOutput.objects.values_list("purpose", "version")) == {
        (OutputPurpose.LAB, production.pk),
        (OutputPurpose.LAB, trial.pk),
    }
    browser = Client()
    browser.force_login(ada)
    draft = Listing.objects.get()
    assert browser.get(f"/sell/{draft.pk}/").status_code == 404
    assert str(draft.pk) not in browser.get("/listings/drafts/").content.decode()
    listing_actions.sweep_now(timezone.now())
    assert Photo.objects.exists()
    Listing.objects.update(erase_at=timezone.now() - timedelta(seconds=1))
    listing_actions.sweep_now(timezone.now())
    assert not Photo.objects.exists()
    second.refresh_from_db()
    assert (second.listing, second.fields) == (None, {})
    with pytest.raises(NotRun, match="are gone"):
        lab.read_with(second, production)


@needs_shared
@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_hostile_file_is_refused_by_its_name_and_nothing_is_kept(name: str, ada: Seller) -> None:
    data = (SHARED / "hostile" / name).read_bytes()
    with pytest.raises(NotRun) as refused:
        upload(label_version(FLOOR), ada, data, name)
    assert str(refused.value).startswith(name[:20])
    assert not Listing.objects.exists()
    assert not PrefillJob.objects.exists()


def test_what_failed_or_gave_up_is_read_again(
    provider: ProviderServer, trial: PromptVersion, seller: Seller
) -> None:
    seen = read(seller)
    provider.mode = "400"
    failed = run(lab.read_with(seen, trial))
    assert failed.state == JobState.FAILED
    told = reading_told(failed)
    assert (told.kind, told.is_open, told.cost_micros) == ("failed", False, None)
    second = lab.read_with(seen, trial)
    assert second != failed
    assert lab.read_with(seen, trial) == second
    assert reading_told(second).is_open
    let_time_pass(second)
    assert reading_told(second).kind == "gave_up"
    assert lab.read_with(seen, trial) not in {failed, second}


def test_the_newest_readings_for_sellers_are_offered_while_their_photos_are_there(
    provider: ProviderServer, trial: PromptVersion, seller: Seller
) -> None:
    oldest, gone, newest = (read(seller) for _ in range(3))
    run(lab.read_with(newest, trial))
    Photo.objects.filter(listing=gone.listing).delete()
    assert [each.job for each in lab.latest_reads(5)] == [newest.pk, oldest.pk]
    assert [each.version for each in lab.latest_reads(1)] == [label_version(PRODUCTION).pk]


def test_it_says_why_nothing_is_read(
    provider: ProviderServer, trial: PromptVersion, ada: Seller, settings: LazySettings
) -> None:
    actions.turn_off("It talks nonsense.")
    with pytest.raises(NotRun, match="It talks nonsense"):
        upload(trial, ada)
    actions.turn_on()
    settings.PREFILL_DAY_BUDGET_MICROS = settings.PREFILL_CALL_RESERVE_MICROS - 1
    with pytest.raises(NotRun, match="budget"):
        upload(trial, ada)
    settings.OPENAI_API_KEY = settings.OPENAI_BASE_URL = ""
    with pytest.raises(NotRun, match="No openai model is connected"):
        upload(trial, ada)
    assert not Listing.objects.exists()
    assert not jobs.perform_next()


def test_two_answers_stand_beside_each_other_field_by_field() -> None:
    price = {"low": "10.00", "likely": "15.00", "high": "20.00"}
    before = {
        "title": {"value": "Red lamp, brass", "reason": "", "dropped": None},
        "category": {"value": "home-garden", "reason": "", "dropped": None},
        "condition": {"value": None, "reason": "It is too dark.", "dropped": None},
        "price": {"value": price, "reason": "", "dropped": None},
    }
    after = before | {
        "title": {"value": "Red lamp", "reason": "", "dropped": None},
        "category": {"value": "home-decor", "reason": "", "dropped": None},
        "description": {"value": None, "reason": "", "dropped": "contact"},
    }
    title, category, condition, description, money = fields_beside(before, after)
    assert title.diff == [(Change.SAME, "Red lamp"), (Change.GONE, ", brass")]
    assert [span.text for span in category.diff if span.change is not Change.SAME] == [
        "home-garden",
        "home-decor",
    ]
    assert (condition.after.text, condition.after.why_not, condition.diff) == ("", "It is too dark.", [])
    assert (description.before.text, description.before.why_not) == ("", "")
    assert description.after.why_not == "it held an address or a number"
    assert (money.before.text, money.diff) == ("15 € (10 – 20)", [])
