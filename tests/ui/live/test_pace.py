"""How often a screen looks for events hangs on what somebody could see of them."""

from __future__ import annotations

import pytest

from chainview.ui.feeds.feed import Taken
from chainview.ui.live.pace import LookPace

HEIGHT = 25


class Clock:
    """A time that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def looked(rate: float, *, following: bool, more: bool = False, looks: int = 10) -> list[float]:
    """The times between looks where so many events a second come."""
    clock, told = Clock(), list[float]()
    pace = LookPace(clock)
    wait = 0.05
    for _ in range(looks):
        clock.now += wait
        wait = pace.next_look(Taken(round(rate * wait)), more=more, following=following, height=HEIGHT)
        told.append(wait)
    return told


@pytest.mark.parametrize("rate", [40, 80, 110])
def test_rows_that_can_be_read_come_soon(rate: float) -> None:
    """Rows that stay for a while are shown within a tenth of a second."""
    assert max(looked(rate, following=True)) < 0.1


@pytest.mark.parametrize("rate", [150, 350, 100_000])
def test_rows_that_nobody_reads_are_not_all_painted(rate: float) -> None:
    """A screen that is another one all the time is painted five times a second."""
    assert looked(rate, following=True)[-1] == 0.2


def test_a_view_that_stands_still_is_told_of_numbers_alone() -> None:
    """Where events come below what is looked at, looks are fewer than where they are followed, and no fewer if idle."""
    assert looked(350, following=False)[-1] == 0.25
    assert looked(0, following=False)[-1] == looked(0, following=True)[-1] == 0.1


def test_work_that_is_left_goes_on_at_once() -> None:
    """A search, or a file that is read, waits for no look."""
    assert looked(350, following=True, more=True)[-1] < 0.01
    clock = Clock()
    assert LookPace(clock).next_look(Taken(5, more=True), more=False, following=False, height=HEIGHT) < 0.01
