"""How two texts differ, word by word, as plain values for a page to colour."""

import re
from difflib import SequenceMatcher, unified_diff
from enum import StrEnum
from typing import NamedTuple

WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class Change(StrEnum):
    """What became of a stretch of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


class Span(NamedTuple):
    """A stretch of text and what became of it."""

    change: Change
    text: str


def word_diff(before: str, after: str) -> list[Span]:
    """The way from `before` (its text is same and gone joined) to `after` (same and new joined)."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    spans: list[Span] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            spans.append(Span(Change.SAME, "".join(old[i:j])))
            continue
        if j > i:
            spans.append(Span(Change.GONE, "".join(old[i:j])))
        if m > k:
            spans.append(Span(Change.NEW, "".join(new[k:m])))
    return spans


def whole_diff(before: str, after: str) -> list[Span]:
    """Each text whole, for those whose words in common are chance."""
    spans = (Span(Change.GONE, before), Span(Change.SAME, " "), Span(Change.NEW, after))
    return [span for span in spans if span.text]


def line_diff(before: str, after: str, context: int = 2) -> list[Span]:
    """The changed lines with `context` lines around, as a unified diff without its header."""
    kinds = {"+": Change.NEW, "-": Change.GONE}
    lines = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=context)
    return [
        Span(kinds.get(line[:1], Change.SAME), line)
        for line in lines
        if not line.startswith(("--- ", "+++ "))
    ]
