"""What a call costs. Prices are OpenAI's, standard tier, as published at https://openai.com/api/pricing/."""

import json
import re
from typing import Final, NamedTuple

from aiprefill.providers.base import Usage
from aiprefill.suggestion import PromptSpec


class Price(NamedTuple):
    """Micro-dollars per million tokens."""

    input: int
    cached: int
    output: int


PRICES: Final = {
    "gpt-5": Price(1_250_000, 125_000, 10_000_000),
    "gpt-5-mini": Price(250_000, 25_000, 2_000_000),
    "gpt-5-nano": Price(50_000, 5_000, 400_000),
    "gpt-5.1": Price(1_250_000, 125_000, 10_000_000),
    "gpt-5.2": Price(1_750_000, 175_000, 14_000_000),
    "gpt-5.4": Price(2_500_000, 250_000, 15_000_000),
    "gpt-5.4-mini": Price(750_000, 75_000, 4_500_000),
    "gpt-5.4-nano": Price(200_000, 20_000, 1_250_000),
    "gpt-4.1": Price(2_000_000, 500_000, 8_000_000),
    "gpt-4.1-mini": Price(400_000, 100_000, 1_600_000),
    "gpt-4.1-nano": Price(100_000, 25_000, 400_000),
    "gpt-4o": Price(2_500_000, 1_250_000, 10_000_000),
    "gpt-4o-mini": Price(150_000, 75_000, 600_000),
}
"""Model to price. A model that is not here is unpriced, never free."""


def is_priced(model: str) -> bool:
    """Whether it is known what the model costs."""
    return cost(model, Usage(0, 0)) is not None


def cost(model: str, usage: Usage | None) -> int | None:
    """Micro-dollars for `usage`, rounded up; None for an unknown model or unknown usage.

    A dated snapshot ("gpt-5-mini-2025-08-07") costs what its model costs.
    """
    price = PRICES.get(re.sub(r"-\d{4}-\d{2}-\d{2}$", "", model))
    if price is None or usage is None:
        return None
    cached = min(usage.cached, usage.input)
    millionths = (usage.input - cached) * price.input + cached * price.cached + usage.output * price.output
    return -(-millionths // 1_000_000)


TOKENS_PER_PICTURE: Final = 3_000
"""More than any listed model counts for one picture of up to 1600 pixels."""


def ceiling(spec: PromptSpec, pictures: int, token_scale: int = 1) -> int | None:
    """Micro-dollars that one call can cost at most, to reserve before it; None for an unpriced model.

    Text is counted at two bytes a token, generous for every language.
    """
    text = len(spec.to_json().encode()) // 2
    tokens = int(json.loads(spec.parameters).get("max_output_tokens", 0)) or 16_000
    return cost(spec.model, Usage(text + pictures * TOKENS_PER_PICTURE, tokens * token_scale))
