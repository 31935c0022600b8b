"""What became of each suggested field, as the page and the posted listing tell it."""

import string
from decimal import Decimal
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import TestCase
from hypothesis import given
from hypothesis import strategies as st

from aiprefill import actions, corrections, jobs
from aiprefill.corrections import judge, normal, offer_digest, record, text_rates, trace
from aiprefill.models import (
    Correction,
    CorrectionKind,
    Feedback,
    FieldTrace,
    How,
    JobState,
    ModelOutput,
    PrefillJob,
)
from aiprefill.suggestion import PriceRange, SuggestedField
from aiprefill.tests.job_steps import asked, run
from aiprefill.tests.provider_server import ProviderServer
from listings import actions as listing_actions
from listings.models import Listing, Seller
from listings.tests.cast import make_draft

KIND = CorrectionKind


@pytest.mark.parametrize(
    ("name", "suggested", "final", "how", "kind"),
    [
        ("title", "Desk lamp", "Desk lamp", How.FILLED, KIND.KEPT),
        ("title", "Desk lamp", "  Desk\u00a0 lamp ", How.TYPED, KIND.KEPT),
        ("title", "Desk lamp", "Desk lamp, brass", How.TYPED, KIND.EDITED),
        ("title", "Desk lamp", "Qoxyv", How.TYPED, KIND.REPLACED),
        ("title", "Desk lamp", None, How.CLEARED, KIND.CLEARED),
        ("title", "Desk lamp", None, How.DISMISSED, KIND.IGNORED),
        ("title", "Desk lamp", "Something", How.DISMISSED, KIND.IGNORED),
        ("title", "Desk lamp", "Something", How.UNTOUCHED, KIND.IGNORED),
        ("title", None, "My own words", How.TYPED, KIND.ADDED),
        ("title", None, None, How.UNTOUCHED, KIND.BLANK),
        ("category", "books", "books", How.USED, KIND.KEPT),
        ("category", "books", "bookshelves", How.TYPED, KIND.REPLACED),
        ("price", "20.00", "20.00", How.FILLED, KIND.KEPT),
        ("price", "20.00", "15.00", How.TYPED, KIND.EDITED),
        ("price", "20.00", "5.00", How.TYPED, KIND.REPLACED),
        ("price", "20.00", "0.00", How.TYPED, KIND.REPLACED),
        ("price", "0.00", "5.00", How.TYPED, KIND.REPLACED),
    ],
)
def test_each_kind(
    name: str, suggested: str | None, final: str | None, how: How, kind: CorrectionKind
) -> None:
    assert judge(name, suggested, final, how).kind == kind


@pytest.mark.parametrize(
    ("suggested", "final", "keep", "addition"),
    [
        ("abcd", "abcd", 1.0, 0.0),
        ("abcd", "abcdef", 1.0, 2 / 6),
        ("abcdef", "abc", 0.5, 0.0),
        ("abcd", "abXd", 0.75, 0.0),
        ("abcd", "wxyz", 0.0, 0.0),
    ],
)
def test_the_rates_of_an_edited_text(suggested: str, final: str, keep: float, addition: float) -> None:
    assert text_rates(suggested, final) == pytest.approx((keep, addition))


WORDS = st.text(string.ascii_letters + " \u00a0é", max_size=40)


@given(name=st.sampled_from(["title", "category"]), suggested=WORDS, final=WORDS, how=st.sampled_from(How))
def test_any_two_texts_are_judged(name: str, suggested: str, final: str, how: How) -> None:
    judged = judge(name, suggested or None, final or None, how)
    for rate in (judged.keep_rate, judged.addition_share):
        assert rate is None or 0 <= rate <= 1
    if judged.kind == KIND.KEPT:
        assert normal(suggested) == normal(final)
    if judged.kind == KIND.EDITED:
        assert (judged.keep_rate or 0) >= corrections.REPLACED_UNDER


def test_an_empty_suggestion_is_no_offer() -> None:
    assert offer_digest("title", SuggestedField(reason="too dark")) == ""
    price = PriceRange(Decimal("1.00"), Decimal("2.00"), Decimal("3.00"))
    assert offer_digest("price", SuggestedField(price)) == offer_digest("price", SuggestedField("2.00"))
    assert offer_digest("title", SuggestedField("A")) != offer_digest("description", SuggestedField("A"))


@pytest.fixture
def draft(seller: Seller) -> Listing:
    return make_draft(seller)


@pytest.fixture
def job(draft: Listing, provider: ProviderServer) -> PrefillJob:
    """A job that is done: every field told."""
    return run(asked(draft))


def show(job: PrefillJob, name: str, how: str) -> None:
    trace(job, name, offer_digest(name, SuggestedField.from_json(name, job.fields[name])), how)


def save(draft: Listing, **values: Any) -> None:
    draft.refresh_from_db()
    listing_actions.save_fields(draft, draft.revision, values, values.keys())


def post(draft: Listing, seller: Seller) -> dict[str, Correction]:
    with TestCase.captureOnCommitCallbacks(execute=True):
        listing_actions.publish(draft, seller)
    return {correction.field: correction for correction in Correction.objects.all()}


