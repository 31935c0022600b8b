"""What the tests of the engine and its providers ask for."""

import io
import time
from dataclasses import replace
from typing import Any, Final

from PIL import Image

from aiprefill.engine import suggest
from aiprefill.prompt_v1 import first_spec
from aiprefill.providers.base import CallEvent, Outcome, Provider, SuggestionFailed
from aiprefill.suggestion import PromptSpec, SuggestRequest, Taxonomy
from listings.fields import CATEGORIES

TAXONOMY: Final[Taxonomy] = tuple(CATEGORIES.items())
SPEC: Final = first_spec(TAXONOMY)


def _jpeg(width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), (90, 120, 90)).save(file, "JPEG")
    return file.getvalue()


PICTURE: Final = _jpeg(320, 240)
REQUEST: Final = SuggestRequest((PICTURE,), "en", SPEC, end_user="u-1f3a")


def spec_with(**changes: Any) -> PromptSpec:
    """The first spec with some of its parts changed."""
    return replace(SPEC, **changes)


class Asked:
    """One call: its result, its events and how long it took."""

    def __init__(self, provider: Provider, request: SuggestRequest = REQUEST, seconds: float = 10) -> None:
        self.events: list[CallEvent] = []
        began = time.monotonic()
        self.result: Outcome | SuggestionFailed = suggest(
            request, provider, deadline=began + seconds, on_event=self.events.append
        )
        self.elapsed = time.monotonic() - began

    @property
    def outcome(self) -> Outcome:
        """The result of a call that must have succeeded."""
        assert isinstance(self.result, Outcome), self.result
        return self.result

    @property
    def failure(self) -> SuggestionFailed:
        """The result of a call that must have failed."""
        assert isinstance(self.result, SuggestionFailed), self.result
        return self.result
