"""What time a call has: what the machine gives to others is not the call's."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future

import pytest
import wasmtime

from chainview.actor.engine import watchdog as watchdog_module
from chainview.actor.engine.watchdog import Watchdog
from chainview.chain.failure import INTERRUPTED
from chainview.system.long_work import GivenUp, given_up_when
from tests.waiting import LIMIT


class Clocks:
    """The time that passes, and how much of it this thread runs."""

    def __init__(self) -> None:
        self.passed = self.ran = 1000.0

    def go_on(self, passed: float, ran: float) -> None:
        """So much time passes, of which this thread runs so much."""
        self.passed += passed
        self.ran += ran


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    """Clocks in the place of the machine's."""
    made = Clocks()
    monkeypatch.setattr(time, "monotonic", lambda: made.passed)
    monkeypatch.setattr(time, "thread_time", lambda: made.ran)
    return made


@pytest.fixture
def watchdog(clocks: Clocks) -> Watchdog:
    """One that gives calls ten seconds."""
    return Watchdog(wasmtime.Engine(), b"", 10.0)


def test_a_call_on_a_busy_machine_has_the_time_that_it_runs(watchdog: Watchdog, clocks: Clocks) -> None:
    """It is stopped once it ran for so long, or after eight times as long if it hardly runs."""
    watchdog.begin()
    clocks.go_on(40.0, 9.0)
    assert not watchdog.is_over()
    clocks.go_on(2.0, 1.0)
    assert watchdog.is_over()
    watchdog.begin()
    clocks.go_on(79.0, 1.0)
    assert not watchdog.is_over()
    clocks.go_on(1.0, 0.0)
    assert watchdog.is_over()


def test_a_call_that_runs_all_the_time_is_over_with_its_time(watchdog: Watchdog, clocks: Clocks) -> None:
    """Or with less, where less was given."""
    watchdog.begin(5.0)
    clocks.go_on(4.9, 4.9)
    assert not watchdog.is_over()
    clocks.go_on(0.1, 0.1)
    assert watchdog.is_over()


def test_the_time_that_a_call_waits_is_not_its_own(watchdog: Watchdog, clocks: Clocks) -> None:
    """However long it waited, it has as much time left as it had before."""
    watchdog.begin()
    clocks.go_on(4.0, 4.0)
    late = Future[None]()
    late.set_result(None)
    moments = iter((clocks.passed, clocks.passed + 3600.0))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "monotonic", lambda: next(moments))
        watchdog.wait_for(late)
    clocks.go_on(3605.0, 5.0)
    assert not watchdog.is_over()
    clocks.go_on(1.0, 1.0)
    assert watchdog.is_over()


def test_a_call_that_waits_is_interrupted(watchdog: Watchdog) -> None:
    """Whether it is interrupted while it waits, or just before."""
    watchdog.begin()
    never = Future[None]()
    threading.Timer(0.01, watchdog.interrupt).start()
    with pytest.raises(GivenUp):
        watchdog.wait_for(never)
    with pytest.raises(GivenUp):
        watchdog.wait_for(never)


def test_a_call_is_over_once_the_work_is_not_wanted_of_which_it_is_a_part(watchdog: Watchdog) -> None:
    """As one that was interrupted, also when it is looked at later; the next call begins anew."""
    wanted = [True, True, False]
    with given_up_when(lambda: not wanted.pop(0)):
        watchdog.begin()
        assert [watchdog.is_over() for _ in range(4)] == [False, False, True, True]
        assert watchdog.why_over == INTERRUPTED
        watchdog.end()
    watchdog.begin()
    assert not watchdog.is_over()
    watchdog.end()


def test_one_thread_ticks_for_all_and_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """It begins with the first call, and none ends: who looks at all threads may wait for ever for one that does."""
    monkeypatch.setattr(watchdog_module, "_ticker", watchdog_module._Ticker())
    before, engine = set(threading.enumerate()), wasmtime.Engine()
    seen = set[threading.Thread]()
    for _ in range(3):
        watchdog = Watchdog(engine, b"", 1.0)
        watchdog.begin()
        seen |= set(threading.enumerate()) - before
        watchdog.end()
    (thread,) = seen
    assert thread.is_alive()
    assert thread.daemon


def test_the_engine_is_told_of_the_time_while_guest_code_runs_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its epoch moves on from the beginning of a call to its end, in each call anew."""
    monkeypatch.setattr(watchdog_module, "_ticker", watchdog_module._Ticker())
    monkeypatch.setattr(watchdog_module, "TICK_SECONDS", 0.001)
    ticks = threading.Semaphore(0)

    class Engine:
        def increment_epoch(self) -> None:
            ticks.release()

    for _ in range(2):
        watchdog = Watchdog(Engine(), b"", 1.0)  # type: ignore[arg-type]
        watchdog.begin()
        assert ticks.acquire(timeout=LIMIT)
        watchdog.end()
