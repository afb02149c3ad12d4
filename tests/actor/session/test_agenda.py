"""What a session does next, without an actor."""

from __future__ import annotations

import threading

import pytest

from chainview.actor.exports import CallRefused, Request
from chainview.actor.session.agenda import Agenda, Tick
from chainview.actor.session.host import SessionHost
from chainview.actor.session.status import Phase, Status
from chainview.chain.state_chain import StateChain
from chainview.pack.values import UNIT, Tuple
from tests.waiting import eventually

FIRST, SECOND = Request("a", Tuple(())), Request("b", Tuple((UNIT,)))


def agenda(*, timer: str | None = None) -> Agenda:
    """An agenda, where a timer is named with its first tick due."""
    host = SessionHost(StateChain())
    if timer is not None:
        host.start_timer(timer, 3_600_000)
    return Agenda(host)


def test_calls_and_ticks_wait_in_one_line() -> None:
    """A tick comes before the calls that were asked for after it was due, and behind those from before."""
    made = agenda(timer="beat")
    made.start_with([FIRST])
    made.add(SECOND)
    assert made.status("x").waiting == 2
    assert [made.next(), made.next(), made.next()] == [Tick("beat"), FIRST, SECOND]
    host = SessionHost(StateChain())
    later = Agenda(host)
    later.start_with([FIRST])
    host.start_timer("beat", 3_600_000)
    assert [later.next(), later.next()] == [FIRST, Tick("beat")]


def test_a_phase_follows_what_runs() -> None:
    """Starting until something may begin, running from when work is handed out, idle after it, ended at the end."""
    made = agenda()
    assert made.status("x") == Status(Phase.STARTING, "x")
    made.start_with([FIRST])
    made.next()
    assert made.hold("test") is False
    made.began("a")
    assert made.status("x").function == "a"
    made.finished()
    assert made.hold("test") is True
    status = made.status("x")
    assert (status.phase, status.function, status.calls) == (Phase.IDLE, None, 1)
    made.ended(Phase.ENDED, "stopped")
    assert made.status("x").message == "stopped"
    assert made.wait_quiet(0)


def test_nothing_is_taken_on_once_it_is_stopped() -> None:
    """What waited is not handed out, and a call is refused with the reason; so it is after the end."""
    made = agenda()
    made.start_with([FIRST])
    made.stop()
    assert made.next() is None
    for end in (made.stop, lambda: made.ended(Phase.FAILED, "no disk")):
        end()
        with pytest.raises(CallRefused, match="the actor has ended"):
            made.add(SECOND)


def test_an_interval_that_no_clock_counts_is_waited_for() -> None:
    """An actor may ask for 2^64 - 1 ms: its tick never comes, and what else is asked for does."""
    host = SessionHost(StateChain())
    host.start_timer("never", (1 << 64) - 1)
    made = Agenda(host)
    assert made.next() == Tick("never")

    def ask() -> None:
        eventually(lambda: made.status("x").phase is Phase.IDLE)
        made.add(FIRST)

    later = threading.Thread(target=ask)
    later.start()
    assert made.next() == FIRST
    later.join()
