"""How often a screen looks for events hangs on what somebody could see of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from chainview.chain.files.opened import open_chain
from chainview.chain.state_chain import linked
from chainview.ui.feeds.feed import Taken
from chainview.ui.feeds.file_sources import FileSource
from chainview.ui.live import pace
from chainview.ui.live.pace import LookPace
from tests.chain import samples
from tests.ui.app_driver import Driven, drive, few_calls
from tests.waiting import LIMIT

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
    found = LookPace(clock)
    wait = 0.05
    for _ in range(looks):
        clock.now += wait
        wait = found.next_look(Taken(round(rate * wait)), more=more, following=following, height=HEIGHT)
        told.append(wait)
    return told


@pytest.mark.parametrize("rate", [40, 80, 110])
def test_rows_that_can_be_read_come_soon(rate: float) -> None:
    """Rows that stay for a while are shown within a tenth of a second."""
    assert max(looked(rate, following=True)) < 0.1


@pytest.mark.parametrize("rate", [150, 350, 100_000])
def test_rows_that_nobody_reads_are_not_all_painted(rate: float) -> None:
    """A screen that is another one all the time is painted three times a second."""
    assert looked(rate, following=True)[-1] == 0.3


def test_a_view_that_stands_still_is_told_of_numbers_alone() -> None:
    """Where events come below what is looked at, looks are fewer than where they are followed, and no fewer if idle."""
    assert looked(350, following=False)[-1] == 0.4
    assert looked(0, following=False)[-1] == looked(0, following=True)[-1] == 0.1


def test_work_that_is_left_goes_on_at_once() -> None:
    """A search, or a file that is read, waits for no look."""
    assert looked(350, following=True, more=True)[-1] < 0.01
    clock = Clock()
    assert LookPace(clock).next_look(Taken(5, more=True), more=False, following=False, height=HEIGHT) < 0.01


def test_a_chain_to_which_nothing_comes_is_looked_at_seldom() -> None:
    """Of a file that is read there is left what becomes of it: to tell that a little later costs nobody anything."""
    looked_at = LookPace(Clock())
    waits = [
        looked_at.next_look(Taken(), more=False, following=on, height=HEIGHT, settled=True) for on in (False, True)
    ]
    assert waits == [0.5, 0.5]
    assert looked_at.next_look(Taken(), more=True, following=False, height=HEIGHT, settled=True) < 0.01


def test_work_that_a_key_begins_waits_for_no_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long nothing was to be looked for, what is begun goes on at once, and to its end."""
    monkeypatch.setattr(pace, "_SETTLED_SECONDS", 1e6)
    path = tmp_path / "a.chain"
    path.write_bytes(samples.native(list(linked(few_calls(3)))))

    async def script(driven: Driven) -> None:
        screen, done = driven.screen, list[int]()
        async with asyncio.timeout(LIMIT):
            while screen.feed is None or not screen.feed.settled:
                await driven.flush()
        screen.ticking = True
        screen.tick_on()

        def work() -> Iterator[None]:
            for step in range(3):
                done.append(step)
                yield

        screen.slices.add("test", work())
        async with asyncio.timeout(LIMIT):
            while done != [0, 1, 2] or screen.slices:
                await asyncio.sleep(0.01)

    drive(FileSource(open_chain(path)), script)
