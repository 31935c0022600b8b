"""An answer as it is scored: a plain value, no Django."""

from dataclasses import dataclass
from typing import Any, Final

from aiprefill.suggestion import Suggestion

REFUSALS: Final = frozenset({"refused", "filtered"})
"""Error classes that are the model's no."""

UNUSABLE: Final = frozenset({"bad_answer", "incomplete"})
"""Error classes of an answer that came and broke the schema."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How one call ended: with a suggestion, or with an error class of `REFUSALS` or `UNUSABLE`.

    Any other failure (no connection, time-out) is no answer: it is not scored, the call is made again, and
    `Answer` raises `NoAnswerError`. `language` is the one that was asked for.
    """

    suggestion: Suggestion | None = None
    error: str = ""
    language: str = "en"

    def __post_init__(self) -> None:
        if self.suggestion is None and self.error not in REFUSALS | UNUSABLE:
            raise NoAnswerError(self.error)

    def value(self, name: str) -> Any:
        """The field's value, None if the model could not tell, was dropped, or gave no suggestion."""
        return self.suggestion.field(name).value if self.suggestion else None

    @property
    def text(self) -> str:
        """Title and description, a line each; "" where not told."""
        return "\n".join(self.value(name) or "" for name in ("title", "description"))


class NoAnswerError(ValueError):
    """The call brought nothing that could be scored."""

    def __init__(self, error: str) -> None:
        super().__init__(f"A call that ended with {error or 'nothing'!r} has no answer to score")
