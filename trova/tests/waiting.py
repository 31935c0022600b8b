"""Waiting on conditions: as long as it takes, and not for ever."""

import time
from collections.abc import Callable


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    """Return when `condition` holds. Raises AssertionError when it does not within the seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.03)  # between two looks at the condition
