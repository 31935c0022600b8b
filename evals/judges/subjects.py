"""Answers as judges and people who label see them: the pictures and the text, nothing that is expected.

What is expected stays away from both. A judge that knew it would grade by somebody's notes and not by what
the photos show, people could not be blind to it, and what is measured would not hold for sellers' photos, for
which nobody expects anything.
"""

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from aiprefill.public import canonical_json
from evals.loading import answer_of
from evals.models import CaseFile, CaseResult

_ESCAPED: Final = {ord(char): f"\\u{ord(char):04x}" for char in "<>&"}


@dataclass(frozen=True, slots=True)
class Subject:
    """The answer of a result, told at least in part. `pictures` are its case's files, by SHA-256."""

    result: CaseResult
    pictures: tuple[str, ...]
    title: str
    description: str

    @property
    def digest(self) -> str:
        """SHA-256, hex: equal answers about equal pictures are one, in whichever run they stand."""
        parts = [self.pictures, self.title, self.description]
        return hashlib.sha256(canonical_json(parts).encode()).hexdigest()

    @property
    def material(self) -> str:
        """The text for a judge, as JSON between tags, which nothing in it can close."""
        text = json.dumps({"title": self.title, "description": self.description}, ensure_ascii=False)
        return f"<suggestion>\n{text.translate(_ESCAPED)}\n</suggestion>"


def subjects(results: QuerySet[CaseResult]) -> list[Subject]:
    """Those of the results that can be judged, by digest, which mixes cases: the first ones are a fair part.

    Left out are failed calls, erased answers, and those without title and description: they claim nothing.
    """
    whole = list(results.filter(error_class="", erased_at=None, case__erased_at=None).select_related("case"))
    files: dict[int, list[str]] = defaultdict(list)
    shown = CaseFile.objects.filter(case__in={result.case_id for result in whole})
    for case_id, sha256 in shown.order_by("case", "position").values_list("case", "sha256"):
        files[case_id].append(sha256)
    found = []
    for result in whole:
        if answer := answer_of(result):
            title, description = (answer.value(name) or "" for name in ("title", "description"))
            found.append(Subject(result, tuple(files[result.case_id]), title, description))
    return sorted((each for each in found if each.title or each.description), key=lambda each: each.digest)
