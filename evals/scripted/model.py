"""The model itself: the `answers` of a provider server's script. See `manage.py scripted_model`."""

import threading
from collections import Counter
from collections.abc import Mapping
from typing import Any

from evals.content import Expectation
from evals.scripted.answers import Fields
from evals.scripted.faults import FAULTS, Fault, answer_with, claimed
from evals.scripted.rates import Rates


class Scripted:
    """Answers requests about known pictures. Threads share it.

    `expected` is by the SHA-256 of the case's first picture as it is sent. The n-th answer of one prompt and
    model about one picture counts as repeat n: requests do not tell. An unknown picture gets an empty answer.
    A model in `models` errs at the rates given there unless the prompt says otherwise. Asked to judge a text,
    it finds the fault `claim` and nothing else.
    """

    def __init__(
        self,
        expected: Mapping[str, Expectation],
        faults: Mapping[str, Fault] = FAULTS,
        models: Mapping[str, Rates] | None = None,
    ) -> None:
        self._expected = expected
        self._faults = faults
        self._models = models or {}
        self._asked: Counter[tuple[str, str, str]] = Counter()
        self._lock = threading.Lock()

    def __call__(self, body: dict[str, Any]) -> tuple[str, Fields]:
        """(the server's mode, the fields) for a request's body; see `Script.answers`."""
        model, instructions = str(body.get("model")), str(body.get("instructions"))
        picture = _first_picture(body)
        expected = self._expected.get(picture, Expectation())
        if material := _material(body):
            claim = claimed(expected)
            return "", {"reason": f"Whether it says: {claim}", "fails": claim in material}
        rates = Rates.of(instructions, self._models.get(model))
        with self._lock:
            self._asked[model, instructions, picture] += 1
            repeat = self._asked[model, instructions, picture]
        return answer_with(rates.faults(picture, repeat), expected, self._faults)


def _material(body: dict[str, Any]) -> str:
    """The text that a judge is asked about, "" in any other request: what follows the pictures."""
    content = [part for turn in body.get("input", []) for part in turn.get("content", [])]
    last = content[-1] if len(content) > 1 else {}
    return str(last.get("text", "")) if last.get("type") == "input_text" else ""


def _first_picture(body: dict[str, Any]) -> str:
    content = (part for turn in body.get("input", []) for part in turn.get("content", []))
    pictures = (part["image_url"]["sha256"] for part in content if part.get("type") == "input_image")
    return next(pictures, "")
