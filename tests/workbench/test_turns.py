"""Turns for work that many have."""

from __future__ import annotations

import threading

from chainview.workbench.turns import Turns
from tests.waiting import eventually


def test_a_few_work_at_a_time_and_who_only_waits_gives_its_turn_back() -> None:
    """The others wait for theirs; giving it back twice, and again at the end, is giving it back once."""
    turns, goes_on, order = Turns(1), threading.Event(), list[str]()

    def work(name: str) -> None:
        with turns.turn() as turn:
            order.append(name)
            if name == "first":
                goes_on.wait(20)
                turn.give_back()
                turn.give_back()
                goes_on.clear()
                goes_on.wait(20)
        order.append(f"{name} is over")

    first = threading.Thread(target=work, args=("first",))
    first.start()
    eventually(lambda: order == ["first"])
    second = threading.Thread(target=work, args=("second",))
    second.start()
    assert order == ["first"]
    goes_on.set()
    eventually(lambda: order == ["first", "second", "second is over"])
    second.join()
    eventually(lambda: not goes_on.is_set())
    goes_on.set()
    first.join()
    with turns.turn():
        assert turns._free._value == 0