@pytest.mark.django_db
def test_posting_writes_what_became_of_each_field(draft: Listing, job: PrefillJob, seller: Seller) -> None:
    show(job, "title", "filled")
    show(job, "category", "filled")
    show(job, "description", "dismissed")
    show(job, "price", "typed")
    save(draft, title=job.fields["title"]["value"], category="books", price=Decimal("20.00"), condition="")
    written = post(draft, seller)
    assert {name: correction.kind for name, correction in written.items()} == {
        "title": KIND.KEPT,
        "category": KIND.REPLACED,
        "condition": KIND.BLANK,
        "description": KIND.IGNORED,
        "price": KIND.EDITED,
    }
    price = written["price"]
    assert (price.suggested, price.final) == ("18.00", "20.00")
    assert price.keep_rate == pytest.approx(0.9)
    job.refresh_from_db()
    assert None not in (job.published_at, job.corrected_at)


@pytest.mark.django_db
def test_what_was_never_shown_was_never_offered(draft: Listing, job: PrefillJob, seller: Seller) -> None:
    trace(job, "title", "not what the job suggests", "filled")
    trace(job, "category", "", "untouched")
    written = post(draft, seller)
    assert {correction.kind for correction in written.values()} == {KIND.ADDED}
    assert {correction.suggested for correction in written.values()} == {None}


@pytest.mark.django_db
def test_recording_again_writes_nothing(draft: Listing, job: PrefillJob, seller: Seller) -> None:
    post(draft, seller)
    before = list(Correction.objects.values())
    record(job)
    jobs.sweep()
    assert list(Correction.objects.values()) == before


@pytest.mark.django_db
def test_the_sweep_writes_what_a_crash_left_out(draft: Listing, job: PrefillJob, seller: Seller) -> None:
    listing_actions.publish(draft, seller)  # and nothing runs after the commit
    assert not Correction.objects.exists()
    jobs.sweep()
    assert Correction.objects.count() == 5


@pytest.mark.django_db
def test_a_reading_that_has_not_begun_is_called_off_and_costs_nothing(
    draft: Listing, seller: Seller, provider: ProviderServer
) -> None:
    job = asked(draft)
    written = post(draft, seller)
    job.refresh_from_db()
    assert (job.state, {each.kind for each in written.values()}) == ("cancelled", {KIND.ADDED})
    assert not jobs.perform_next()
    assert provider.ledger == []
    assert not actions.call_off(draft)


@pytest.mark.django_db
def test_a_draft_without_a_job_is_posted(seller: Seller) -> None:
    assert post(make_draft(seller), seller) == {}


@pytest.mark.django_db
def test_a_failing_receiver_fails_no_publish(
    draft: Listing, job: PrefillJob, seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(listing: Listing) -> None:
        PrefillJob.objects.filter(pk=job.pk).update(state="no such state")

    monkeypatch.setattr(corrections, "mark_published", broken)
    assert post(draft, seller) == {}
    draft.refresh_from_db()
    assert draft.is_on_show


@pytest.mark.django_db
def test_a_failing_record_fails_no_publish(
    draft: Listing, job: PrefillJob, seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(job: PrefillJob) -> None:
        raise ValueError("made up")

    monkeypatch.setattr(corrections, "record", broken)
    assert post(draft, seller) == {}
    assert Listing.objects.get().is_on_show


@pytest.mark.django_db
def test_a_deleted_listing_leaves_no_texts(draft: Listing, job: PrefillJob, seller: Seller) -> None:
    show(job, "title", "filled")
    actions.give_feedback(job, "title", up=False, word="It is my grandmother's lamp.")
    post(draft, seller)
    PrefillJob.objects.update(error_detail="the lamp")
    listing_actions.delete(draft)
    job.refresh_from_db()
    assert (job.fields, job.error_detail, job.state, job.listing_id) == ({}, "", JobState.DONE, None)
    assert job.erased_at
    assert Feedback.objects.get().word == ""
    assert set(Correction.objects.values_list("suggested", "final")) == {(None, None)}
    assert Correction.objects.filter(field="title").get().kind
    output = ModelOutput.objects.get()
    assert (output.request, output.raw, output.parsed) == (None, None, None)
    assert output.cost_micros


@pytest.mark.django_db
def test_the_sweep_erases_what_a_deletion_left(draft: Listing, job: PrefillJob) -> None:
    PrefillJob.objects.update(listing=None)
    jobs.sweep()
    job.refresh_from_db()
    assert (job.fields, job.erased_at is None) == ({}, False)
    assert ModelOutput.objects.get().erased_at


@pytest.mark.django_db
def test_a_trace_keeps_the_last_offer_and_the_last_decision(job: PrefillJob) -> None:
    trace(job, "title", "", "untouched")
    one = FieldTrace.objects.get()
    assert (one.offer, one.first_shown_at, one.decided_at) == ("", None, None)
    trace(job, "title", "a" * 64, "filled")
    one.refresh_from_db()
    shown = one.first_shown_at
    assert (one.offer, one.how, one.decided_at) == ("a" * 64, How.FILLED, None)
    assert shown
    trace(job, "title", "", "typed")
    one.refresh_from_db()
    decided = one.decided_at
    assert (one.offer, one.how, one.first_shown_at) == ("a" * 64, How.TYPED, shown)
    assert decided
    trace(job, "title", "a" * 64, "typed")
    one.refresh_from_db()
    assert one.decided_at == decided
    with pytest.raises(ValueError, match="eaten"):
        trace(job, "title", "", "eaten")


@pytest.mark.django_db
def test_only_the_newest_job_of_a_listing_is_corrected(
    draft: Listing, job: PrefillJob, seller: Seller
) -> None:
    draft.photos.update(sha256="0" * 64)
    second = asked(draft)
    PrefillJob.objects.filter(pk=second.pk).update(armed_at=Now())
    assert second != job
    post(draft, seller)
    assert set(Correction.objects.values_list("job", flat=True)) == {second.pk}
