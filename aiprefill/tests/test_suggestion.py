"""The spec, its schema and a suggestion as plain values."""

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from aiprefill.suggestion import (
    Dropped,
    OpenSchemaError,
    PriceRange,
    PromptSpec,
    SuggestedField,
    Suggestion,
    answer_schema,
    canonical_json,
    strict_schema,
)
from aiprefill.tests.asking import SPEC, TAXONOMY
from listings.fields import AI_FIELDS, Condition, ListingFields

text = st.text(max_size=30)
specs = st.builds(
    PromptSpec,
    text, text, text, st.lists(st.tuples(text, text), max_size=3).map(tuple), text, text, text, text,
    st.integers(1, 4096), text, text,
)  # fmt: skip
euros = st.decimals(0, 9_999_999, places=2)
empty = st.builds(SuggestedField, st.none(), text, st.none() | st.sampled_from(Dropped))


def told(values: st.SearchStrategy[Any]) -> st.SearchStrategy[SuggestedField]:
    return st.builds(SuggestedField, values, text)


suggestions = st.builds(
    Suggestion,
    title=empty | told(text),
    category=empty | told(text),
    condition=empty | told(st.sampled_from(Condition)),
    description=empty | told(text),
    price=empty | told(st.tuples(euros, euros, euros).map(lambda prices: PriceRange(*sorted(prices)))),
)


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every subschema."""
    if isinstance(schema, dict):
        yield schema
        for key, value in schema.items():
            for child in value.values() if key == "properties" else [value]:
                yield from objects(child)
    elif isinstance(schema, list):
        for child in schema:
            yield from objects(child)


def test_an_answer_is_asked_for_title_first_and_price_last() -> None:
    schema = json.loads(answer_schema(TAXONOMY))

    assert tuple(schema["properties"]) == AI_FIELDS
    assert schema["required"] == list(AI_FIELDS)
    assert AI_FIELDS[0] == "title"
    assert AI_FIELDS[-1] == "price"


def test_the_schema_is_strict_throughout() -> None:
    for part in objects(json.loads(answer_schema(TAXONOMY))):
        assert part.keys() <= {
            "type", "description", "enum", "anyOf", "properties", "required", "additionalProperties"
        }  # fmt: skip
        if part.get("type") == "object":
            assert part["required"] == list(part["properties"])
            assert part["additionalProperties"] is False


def test_choices_are_those_offered_or_null() -> None:
    properties = json.loads(answer_schema(TAXONOMY))["properties"]

    category, nothing = properties["category"]["properties"]["value"]["anyOf"]
    assert category["enum"] == [slug for slug, _ in TAXONOMY]
    assert nothing == {"type": "null"}
    assert properties["condition"]["properties"]["value"]["anyOf"][0]["enum"] == list(Condition)


def test_lengths_ranges_titles_and_defaults_are_left_out() -> None:
    class Part(BaseModel):
        title: str = Field("x", max_length=3, title="T")
        count: int = Field(1, ge=0)
        parts: list[str] = Field([], max_length=2)

    assert strict_schema(Part) == {
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "count": {"type": "integer"},
            "parts": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["title", "count", "parts"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize("kind", [dict[str, int], Any, Decimal])
def test_what_strict_schemas_cannot_say_is_refused(kind: Any) -> None:
    class Open(BaseModel):
        value: kind

    with pytest.raises(OpenSchemaError, match="Open"):
        strict_schema(Open)


@given(specs)
def test_a_spec_survives_its_json(spec: PromptSpec) -> None:
    again = PromptSpec.from_json(spec.to_json())

    assert again == spec
    assert again.digest == spec.digest


@given(specs, specs)
def test_digests_are_equal_exactly_for_equal_specs(one: PromptSpec, other: PromptSpec) -> None:
    assert (one.digest == other.digest) == (one == other)


@pytest.mark.parametrize("name", [field.name for field in fields(PromptSpec)])
def test_every_part_of_a_spec_decides_its_digest(name: str) -> None:
    changed: Any = {"taxonomy": TAXONOMY[1:], "picture_size": 768}.get(name, "other")
    other = replace(SPEC, **{name: changed})

    assert other.digest != SPEC.digest


def test_the_order_of_the_schema_and_of_the_categories_is_part_of_the_digest() -> None:
    schema = json.dumps(json.loads(SPEC.output_schema), sort_keys=True)

    assert replace(SPEC, output_schema=schema).digest != SPEC.digest
    assert replace(SPEC, taxonomy=TAXONOMY[::-1]).digest != SPEC.digest


def test_the_request_names_each_category_and_the_language() -> None:
    asked = SPEC.request_text("de")

    assert "home-garden: Home & Garden" in asked.splitlines()
    assert '"de"' in asked
    assert "$" not in asked


@given(text, text)
def test_a_request_takes_any_text(request: str, rule: str) -> None:
    replace(SPEC, request=request, language_rule=rule).request_text("en")


def test_canonical_json_knows_no_order_and_no_nan() -> None:
    assert canonical_json({"b": 1, "a": "ü"}) == '{"a":"ü","b":1}'
    with pytest.raises(ValueError, match="Out of range"):
        canonical_json(float("nan"))


@given(suggestions)
def test_a_suggestion_survives_the_row(suggestion: Suggestion) -> None:
    row = json.loads(json.dumps(suggestion.to_json()))

    assert Suggestion.from_json(row) == suggestion


def test_a_form_gets_the_likely_price() -> None:
    price = PriceRange(Decimal("10.00"), Decimal("18.00"), Decimal("25.00"))
    nothing = SuggestedField(reason="too dark")
    suggestion = Suggestion(
        SuggestedField("Lamp"), nothing, SuggestedField(Condition.GOOD), nothing, SuggestedField(price)
    )

    assert suggestion.listing_fields() == ListingFields(
        title="Lamp", condition=Condition.GOOD, price=Decimal("18.00")
    )
