"""Work of which only the newest is wanted: what is asked for ends what is done."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from chainview.system.long_work import GivenUp, given_up_when

_T = TypeVar("_T")


class NewestWork(Generic[_T]):
    """Does one piece of work at a time, on a thread of its own: what was asked for last.

    `work` is given up once something else is asked for, as `go_on` has it; it may let GivenUp pass.
    """

    def __init__(self, name: str, work: Callable[[_T], None]) -> None:
        self._work = work
        self._changed = threading.Condition()
        self._asked: list[_T] = []
        self._closing = self._stopped = False
        self._thread = threading.Thread(target=self._go, name=name, daemon=True)

    def ask(self, what: _T) -> None:
        """Does this next, and nothing that was asked for before and has not begun."""
        with self._changed:
            self._asked = [what]
            self._changed.notify_all()
            if self._thread.ident is None and not self._closing:
                self._thread.start()

    def stop(self) -> None:
        """Ends what is done, and does nothing in its place."""
        with self._changed:
            self._asked = []
            self._stopped = True

    def close(self) -> None:
        """Ends what is done, and does nothing any more; returns once it is over. Safe to repeat."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _is_over(self) -> bool:
        return bool(self._asked) or self._closing or self._stopped

    def _go(self) -> None:
        while True:
            with self._changed:
                while not self._asked and not self._closing:
                    self._changed.wait()
                if self._closing:
                    return
                what = self._asked.pop()
                self._stopped = False
            try:
                with given_up_when(self._is_over):
                    self._work(what)
            except GivenUp:
                continue
