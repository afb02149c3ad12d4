"""An event loop on a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import CancelledError, Future

import pytest

from chainview.system.event_loop import EventLoop
from tests.waiting import LIMIT


async def named() -> str:
    """The thread that runs it."""
    return threading.current_thread().name


def test_coroutines_run_on_its_thread_which_ends_and_may_begin_again() -> None:
    """There is none before the first, and none after the end; ending it twice is fine."""
    made = EventLoop("beside")
    made.close()
    for _ in range(2):
        assert not made.begun
        assert made.run(named()).result(LIMIT) == "beside"
        assert made.begun
        made.close()
        made.close()
        assert not any(each.name == "beside" for each in threading.enumerate())


def test_what_fails_fails_its_future() -> None:
    """Whoever waits gets the error itself."""

    async def failing() -> None:
        raise ValueError("no")

    made = EventLoop("beside")
    with pytest.raises(ValueError, match="no"):
        made.run(failing()).result(LIMIT)
    made.close()


def test_what_is_cancelled_ends_and_before_it_began_does_nothing() -> None:
    """The end of the loop cancels what still runs."""
    made, begun, ended = EventLoop("beside"), list[str](), Future[str]()

    async def waiting(name: str) -> None:
        begun.append(name)
        try:
            await asyncio.Event().wait()
        finally:
            ended.set_result(name)

    async def held() -> None:
        entered.set_result(None)
        gate.result(LIMIT)

    entered, gate = Future[None](), Future[None]()
    holding = made.run(held())
    entered.result(LIMIT)
    never = made.run(waiting("never"))
    never.cancel()
    gate.set_result(None)
    holding.result(LIMIT)
    assert begun == []
    first = made.run(waiting("first"))
    made.run(named()).result(LIMIT)
    first.cancel()
    assert ended.result(LIMIT) == "first"
    ended = Future[str]()
    last = made.run(waiting("last"))
    made.run(named()).result(LIMIT)
    made.close()
    assert ended.result(LIMIT) == "last"
    with pytest.raises(CancelledError):
        last.result(LIMIT)
