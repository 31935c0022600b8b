"""What the provider's server says of the requests it got: `aiprefill/tests/provider_server.py`, a process."""

from typing import Any, Final

import httpx2

from trova.tests.waiting import until

PATIENCE: Final = 60


class Provider:
    """The pages beside its API. All times are Unix times."""

    def __init__(self, port: int) -> None:
        self._http = httpx2.Client(base_url=f"http://localhost:{port}", timeout=30)
        until(self._answers, PATIENCE)

    def script(self, *, events: int, seconds: float) -> None:
        """From now on answers leave in so many pieces over so many seconds."""
        self._http.post("/_script", json={"events": events, "seconds": seconds})

    def requests(self) -> list[dict[str, Any]]:
        """Every request: `at` is when it was there whole, `sent` has the time and kind of each event."""
        found: list[dict[str, Any]] = self._http.get("/_requests").json()
        return found

    def answered(self, known: int) -> dict[str, Any]:
        """The request after the first `known` ones, once its answer has left."""
        until(lambda: len(found := self.requests()) > known and is_answered(found[known]), PATIENCE)
        return self.requests()[known]

    def _answers(self) -> bool:
        try:
            return self._http.get("/_requests").is_success
        except httpx2.TransportError:
            return False


def is_answered(request: dict[str, Any]) -> bool:
    """Whether its terminal event has left."""
    return bool(request["sent"]) and request["sent"][-1][1] == "response.completed"
