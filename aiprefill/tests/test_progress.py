"""Every state of a job, at every moment, in the words the seller sees. Rows are plain values here."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiprefill.models import JobState, PrefillJob
from aiprefill.progress import UNDER_WAY, Phase, price_words, progress
from aiprefill.providers.base import ErrorClass
from aiprefill.suggestion import Dropped, PriceRange, SuggestedField
from listings.fields import AI_FIELDS

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
SAFE = "Your photos and what you wrote are safe."
AGAIN = "Try again, or write it yourself."
MYSELF = "Write it yourself; posting works as always."

TOLD = {
    "title": SuggestedField("Blue mug"),
    "category": SuggestedField("home-garden"),
    "condition": SuggestedField("good"),
    "description": SuggestedField("A mug with a chip."),
    "price": SuggestedField(
        PriceRange(Decimal("3.00"), Decimal("5.00"), Decimal("8.00")), "mugs sell for this"
    ),
}


def arrived(*names: str, **other: SuggestedField) -> dict[str, Any]:
    """The `fields` of a row: these told, others as given."""
    fields = {name: TOLD[name] for name in names} | other
    return {name: fields[name].to_json() for name in AI_FIELDS if name in fields}


def job(state: JobState, *, photos: int = 3, left: float = 60, **columns: Any) -> PrefillJob:
    """A row in `state` with `left` seconds to its deadline at NOW."""
    return PrefillJob(
        state=state,
        photo_ids=[uuid.uuid4() for _ in range(photos)],
        deadline=NOW + timedelta(seconds=left),
        **columns,
    )


ALL = arrived(*AI_FIELDS)
NO_PRICE = arrived(*AI_FIELDS[:4], price=SuggestedField(reason="nothing similar sold yet."))
QUEUED, RUNNING, DONE, FAILED = JobState.QUEUED, JobState.RUNNING, JobState.DONE, JobState.FAILED

STATES = [
    (job(QUEUED), Phase.WAITING, "Waiting to read your photos. You can already write."),
    (
        job(QUEUED, attempt=3, tries=0, arms=2),
        Phase.WAITING,
        "Waiting to read your photos. You can already write.",
    ),
    (job(RUNNING, attempt=1), Phase.READING, "Reading 3 photos"),
    (job(RUNNING, attempt=1, photos=1), Phase.READING, "Reading 1 photo"),
    (job(RUNNING, attempt=1, fields=arrived("title")), Phase.PARTLY, "1 filled so far, still reading"),
    (
        job(QUEUED, attempt=1, tries=1, error_class="timeout"),
        Phase.RETRYING,
        "That took too long; trying again. Nothing you wrote is lost.",
    ),
    (
        job(QUEUED, attempt=2, tries=2, error_class="rate_limited"),
        Phase.RETRYING,
        "Many photos are being read right now; trying again soon. Nothing you wrote is lost.",
    ),
    (
        job(QUEUED, attempt=1, tries=1, error_class="bad_response"),
        Phase.RETRYING,
        "That did not work; trying again. Nothing you wrote is lost.",
    ),
    (
        job(QUEUED, attempt=2, tries=1, losses=1),
        Phase.RETRYING,
        "That did not work; trying again. Nothing you wrote is lost.",
    ),
    (job(DONE, fields=ALL), Phase.READY, "All 5 filled. Check them before you post."),
    (
        job(DONE, fields=NO_PRICE),
        Phase.READY,
        "4 filled, price left to you: nothing similar sold yet",
    ),
    (
        job(DONE, fields=arrived("title", category=SuggestedField(), price=SuggestedField())),
        Phase.READY,
        "1 filled, category and price left to you",
    ),
    (
        job(DONE, fields=arrived(*AI_FIELDS[:4], price=SuggestedField(dropped=Dropped.NOT_A_PRICE))),
        Phase.READY,
        "4 filled, price left to you: no sensible price came back",
    ),
    (
        job(DONE, fields=arrived(**{name: SuggestedField() for name in AI_FIELDS})),
        Phase.READY,
        "Your photos did not tell enough to fill anything in. Write it yourself.",
    ),
    (
        job(FAILED, error_class="cut", fields=arrived("title", "category")),
        Phase.FAILED,
        f"Your photos could not be read in time. 2 filled before that. {SAFE} {AGAIN}",
    ),
    (
        job(FAILED, error_class="from_next_year"),
        Phase.FAILED,
        f"Suggestions are not available today. {SAFE} {MYSELF}",
    ),
    (job(JobState.GAVE_UP), Phase.GAVE_UP, f"Suggestions are off for this listing. {SAFE}"),
    (job(JobState.CANCELLED), Phase.STOPPED, "Stopped: you write this one yourself."),
]


@pytest.mark.parametrize(
    ("row", "phase", "words"), STATES, ids=[f"{row[1]}-{n}" for n, row in enumerate(STATES)]
)
def test_each_state_has_its_words(row: PrefillJob, phase: Phase, words: str) -> None:
    shown = progress(row, NOW)
    assert (shown.phase, shown.words) == (phase, words)


SLOW = f"Your photos could not be read in time. {SAFE} {AGAIN}"
UNAVAILABLE = f"Suggestions are not available today. {SAFE} {MYSELF}"
NOT_DESCRIBED = f"We could not describe what is in your photos. {SAFE} {AGAIN}"
FAILURES = {
    ErrorClass.CONNECT: SLOW,
    ErrorClass.CUT: SLOW,
    ErrorClass.TIMEOUT: SLOW,
    ErrorClass.SERVER: SLOW,
    ErrorClass.RATE_LIMITED: (
        f"Too many photos are being read right now. {SAFE} Try again in a minute, or write it yourself."
    ),
    ErrorClass.NO_CREDIT: UNAVAILABLE,
    ErrorClass.NOT_ALLOWED: UNAVAILABLE,
    ErrorClass.NO_MODEL: UNAVAILABLE,
    ErrorClass.BAD_REQUEST: UNAVAILABLE,
    ErrorClass.BAD_PICTURE: (
        f"One of your photos could not be read. {SAFE} Put another photo in its place, or write it yourself."
    ),
    ErrorClass.REFUSED: NOT_DESCRIBED,
    ErrorClass.FILTERED: NOT_DESCRIBED,
    ErrorClass.INCOMPLETE: NOT_DESCRIBED,
    ErrorClass.BAD_RESPONSE: UNAVAILABLE,
    ErrorClass.BAD_ANSWER: NOT_DESCRIBED,
    ErrorClass.STOPPED: f"Reading your photos was stopped. {SAFE} {AGAIN}",
}


@pytest.mark.parametrize("error_class", list(ErrorClass))
def test_each_failure_says_what_happened_what_is_safe_and_what_to_do(error_class: ErrorClass) -> None:
    shown = progress(job(FAILED, error_class=error_class.value), NOW)
    assert (shown.words, shown.can_try_again) == (FAILURES[error_class], True)


@pytest.mark.parametrize("state", [QUEUED, RUNNING])
@pytest.mark.parametrize(("left", "gave_up"), [(0.001, False), (0, True), (-1, True), (-86_400, True)])
def test_an_open_job_has_given_up_at_its_deadline_by_the_clock_alone(
    state: JobState, left: float, gave_up: bool
) -> None:
    assert (progress(job(state, left=left), NOW).phase is Phase.GAVE_UP) == gave_up


def test_without_a_job_nothing_is_said() -> None:
    assert progress(None, NOW) == progress(None, NOW + timedelta(days=1))
    assert (progress(None, NOW).phase, progress(None, NOW).words) == (Phase.NONE, "")


@given(
    state=st.sampled_from(JobState),
    attempt=st.integers(0, 9),
    left=st.integers(-1000, 1000),
    names=st.sets(st.sampled_from(AI_FIELDS)),
    error_class=st.sampled_from([*ErrorClass, "", "unheard_of"]),
)
def test_no_row_is_without_words_and_one_that_ended_never_shows_as_under_way(
    state: JobState, attempt: int, left: int, names: set[str], error_class: str
) -> None:
    row = job(state, left=left, attempt=attempt, fields=arrived(*names), error_class=error_class)
    shown = progress(row, NOW)
    assert shown.words
    assert shown.is_under_way == (state in {QUEUED, RUNNING} and left > 0)
    assert shown.is_under_way == (shown.phase in UNDER_WAY)
    assert not (shown.is_under_way and shown.can_try_again)


@pytest.mark.parametrize(
    ("prices", "words"),
    [
        (("10", "15", "20"), "probably € 10 to € 20"),
        (("7.50", "9.00", "12.00"), "probably € 7.50 to € 12"),
        (("0", "0", "0"), "probably free"),
        (("5", "5", "5"), "probably € 5"),
    ],
)
def test_a_price_is_told_as_the_guess_it_is(prices: tuple[str, str, str], words: str) -> None:
    assert price_words(PriceRange(*map(Decimal, prices))).replace("\N{NO-BREAK SPACE}", " ") == words
