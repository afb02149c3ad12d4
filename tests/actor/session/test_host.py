"""When timers are due."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chainview.actor.session.host import Timers


def test_the_first_tick_is_due_at_once() -> None:
    """A timer that was just started has a tick due, and the next one only after its interval."""
    timers = Timers()
    assert timers.start("beat", 2.0, now=10.0)
    assert timers.take_due(10.0) == "beat"
    assert timers.take_due(11.9) is None
    assert timers.next_due() == 12.0
    assert timers.take_due(12.0) == "beat"


def test_a_name_runs_once() -> None:
    """Starting a running name, and stopping an unknown one, are refused."""
    timers = Timers()
    assert timers.start("a", 1.0, 0.0)
    assert not timers.start("a", 5.0, 0.0)
    assert timers.stop("a")
    assert not timers.stop("a")
    assert timers.next_due() is None


@given(st.floats(0.001, 10), st.lists(st.floats(0, 100), min_size=1, max_size=30))
def test_never_more_than_one_tick_waits(interval: float, waits: list[float]) -> None:
    """However long the actor was busy, taking the due tick leaves at most one that is due at the same moment."""
    timers, now = Timers(), 0.0
    timers.start("t", interval, now)
    for wait in waits:
        now += wait
        if timers.take_due(now) is not None:
            due = timers.next_due()
            assert due is not None
            assert due >= now


def test_the_longest_waiting_tick_comes_first() -> None:
    """Of two due ticks the one that was due earlier is taken."""
    timers = Timers()
    timers.start("slow", 5.0, 0.0)
    timers.start("fast", 1.0, 0.0)
    assert {timers.take_due(0.0), timers.take_due(0.0)} == {"slow", "fast"}
    assert timers.take_due(6.0) == "fast"
    assert timers.take_due(6.0) == "slow"
