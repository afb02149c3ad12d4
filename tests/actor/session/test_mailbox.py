"""Calls that wait for an actor."""

from __future__ import annotations

import threading

import pytest

from chainview.actor.exports import Request
from chainview.actor.hosts.family import ActorError, CallbackFailed
from chainview.actor.session.agenda import Agenda
from chainview.actor.session.host import SessionHost
from chainview.actor.session.status import Phase
from chainview.chain.state_chain import StateChain
from chainview.pack.values import S32, UNIT, Tuple

CALL = Request("a", Tuple(()))


def test_calls_of_a_person_and_of_an_interface_wait_in_one_line() -> None:
    """They are handed out in the order in which they came."""
    host = SessionHost(StateChain())
    made = Agenda(host)
    made.add(CALL)
    response = host.call_back("b", UNIT)
    assert made.next() is CALL
    callback = host.mailbox.take()
    assert callback is not None
    assert not isinstance(callback, Request)
    callback.answer(S32(1))
    assert response.result() == S32(1)


def test_a_call_that_failed_and_one_that_is_not_made_any_more_fail() -> None:
    """Whoever waits for a response is told so, also of what is asked for after the end."""
    host = SessionHost(StateChain())
    failed, left = host.call_back("a", UNIT), host.call_back("b", UNIT)
    callback = host.mailbox.take()
    assert callback is not None
    assert not isinstance(callback, Request)
    callback.fail(ActorError("internal", "it trapped"))
    with pytest.raises(CallbackFailed, match="it trapped"):
        failed.result()
    host.mailbox.put(CALL)
    host.mailbox.close()
    assert host.mailbox.asked_for == 1
    for waiting in (left, host.call_back("c", UNIT)):
        with pytest.raises(CallbackFailed, match="Operation channel closed"):
            waiting.result()
    assert not host.mailbox.put(CALL)


def test_an_actor_that_something_may_still_call_is_not_quiet() -> None:
    """What is expected from outside keeps a session waiting until it is over, as a timer does."""
    host = SessionHost(StateChain())
    made = Agenda(host)
    over = host.expect("listens on 127.0.0.1:80")
    assert host.expected == ("listens on 127.0.0.1:80",)
    made.pause()
    waiting = threading.Thread(target=made.next, daemon=True)
    waiting.start()
    assert not made.wait_quiet(0)
    over()
    over()
    assert made.wait_quiet(20)
    made.stop()
    waiting.join(20)
    assert made.status("x").phase in (Phase.IDLE, Phase.PAUSED)
