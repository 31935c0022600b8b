"""The first prompt version keeps the text rules, in its own words and examples too."""

import json
import re

import pytest

from aiprefill.gate import gate_field
from aiprefill.prompt_v1 import ADVERTISING, INSTRUCTIONS, PARAMETERS, catalogue_spec, first_spec
from aiprefill.suggestion import PromptSpec, answer_schema, canonical_json
from aiprefill.tests.asking import SPEC, TAXONOMY
from listings.fields import AI_FIELDS, Condition

EXAMPLE = " ".join(re.findall(r'^Right, .*?: "(.*?)"$', INSTRUCTIONS, re.DOTALL | re.MULTILINE)[0].split())


def test_the_instructions_speak_of_every_field_and_condition() -> None:
    for name in AI_FIELDS:
        assert f"\n\n{name}: " in INSTRUCTIONS
    for condition in Condition:
        assert f" {condition}: " in INSTRUCTIONS


def test_the_failure_that_started_it_is_named_as_wrong() -> None:
    assert (
        'Wrong: "Comfortable wired headphones - experience crisp sound quality and comfort"' in INSTRUCTIONS
    )


@pytest.mark.parametrize("word", ADVERTISING)
def test_advertising_words_are_named_and_the_example_has_none(word: str) -> None:
    assert word in INSTRUCTIONS
    assert word == word.lower()
    assert word not in EXAMPLE.lower()


def test_the_example_keeps_its_own_rules() -> None:
    assert 30 <= len(EXAMPLE.split()) <= 80
    assert gate_field("description", {"value": EXAMPLE, "reason": ""}, TAXONOMY, "en").value == EXAMPLE
    assert "!" not in EXAMPLE


def test_the_texts_have_no_stray_spaces_or_placeholders() -> None:
    for text in (INSTRUCTIONS, SPEC.request_text("de")):
        assert not re.search(r" {2}| \n|\\|\$|\{", text)


def test_the_first_spec_asks_the_chosen_model_in_the_offered_form() -> None:
    spec = first_spec(TAXONOMY, "some-model")

    assert (spec.provider, spec.model, spec.picture_size) == ("openai", "some-model", 1024)
    assert spec.output_schema == answer_schema(TAXONOMY)
    assert spec.parameters == canonical_json(PARAMETERS)
    assert json.loads(spec.parameters)["max_output_tokens"] == 1500


def test_specs_are_made_the_same_every_time() -> None:
    assert first_spec(TAXONOMY).digest == SPEC.digest
    assert catalogue_spec(TAXONOMY) == catalogue_spec(TAXONOMY)


def test_the_catalogue_is_asked_without_words() -> None:
    spec = catalogue_spec(TAXONOMY)

    assert (spec.provider, spec.model) == ("catalogue", "nearest-1")
    assert spec.request_text("en") == ""
    assert PromptSpec.from_json(spec.to_json()) == spec
