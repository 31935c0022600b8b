"""Cases as lines of JSON."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.content import CaseContent, Expectation, Split, Tier
from evals.datasets.clusters import Member, clusters, spanning
from evals.datasets.lines import BadLine, read_line, write_line
from listings.fields import AI_FIELDS, CATEGORIES, Condition

words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
prices = st.decimals(0, 9_999_999, places=2)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=5,
)


@st.composite
def expectations(draw: st.DrawFn) -> Expectation:
    category = draw(st.none() | st.sampled_from(sorted(CATEGORIES)))
    bounds = sorted(draw(st.lists(prices, min_size=2, max_size=2)))
    return Expectation(
        category=category,
        also=tuple(draw(st.lists(st.sampled_from(sorted(CATEGORIES)), max_size=2))) if category else (),
        title=tuple(map(tuple, draw(st.lists(st.lists(words, min_size=1, max_size=2), max_size=2)))),
        price=draw(st.sampled_from([None, (bounds[0], bounds[1])])),
        conditions=tuple(draw(st.lists(st.sampled_from([c.value for c in Condition]), max_size=2))),
        forbidden=tuple(draw(st.lists(words, max_size=2))),
        untellable=tuple(draw(st.lists(st.sampled_from(AI_FIELDS), max_size=2))),
    )


contents = st.builds(
    CaseContent,
    key=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True),
    pictures=st.just(()),
    expected=expectations(),
    split=st.sampled_from(Split),
    tier=st.sampled_from(Tier),
    language=st.sampled_from(["en", "de", "pt-BR"]),
    tags=st.sets(words, max_size=3).map(lambda found: tuple(sorted(found))),
    clusters=st.sets(words, max_size=2).map(lambda found: tuple(sorted(found))),
    provenance=st.dictionaries(words.map("p{}".format), json_values, max_size=3),
)


@given(contents)
def test_a_line_reads_as_what_was_written(content: CaseContent) -> None:
    line = read_line(write_line(content, ["images/a.jpg"]))
    assert line.content == content
    assert line.content.digest == content.digest
    again = read_line(write_line(line.content, ["images/a.jpg"]))
    assert again.content.digest == content.digest


def test_a_line_of_the_shared_photos_goes_in_as_it_is() -> None:
    line = {
        "id": "d017", "image": "images/d017.jpg", "title": "Robot", "category": "Home & Garden",
        "alt_categories": ["Electronics"], "price_eur": None, "price_low_eur": 4, "price_high_eur": 12.5,
        "acceptable_title_keywords": [["robot", "vacuum"], ["white"]], "tags": ["robot"], "crop": [1, 2.0, 3],
        "same_product_as": "d015", "kind": "photo",
    }  # fmt: skip
    read = read_line(json.dumps(line))
    assert read.split is None
    assert read.images == ("images/d017.jpg",)
    assert read.content.expected == Expectation(
        category="home-garden",
        also=("electronics",),
        title=(("robot", "vacuum"), ("white",)),
        price=(Decimal("4.00"), Decimal("12.50")),
    )
    assert read.content.clusters == ("case:d015",)
    assert read.content.provenance == {
        "title": "Robot", "price_eur": None, "crop": [1, 2, 3], "kind": "photo",
    }  # fmt: skip


BAD: list[tuple[Any, str]] = [
    ("{", "Write one object a line"),
    ("[1]", "Write one case a line"),
    ('{"id": "a", "image": "a.jpg", "x": NaN}', "NaN is not a number"),
    ('{"id": "a", "image": "a.jpg", "x": "\\u0000"}', "a character that cannot be kept"),
    ({"image": "a.jpg"}, "id: Field required"),
    ({"id": "a b", "image": "a.jpg"}, "id: String should match pattern"),
    ({"id": "a"}, "name the picture in image"),
    ({"id": "a", "image": "a.jpg", "images": ["b.jpg"]}, "name the cover first"),
    ({"id": "a", "image": "a.jpg", "category": "Cars"}, "'Cars' is no category; use one of Electronics"),
    ({"id": "a", "image": "a.jpg", "price_low_eur": 4}, "give both"),
    ({"id": "a", "image": "a.jpg", "price_low_eur": 4, "price_high_eur": 3}, "turn them round"),
    ({"id": "a", "image": "a.jpg", "price_low_eur": -4, "price_high_eur": 3}, "price_low_eur: "),
    ({"id": "a", "image": "a.jpg", "alt_categories": ["Books"]}, "name the best one in category"),
    ({"id": "a", "image": "a.jpg", "acceptable_title_keywords": [[]]}, "acceptable_title_keywords.0: "),
    ({"id": "a", "image": "a.jpg", "split": "test"}, "split: Input should be 'dev', 'gate' or 'holdout'"),
]


@pytest.mark.parametrize(("line", "said"), BAD)
def test_a_bad_line_says_what_to_do(line: Any, said: str) -> None:
    with pytest.raises(BadLine) as refused:
        read_line(line if isinstance(line, str) else json.dumps(line))
    assert said.lower() in str(refused.value).lower()


def test_clusters_go_through_names_cases_and_likeness() -> None:
    members = [
        Member("a", "dev", ("seller:1",), (0,)),
        Member("b", "dev", ("seller:1",), (-1,)),
        Member("c", "dev", ("case:b",), (0x0F0F,)),
        Member("d", "gate", (), (0xFF << 32,)),
        Member("e", "gate", (), ((0xFF << 32) | 0xFF,)),
        Member("f", "gate", (), (0x1FF << 40,)),
    ]
    assert clusters(members) == {"a": "a", "b": "a", "c": "a", "d": "a", "e": "a", "f": "f"}
    (found,) = spanning(members)
    assert found.keys == {"dev": ["a", "b", "c"], "gate": ["d", "e"]}
