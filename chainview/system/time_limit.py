"""A limit on how long a stretch of work may keep this process busy, also inside a regular expression.

Matching an expression looks at signals, and at nothing else.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class OutOfTime(Exception):
    """The work was not done in time."""


class _Limit:
    def __init__(self) -> None:
        self._running = self._listens = False

    @contextmanager
    def over(self, seconds: float) -> Iterator[None]:
        if self._running or threading.current_thread() is not threading.main_thread():
            yield
            return
        if not self._listens:
            # Setting it costs more than most of the work that has a limit, of which there may be very much.
            signal.signal(signal.SIGVTALRM, self._ring)
        self._running = self._listens = True
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
        try:
            yield
        finally:
            self._end()

    def _ring(self, number: int, frame: FrameType | None) -> None:
        if self._running:
            self._end()
            raise OutOfTime

    def _end(self) -> None:
        self._running = False
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


time_limit = _Limit().over
"""Raises OutOfTime in a block once it has kept the process busy for so many seconds; within another such block, and on
any other thread than the main one, there is no limit."""
