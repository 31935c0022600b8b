from hypothesis import given
from hypothesis import strategies as st

from aiprefill.differences import Change, Span, line_diff, word_diff

TEXTS = st.text(alphabet=st.sampled_from("ab .,\n€é"), max_size=60)


@given(TEXTS, TEXTS)
def test_word_diff_holds_both_texts(before: str, after: str) -> None:
    spans = word_diff(before, after)
    assert "".join(s.text for s in spans if s.change is not Change.NEW) == before
    assert "".join(s.text for s in spans if s.change is not Change.GONE) == after


def test_word_diff_keeps_whole_words() -> None:
    assert word_diff("A green lamp", "A red lamp") == [
        Span(Change.SAME, "A "),
        Span(Change.GONE, "green"),
        Span(Change.NEW, "red"),
        Span(Change.SAME, " lamp"),
    ]


def test_line_diff_of_equal_texts_is_empty() -> None:
    assert line_diff("one\ntwo", "one\ntwo") == []


def test_line_diff_marks_lines() -> None:
    changes = [(s.change, s.text) for s in line_diff("one\ntwo", "one\nthree")]
    assert (Change.GONE, "-two") in changes
    assert (Change.NEW, "+three") in changes
