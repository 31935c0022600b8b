"""What is still to be asked in a run, and what it may still cost: shared by the threads of one run."""

import heapq
import threading
import time
from collections.abc import Callable, Iterable
from itertools import count
from typing import Generic, TypeVar

T = TypeVar("T")


class Agenda(Generic[T]):
    """The calls of a run in their order. One that has to wait leaves its thread to the others."""

    def __init__(self, items: Iterable[T] = ()) -> None:
        self._numbers = count()
        self._waiting: list[tuple[float, int, T]] = []
        self._out = 0
        self._changed = threading.Condition()
        self.stopped: str | None = None
        """Why nothing more is handed out, though not everything is done."""
        self.fill(items)

    def fill(self, items: Iterable[T]) -> None:
        """Put these at the end, due at once."""
        with self._changed:
            now = time.monotonic()
            for item in items:
                heapq.heappush(self._waiting, (now, next(self._numbers), item))
            self._changed.notify_all()

    def take(self) -> T | None:
        """The next one that is due, waited for; None when all is done or the agenda was stopped.

        Each one taken is given back once, by `end` or by `again`.
        """
        with self._changed:
            while self.stopped is None and (self._waiting or self._out):
                pause = self._waiting[0][0] - time.monotonic() if self._waiting else None
                if pause is not None and pause <= 0:
                    self._out += 1
                    return heapq.heappop(self._waiting)[2]
                self._changed.wait(pause)
        return None

    def end(self) -> None:
        """One that was taken is done."""
        with self._changed:
            self._out -= 1
            self._changed.notify_all()

    def again(self, item: T, delay: float = 0.0) -> None:
        """One that was taken is to be taken once more, `delay` seconds from now."""
        with self._changed:
            heapq.heappush(self._waiting, (time.monotonic() + delay, next(self._numbers), item))
            self._out -= 1
            self._changed.notify_all()

    def stop(self, why: str) -> None:
        """Hand out nothing more; the first reason stays."""
        with self._changed:
            self.stopped = why if self.stopped is None else self.stopped
            self._changed.notify_all()


class CapReached(Exception):
    """Another call could bring the run's cost above what it may be."""

    def __init__(self, cap: int) -> None:
        super().__init__(f"The run may cost {cap / 1_000_000:.2f} USD, and another call could cost more.")


class Purse:
    """What a run has spent and set aside, in micro-dollars: together never more than its cap."""

    def __init__(self, cap: int, spent: int) -> None:
        self.cap = cap
        self.spent = spent
        self._reserved = 0
        self._changed = threading.Condition()

    def reserve(self, micros: int) -> None:
        """Set aside what a call can cost, waiting for running calls to give back what they did not need.

        Raises CapReached when none is running and it would still be too much.
        """
        with self._changed:
            while micros and self.spent + self._reserved + micros > self.cap:
                if not self._reserved:
                    raise CapReached(self.cap)
                self._changed.wait()
            self._reserved += micros

    def settle(self, reserved: int, spent: int) -> None:
        """Give back what was set aside for a call, and book what it cost."""
        with self._changed:
            self._reserved -= reserved
            self.spent += spent
            self._changed.notify_all()


def in_threads(count: int, work: Callable[[], None], name: str) -> None:
    """Do the work in so many threads at once until it ended in all of them; raises what it raised in one.

    They do not outlive the process: who is interrupted here may end at once and leave them behind.
    """
    raised: list[BaseException] = []

    def worked() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  raised again below
            raised.append(error)

    threads = [
        threading.Thread(target=worked, name=f"{name}-{number}", daemon=True) for number in range(count)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]
