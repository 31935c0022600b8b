"""What one needs no pictures for: the commonest category as the answer to everything."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.content import Expectation
from evals.run_scores import CaseScores
from evals.summary import always_the_commonest
from evals.tests.runs import case
from listings.fields import CATEGORIES

SLUGS = st.sampled_from(sorted(CATEGORIES))
EXPECTED = st.builds(
    Expectation, category=st.none() | SLUGS, also=st.lists(SLUGS, max_size=2, unique=True).map(tuple)
)


@given(st.lists(EXPECTED, min_size=1, max_size=30))
def test_no_other_single_answer_is_the_best_category_of_more_cases(expected: list[Expectation]) -> None:
    keyed = {f"c{number}": each for number, each in enumerate(expected)}
    told = always_the_commonest({key: case(key) for key in keyed}, keyed)
    asked = [each for each in expected if each.category]
    if not asked:
        assert told is None
        return
    assert told
    counts = Counter(each.category for each in asked)
    assert counts[told.category] == max(counts.values())
    assert told.exact.value == pytest.approx(counts[told.category] / len(asked))
    fair = sum(told.category in {each.category, *each.also} for each in asked)
    assert told.accepted.value == pytest.approx(fair / len(asked))
    for figure in (told.exact, told.accepted):
        assert figure.interval
        assert figure.interval.low - 1e-9 <= figure.value <= figure.interval.high + 1e-9


def test_must_pass_cases_stay_out_and_a_cluster_counts_as_one_case() -> None:
    cases: dict[str, CaseScores] = {
        f"c{n}": case(f"c{n}", cluster="seller" if n < 4 else "") for n in range(8)
    }
    cases["first"] = case("first", must_pass=True)
    expected = dict.fromkeys(cases, Expectation(category="books"))
    expected |= dict.fromkeys(("c0", "c1", "c2", "c3", "first"), Expectation(category="toys"))
    told = always_the_commonest(cases, expected)
    assert told
    assert (told.category, told.exact.cases, told.exact.value) == ("books", 8, 0.5)
    apart = always_the_commonest({key: case(key) for key in cases if key != "first"}, expected)
    assert apart
    assert apart.exact.interval
    assert told.exact.interval
    assert apart.exact.interval.low > told.exact.interval.low
