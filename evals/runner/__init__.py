"""Runs: a prompt version asked about every case of a split as production asks, settled call by call.

    order = Order(version, release, "gate")
    run, is_new = ask(order)
    if claimed := claim(run):
        Performance(claimed).perform()

`ask` leaves a row that a worker finds by the bell `evals`; whoever performs it holds it by a lease.
"""

from evals.runner.asking import NotRun, Order, ask, go_on, ring
from evals.runner.lease import ask_to_stop, claim, due_count, sweep
from evals.runner.performance import Performance, Progress, hand_back, perform_next

__all__ = [
    "NotRun",
    "Order",
    "Performance",
    "Progress",
    "ask",
    "ask_to_stop",
    "claim",
    "due_count",
    "go_on",
    "hand_back",
    "perform_next",
    "ring",
    "sweep",
]
