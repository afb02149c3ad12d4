"""Working out large events on a thread, one at a time, and only those that are still wanted by then."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.screen import Screen

from chainview.ui.details import DetailPane

if TYPE_CHECKING:
    from chainview.ui.event_facts import Facts, Reading
    from chainview.ui.lines import LazyLines

_REST_SECONDS = 0.15
"""The cursor has to rest on a large event this long: who moves on is not to wait for it."""
_LINES_AHEAD = 400


class Reader:
    """Hands the details what a thread has worked out for them."""

    def __init__(self, screen: Screen[None], details: Callable[[], DetailPane]) -> None:
        self._screen = screen
        self._details = details
        self._wanted: Facts | None = None
        self._running = False

    def later(self, facts: Facts) -> None:
        """Works out an event unless another one is asked for before its turn."""
        self._wanted = facts
        self._screen.set_timer(_REST_SECONDS, lambda: self._start(facts))

    def _start(self, facts: Facts) -> None:
        if facts is not self._wanted or self._running:
            return
        self._running = True
        self._screen.run_worker(lambda: self._work(facts), thread=True, group="details", exit_on_error=False)

    def _work(self, facts: Facts) -> None:
        from chainview.ui.event_facts import work_out

        app = self._screen.app
        try:
            reading = work_out(facts)
            lines = self._details().lines_of(reading)
            lines.ensure(_LINES_AHEAD)
        except BaseException:
            app.call_from_thread(self._finish, facts, None, None)
            raise
        app.call_from_thread(self._finish, facts, reading, lines)

    def _finish(self, facts: Facts, reading: Reading | None, lines: LazyLines | None) -> None:
        self._running = False
        if reading is not None:
            self._details().finish(reading, lines)
        if self._wanted is not None and self._wanted is not facts:
            self._start(self._wanted)
