"""Long work, and waiting, that is given up in the middle once it is not wanted any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

if TYPE_CHECKING:
    from concurrent.futures import Future

PIECE: Final = 4096
"""How many small steps long work takes between two looks at whether it is still wanted."""


_T = TypeVar("_T")


Wait = Callable[["Future[Any]", float | None], None]


class GivenUp(Exception):
    """The work is not wanted any more; what it was to make is not there."""


class _Wish(threading.local):
    over: Callable[[], bool] | None = None
    wait: Wait | None = None
    turns: Turns | None = None
    has_turn: bool = False


_wish = _Wish()


class Turns:
    """Lets only so many threads work at once, as many more would only hold each other up.

    A thread that waits by `wait_for` has no turn meanwhile. One that gets none for so many seconds works all the same.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._free, self._seconds = threading.Semaphore(most), seconds

    @contextmanager
    def taken(self) -> Iterator[None]:
        """For work of this thread, which may wait for its turn first."""
        self._take()
        try:
            yield
        finally:
            self._give_back()
            _wish.turns = None

    @contextmanager
    def waived(self) -> Iterator[None]:
        """For a wait of this thread's work."""
        self._give_back()
        try:
            yield
        finally:
            self._take()

    def _take(self) -> None:
        _wish.turns, _wish.has_turn = self, self._free.acquire(timeout=self._seconds)

    def _give_back(self) -> None:
        if _wish.has_turn:
            self._free.release()
        _wish.has_turn = False


@contextmanager
def given_up_when(over: Callable[[], bool], wait: Wait | None = None) -> Iterator[None]:
    """Lets `go_on` raise GivenUp in this thread once `over` says so.

    `wait` is how `wait_for` waits until a future is done, or that many seconds; it raises GivenUp where the work is not
    wanted any more.
    """
    before, _wish.over, _wish.wait = (_wish.over, _wish.wait), over, wait
    try:
        yield
    finally:
        _wish.over, _wish.wait = before


class OutOfTime(Exception):
    """The work was given up because it took longer than it may; what it was to make is not there."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Lets `go_on` give up the work of this thread after so many seconds too; raises OutOfTime then."""
    until, over = time.monotonic() + seconds, _wish.over

    def is_over() -> bool:
        return time.monotonic() >= until or (over is not None and over())

    try:
        with given_up_when(is_over, _wish.wait):
            yield
    except GivenUp:
        if over is not None and over():
            raise
        raise OutOfTime from None


def done(steps: Generator[object, None, _T]) -> _T:
    """What work comes to that makes pauses, done without them."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return cast("_T", end.value)


def over_here() -> Callable[[], bool] | None:
    """What says in this thread that its work is not wanted any more; None where nobody does."""
    return _wish.over


def go_on() -> None:
    """What long work asks before each of its pieces: raises GivenUp where it is not wanted any more."""
    over = _wish.over
    if over is not None and over():
        raise GivenUp


def wait_for(awaited: Future[_T], seconds: float | None = None) -> _T:
    """What the future holds once it is done; raises what it failed with, and GivenUp once it is not wanted any more.

    Raises TimeoutError where it is not done after so many seconds.
    """
    most = None if seconds is None else min(seconds, threading.TIMEOUT_MAX)
    if awaited.done():
        return awaited.result()
    with nullcontext() if _wish.turns is None else _wish.turns.waived():
        if _wish.wait is not None:
            _wish.wait(awaited, most)
            most = 0
        with suppress(TimeoutError):
            awaited.exception(most)
    return awaited.result(0)
