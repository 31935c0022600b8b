"""What a call costs, in micro-dollars."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiprefill.prompt_v1 import DEFAULT_MODEL
from aiprefill.providers.base import Usage
from aiprefill.providers.prices import PRICES, ceiling, cost, is_priced
from aiprefill.tests.asking import SPEC


@pytest.mark.parametrize(
    ("model", "usage", "micros"),
    [
        ("gpt-5-mini", Usage(1_000_000, 0), 250_000),
        ("gpt-5-mini-2025-08-07", Usage(0, 1_000_000), 2_000_000),
        ("gpt-5-mini", Usage(1_000_000, 0, cached=1_000_000), 25_000),
        ("gpt-5-mini", Usage(1, 0), 1),
        ("gpt-5-mini", Usage(10, 0, cached=99), 1),
        ("gpt-5-mini", None, None),
        ("gpt-5-mini-of-somebody-else", Usage(1, 1), None),
        ("", Usage(1, 1), None),
    ],
)
def test_cost(model: str, usage: Usage | None, micros: int | None) -> None:
    assert cost(model, usage) == micros


def test_a_model_is_priced_or_unpriced_never_free() -> None:
    assert is_priced("gpt-5-mini-2025-08-07")
    assert not is_priced("gpt-5-mini-of-somebody-else")


@pytest.mark.parametrize("model", PRICES)
def test_cached_input_is_cheaper_and_output_dearer(model: str) -> None:
    assert 0 < PRICES[model].cached < PRICES[model].input < PRICES[model].output


tokens = st.integers(0, 10**6)


@given(st.sampled_from(sorted(PRICES)), tokens, tokens, tokens)
def test_more_tokens_never_cost_less(model: str, asked: int, answered: int, more: int) -> None:
    less, total = cost(model, Usage(asked, answered)), cost(model, Usage(asked + more, answered + more))

    assert less is not None
    assert total is not None
    assert 0 <= less <= total


def test_a_reservation_covers_the_dearest_answer() -> None:
    reserved = ceiling(SPEC, pictures=12)

    assert reserved is not None
    dearest = cost(DEFAULT_MODEL, Usage(12 * 2_500 + len(SPEC.instructions) // 3, 1500))
    assert dearest is not None
    assert dearest < reserved < 60_000
    assert ceiling(SPEC, pictures=12, token_scale=2) == reserved + 1500 * 9 // 2
    assert (ceiling(replace(SPEC, parameters="{}"), 12) or 0) > reserved
    assert ceiling(replace(SPEC, model="unheard-of"), 3) is None
