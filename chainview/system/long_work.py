"""Long work, and waiting, that is given up in the middle once it is not wanted any more."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from contextlib import contextmanager
from typing import Any, Final, TypeVar, cast

PIECE: Final = 4096
"""How many small steps long work takes between two looks at whether it is still wanted."""


_T = TypeVar("_T")


Wait = Callable[[Future[Any], float | None], None]


class GivenUp(Exception):
    """The work is not wanted any more; what it was to make is not there."""


class _Wish(threading.local):
    over: Callable[[], bool] | None = None
    wait: Wait | None = None


_wish = _Wish()


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


def done(steps: Generator[object, None, _T]) -> _T:
    """What work comes to that makes pauses, done without them."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return cast("_T", end.value)


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
    if _wish.wait is not None and not awaited.done():
        _wish.wait(awaited, most)
        most = 0
    try:
        return awaited.result(most)
    except NotYet:
        raise TimeoutError from None
