"""What takes long is worked out on a thread, one thing at a time, and only what is still wanted by then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from textual.widget import Widget

_REST_SECONDS = 0.15
"""The cursor has to rest on a large event this long: who moves on is not to wait for it."""

Wanted = TypeVar("Wanted")
Found = TypeVar("Found")


class Latest(Generic[Wanted, Found]):
    """Works out on a thread what is wanted, the newest wish only, and hands it to `finish` on the screen's."""

    def __init__(self, widget: Widget, work: Callable[[Wanted], Found], finish: Callable[[Found], None]) -> None:
        self._widget = widget
        self._work_out = work
        self._hand_over = finish
        self._wanted: Wanted | None = None
        self._running = False

    def later(self, wanted: Wanted) -> None:
        """Works it out unless something else is wanted before its turn."""
        self._wanted = wanted
        self._widget.set_timer(_REST_SECONDS, lambda: self._start(wanted))

    def _start(self, wanted: Wanted) -> None:
        if wanted is not self._wanted or self._running:
            return
        self._running = True
        self._widget.run_worker(lambda: self._work(wanted), thread=True, group="details", exit_on_error=False)

    def _work(self, wanted: Wanted) -> None:
        app = self._widget.app
        try:
            found = self._work_out(wanted)
        except BaseException:
            app.call_from_thread(self._end, wanted)
            raise
        app.call_from_thread(self._finish, wanted, found)

    def _finish(self, wanted: Wanted, found: Found) -> None:
        self._hand_over(found)
        self._end(wanted)

    def _end(self, wanted: Wanted) -> None:
        self._running = False
        if self._wanted is not None and self._wanted is not wanted:
            self._start(self._wanted)
