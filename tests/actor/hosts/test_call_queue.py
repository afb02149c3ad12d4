"""Calls of an actor that are made one after the other."""

from __future__ import annotations

import threading
from concurrent.futures import Future

import pytest

from chainview.actor.hosts.call_queue import CallQueue, NeverMade
from chainview.actor.session.host import SessionHost
from chainview.actor.session.mailbox import Callback
from chainview.chain.state_chain import StateChain
from chainview.pack.values import U32, UNIT, Value
from chainview.system.long_work import GivenUp, given_up_when
from tests.waiting import eventually


def taken(host: SessionHost) -> Callback | None:
    """The call that waits in the actor's mailbox."""
    call = host.mailbox.take()
    assert call is None or isinstance(call, Callback)
    return call


def test_the_next_call_waits_for_the_one_before() -> None:
    """Only one lies in the actor's mailbox, so that what others ask comes between them; each is told its response."""
    host = SessionHost(StateChain())
    queue, told = CallQueue(host, 5), list[Value]()
    for number in range(3):
        assert queue.put("f", U32(number), lambda done: told.append(done.result()))
    for number in range(3):
        call = taken(host)
        assert call is not None
        assert call.params == U32(number)
        assert taken(host) is None
        call.answer(U32(number + 10))
    assert told == [U32(10), U32(11), U32(12)]


def test_a_call_that_fails_is_followed_by_the_next() -> None:
    """Its failure is told to whoever made it."""
    host = SessionHost(StateChain())
    queue, told = CallQueue(host, 5), list[Future[Value]]()
    queue.put("f", UNIT, told.append)
    queue.put("g", UNIT, told.append)
    failing = taken(host)
    assert failing is not None
    failing.fail()
    assert told[0].exception() is not None
    assert taken(host) is not None


def test_whoever_adds_too_many_waits_until_there_is_room() -> None:
    """One is with the actor and two wait; the next is added once the first of them goes."""
    host = SessionHost(StateChain())
    queue, added = CallQueue(host, 2), list[int]()

    def add() -> None:
        for number in range(5):
            queue.put("f", U32(number))
            added.append(number)

    threading.Thread(target=add, daemon=True).start()
    eventually(lambda: added == [0, 1, 2])
    for number in range(5):
        call: Callback | None = None
        eventually(lambda: len(host.mailbox) == 1)
        call = taken(host)
        assert call is not None
        assert call.params == U32(number)
        call.answer(UNIT)
    eventually(lambda: len(added) == 5)


def test_who_waits_for_room_can_be_given_up_and_takes_nobody_elses_place() -> None:
    """A call that is not wanted any more is never made."""
    host = SessionHost(StateChain())
    queue = CallQueue(host, 1)
    queue.put("f", U32(0))
    queue.put("f", U32(1))

    def give_up(awaited: Future[object], seconds: float | None) -> None:
        raise GivenUp

    with given_up_when(lambda: False, give_up), pytest.raises(GivenUp):
        queue.put("f", U32(2))
    for number in (0, 1):
        call = taken(host)
        assert call is not None
        assert call.params == U32(number)
        call.answer(UNIT)
    assert taken(host) is None


def test_a_closed_queue_makes_no_call_and_holds_nobody_up() -> None:
    """What still waits is told so, who waits for room goes on, and what comes later is not taken."""
    host = SessionHost(StateChain())
    queue, told, late = CallQueue(host, 3000), list[Future[Value]](), list[bool]()
    for _ in range(3001):
        queue.put("f", UNIT, told.append)
    thread = threading.Thread(target=lambda: late.append(queue.put("f", UNIT)), daemon=True)
    thread.start()
    host.mailbox.close()
    queue.close()
    thread.join(20)
    assert len(told) == 3001
    assert isinstance(told[-1].exception(), NeverMade) or told[-1].exception() is not None
    assert late in ([False], [True])
    assert not queue.put("f", UNIT)


def test_calls_of_an_actor_that_has_ended_all_fail() -> None:
    """Without growing the stack, however many wait."""
    host = SessionHost(StateChain())
    queue, told = CallQueue(host, 5000), list[Future[Value]]()
    for _ in range(5000):
        queue.put("f", UNIT, told.append)
    host.mailbox.close()
    assert len(told) == 5000
    assert all(each.exception() is not None for each in told)
