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


class ByTheBook:
    """Timers by name, each with when it is due and its interval, all of which are looked at each time."""

    def __init__(self) -> None:
        self.due: dict[str, list[float]] = {}

    def take_due(self, now: float) -> str | None:
        """The timer that has waited longest, whose next tick is planned."""
        late = min([(due, name) for name, (due, _) in self.due.items() if due <= now], default=None)
        if late is not None:
            self.due[late[1]][0] = max(late[0] + self.due[late[1]][1], now)
        return None if late is None else late[1]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["start", "stop", "take"]), st.floats(0, 5))))
def test_timers_are_those_of_a_simple_list(steps: list[tuple[str, str, float]]) -> None:
    """Whatever is started, stopped and taken, the same timers run and the same one is due next."""
    timers, book, now = Timers(), ByTheBook(), 0.0
    for name, step, number in steps:
        now += number
        if step == "start" and name not in book.due:
            assert timers.start(name, 1 + number, now)
            book.due[name] = [now, 1 + number]
        elif step == "stop":
            assert timers.stop(name) is (book.due.pop(name, None) is not None)
        else:
            assert timers.take_due(now) == book.take_due(now)
        assert timers.names == tuple(book.due)
        assert timers.next_due() == min([due for due, _ in book.due.values()], default=None)


def test_very_many_timers_tick_one_after_the_other() -> None:
    """What a tick costs does not grow with the timers, nor do timers that are stopped leave anything behind."""
    timers = Timers()
    for number in range(20_000):
        timers.start(str(number), 3600.0, 0.0)
    assert len({timers.take_due(1.0) for _ in range(20_000)}) == 20_000
    assert timers.take_due(1.0) is None
    for number in range(20_000):
        timers.stop(str(number))
        timers.start("again", 3600.0, 0.0)
        timers.stop("again")
    assert timers.names == ()
    assert len(timers._planned) < 1000
