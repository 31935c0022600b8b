"""Codes and headers of failures, read without ever failing."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiprefill.providers.base import ErrorClass, Reply, Shown
from aiprefill.providers.openai_errors import MAX_RETRY_AFTER, ended, retry_after

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


@given(st.text() | st.floats().map(str) | st.datetimes().map(format_datetime))
def test_any_wish_to_wait_is_bounded_or_nothing(value: str) -> None:
    seconds = retry_after(value, NOW)

    assert seconds is None or 0 <= seconds <= MAX_RETRY_AFTER


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1", 1),
        ("0.5", 0.5),
        ("3600", 600),
        ("-3", 0),
        (format_datetime(NOW + timedelta(seconds=30), usegmt=True), 30),
        ("Mon, 05 Jan 2026 12:00:10 -0000", 10),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 0),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("", None),
    ],
)
def test_a_wish_to_wait(value: str, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@pytest.mark.parametrize(
    ("code", "error_class"),
    [
        ("rate_limit_exceeded", ErrorClass.RATE_LIMITED),
        ("insufficient_quota", ErrorClass.NO_CREDIT),
        ("invalid_prompt", ErrorClass.REFUSED),
        ("image_content_policy_violation", ErrorClass.FILTERED),
        ("invalid_image_format", ErrorClass.BAD_PICTURE),
        ("empty_image_file", ErrorClass.BAD_PICTURE),
        ("never_heard_of", ErrorClass.SERVER),
        (None, ErrorClass.SERVER),
        (["odd"], ErrorClass.SERVER),
    ],
)
def test_a_failed_response_is_classed_by_its_code(code: object, error_class: ErrorClass) -> None:
    event = {"type": "response.failed", "response": {"error": {"code": code, "message": "\x00 said"}}}

    error = ended(event, Reply())

    assert error.error_class is error_class
    assert "\x00" not in error.detail


anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.text() | st.integers(),
    lambda inner: st.dictionaries(st.sampled_from(["error", "code", "message", "reason"]), inner),
)


@given(st.sampled_from(["response.failed", "response.incomplete", "error"]), anything)
def test_any_terminal_event_has_a_class(kind: str, response: Any) -> None:
    error = ended({"type": kind, "response": response}, Reply())

    assert len(error.detail) <= 500


def test_waiting_grows_and_ends() -> None:
    assert [ErrorClass.SERVER.delay(tried) for tried in (1, 2, 3)] == [1, 2, None]
    assert ErrorClass.RATE_LIMITED.delay(1, 30) == 30
    assert ErrorClass.RATE_LIMITED.delay(3, 1) == 4
    assert ErrorClass.REFUSED.delay(1) is None


@pytest.mark.parametrize("error_class", ErrorClass)
def test_every_class_knows_what_to_do(error_class: ErrorClass) -> None:
    assert error_class.shown in Shown
    assert error_class.transient == (error_class.delay(1) is not None)
    assert not (error_class.halts and error_class.transient)
