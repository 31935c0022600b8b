"""A prompt version as a file: exact both ways, and refused with the field's name."""

import json
import re
import string
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aiprefill.prompt_v1 import catalogue_spec, first_spec
from aiprefill.suggestion import PromptSpec, canonical_json
from evals.prompt_file import LINES, SIZES, WIDTH, BadPromptFile, PromptFile, read, write
from listings.fields import AI_FIELDS, CATEGORIES

TAXONOMY: Final = tuple(CATEGORIES.items())
SPEC: Final = first_spec(TAXONOMY)
TEXT: Final = write(PromptFile(SPEC, "The first."))

PIECES: Final = [
    "\r\n",
    "\n",
    "\r",
    '"""',
    '"',
    "\\",
    " ",
    "  ",
    "\t",
    "\x00",
    "\x7f",
    "\u2028",
    "é",
    "🪑",
    "a b",
]
texts = (
    st.text() | st.lists(st.sampled_from(PIECES)).map("".join) | st.lists(st.text(max_size=30)).map(" ".join)
)
lines = st.text(string.printable[:95] + "é🪑", min_size=1, max_size=20).filter(str.strip)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


schemas = st.builds(
    lambda asked, more: compact({**more, "properties": asked}),
    st.permutations(AI_FIELDS).flatmap(lambda names: st.fixed_dictionaries(dict.fromkeys(names, values))),
    st.dictionaries(st.text(), values, max_size=3),
)
specs = st.builds(
    PromptSpec,
    instructions=texts,
    request=texts,
    output_schema=schemas,
    taxonomy=st.dictionaries(st.text(), st.text(), min_size=1, max_size=4).map(
        lambda each: tuple(each.items())
    ),
    language_rule=texts,
    provider=lines,
    model=lines,
    parameters=st.dictionaries(st.text(), values, max_size=4).map(canonical_json),
    picture_size=st.sampled_from(SIZES),
    retrieval=texts,
    tools=texts,
)


@given(specs, lines)
@example(SPEC, "The first.")
@example(catalogue_spec(TAXONOMY), "Without a model.")
def test_what_is_written_is_read_back_with_its_digest(spec: PromptSpec, note: str) -> None:
    text = write(PromptFile(spec, note, "a" * 64))
    again = read(text)
    assert again == PromptFile(spec, note, "a" * 64)
    assert again.spec.digest == spec.digest
    assert f'digest = "{spec.digest}"' in text


@given(specs)
def test_a_checkout_with_other_line_ends_and_an_editor_that_trims_lines_change_nothing(
    spec: PromptSpec,
) -> None:
    text = write(PromptFile(spec, "The first."))
    assert read(text.replace("\n", "\r\n")).spec == spec
    assert [line for line in text.split("\n") if line != line.rstrip()] == []


def test_it_reads_well() -> None:
    """Every text stands in lines of a screen's width, the JSON in lines of its own."""
    assert max(map(len, TEXT.splitlines())) <= WIDTH + len("# of the head")
    assert "- Never invent the seller's story: why they sell, how long they had it" in TEXT
    assert '\n  "type": "object",\n' in TEXT
    assert '\nhome-garden = "Home & Garden"\n' in TEXT


def test_an_invisible_character_is_seen() -> None:
    text = write(PromptFile(replace(SPEC, request="Sell\u202e \u200b it "), "The first."))
    assert "Sell\\u202e \\u200b it " in text
    assert read(text).spec.request == "Sell\u202e \u200b it "
    with pytest.raises(BadPromptFile) as refused:
        read(text.replace("\\u202e", "\u202e").replace("\\u200b", "\u200b").replace("Fill in", "Fill\xa0in"))
    assert [problem.partition(": ")[2] for problem in refused.value.problems] == [
        "it holds a character that is not seen. Write it as \\u00a0.",
        "it holds a character that is not seen. Write it as \\u202e.",
    ]


def changed(pattern: str, value: str) -> str:
    text, count = re.subn(pattern, lambda _: value, TEXT, count=1, flags=re.MULTILINE | re.DOTALL)
    assert count == 1
    return text


@pytest.mark.parametrize(
    ("text", "field", "what"),
    [
        ("modell = 1\n" + TEXT, "modell", "no such field"),
        (changed('^language_rule = """.*?"""', ""), "language_rule", "missing"),
        (changed("^picture_size = 1024", "picture_size = 64"), "picture_size", "from 128 to 2048"),
        (changed("^picture_size = 1024", "picture_size = true"), "picture_size", "whole number"),
        (changed('^note = "The first."', 'note = " "'), "note", "one line"),
        (changed('^note = "The first."', 'note = "1\\n2"'), "note", "one line"),
        (changed('^model = "', f'model = "{"m" * LINES["model"]}'), "model", "80 characters"),
        (changed('^request = """.*?"""', "request = 7"), "request", "a text"),
        (changed('^based_on = ""', 'based_on = "v1"'), "based_on", "64 hexadecimal"),
        (changed('^parameters = """.*?"""', 'parameters = "{"'), "parameters", "not JSON"),
        (changed('^parameters = """.*?"""', 'parameters = "[]"'), "parameters", "JSON object"),
        (changed('^parameters = """.*?"""', "parameters = '{\"a\": NaN}'"), "parameters", "not JSON"),
        (changed('^parameters = """.*?"""', 'parameters = \'{"a": "\\ud800"}\''), "parameters", "not JSON"),
        (changed('^parameters = """.*?"""', f"parameters = '{'[' * 9999}'"), "parameters", "not JSON"),
        (changed('^    "title": {', '    "titel": {'), "output_schema", ", ".join(AI_FIELDS)),
        (changed(r"^\[taxonomy\].*", "[taxonomy]"), "taxonomy", 'slug = "Name"'),
        (changed('^books = "Books"', "books = 1"), "taxonomy", 'slug = "Name"'),
        (changed("^request = ", "request = oops"), "This is not TOML", "line"),
    ],
)
def test_what_is_wrong_is_told_with_the_field(text: str, field: str, what: str) -> None:
    with pytest.raises(BadPromptFile) as refused:
        read(text)
    (problem,) = refused.value.problems
    assert problem.startswith(f"{field}: ")
    assert what in problem


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(BadPromptFile) as refused:
        read("surprise = 1\nnote = 2")
    assert len(refused.value.problems) == 11


def test_an_edited_file_is_a_version_of_its_own() -> None:
    edited = changed("Fill in ", "Tell us ")
    with pytest.raises(BadPromptFile, match=rf'^digest: .*copy .*digest = "", based_on = "{SPEC.digest}"'):
        read(edited)
    fresh = edited.replace(f'digest = "{SPEC.digest}"', 'digest = ""')
    assert read(fresh).spec == replace(SPEC, instructions=SPEC.instructions.replace("Fill in ", "Tell us "))
    assert read(re.sub("(?m)^digest = .*$", "", fresh)) == read(fresh)


@pytest.mark.parametrize(
    "changes",
    [
        {"parameters": '{"b": 1}'},
        {"output_schema": "{"},
        {"taxonomy": (("books", "Books"), ("books", "More books"))},
        {"picture_size": 5000},
    ],
)
def test_what_no_file_can_say_is_not_written(changes: dict[str, Any]) -> None:
    with pytest.raises(BadPromptFile):
        write(PromptFile(replace(SPEC, **changes), "The first."))
