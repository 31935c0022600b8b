"""What the threads of a run share: every call is handed out until it is done, and the cap holds."""

import threading
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.runner.agenda import Agenda, CapReached, Purse


@settings(max_examples=20)
@given(tries=st.lists(st.integers(1, 4), max_size=30), threads=st.integers(1, 8))
def test_each_is_taken_as_often_as_it_needs(tries: list[int], threads: int) -> None:
    agenda = Agenda(range(len(tries)))
    taken = [0] * len(tries)

    def work() -> None:
        while (item := agenda.take()) is not None:
            taken[item] += 1
            if taken[item] < tries[item]:
                agenda.again(item, 0.001)
            else:
                agenda.end()

    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(work) for _ in range(threads)]:
            done.result(10)
    assert taken == tries


def test_one_that_waits_lets_the_others_pass() -> None:
    agenda = Agenda(["slow", "next"])
    assert agenda.take() == "slow"
    agenda.again("slow", 60)
    assert agenda.take() == "next"
    agenda.end()
    agenda.stop("enough")
    agenda.stop("later")
    assert agenda.take() is None
    assert agenda.stopped == "enough"


@given(cap=st.integers(0, 1000), reserve=st.integers(1, 300), seed=st.integers())
@settings(max_examples=25)
def test_the_cap_is_never_passed(cap: int, reserve: int, seed: int) -> None:
    purse, random, lock = Purse(cap, spent=0), Random(seed), threading.Lock()  # noqa: S311  no secret
    open_now = most = 0

    def work() -> None:
        nonlocal open_now, most
        while True:
            try:
                purse.reserve(reserve)
            except CapReached:
                return
            with lock:
                open_now += reserve
                most = max(most, open_now + purse.spent)
                cost = random.randint(0, reserve) if random.random() < 0.8 else reserve
            with lock:
                open_now -= reserve
                purse.settle(reserve, cost)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(work) for _ in range(4)]:
            done.result(10)
    assert most <= cap
    assert purse.spent > cap - reserve
    if cap < reserve:
        assert purse.spent == 0


def test_what_costs_nothing_needs_no_money() -> None:
    Purse(0, spent=5).reserve(0)
    with pytest.raises(CapReached, match=r"0\.00 USD"):
        Purse(0, spent=0).reserve(1)
