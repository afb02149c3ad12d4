"""A message on one of a screen's own lines: unlike a toast it covers nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from rich.cells import cell_len
from textual.screen import Screen

from chainview.system.wording import visible
from chainview.ui.lines.line import Line

Severity = Literal["information", "warning", "error"]
_SECONDS = {"information": 4.0, "warning": 5.0, "error": 10.0}
_ROLES = {"information": "accent", "warning": "warn", "error": "bad"}


class Notice:
    """The message that a screen shows for some seconds; one that has no room on its line becomes a toast."""

    def __init__(self, screen: Screen[None], repaint: Callable[[], None]) -> None:
        self.text = ""
        self._role = "text"
        self._number = 0
        self._screen = screen
        self._repaint = repaint

    @property
    def line(self) -> Line:
        """The message with its role; empty when there is none."""
        return [(" ", "text"), (self.text, self._role)] if self.text else []

    def say(self, text: str, severity: Severity, room: int) -> None:
        """Shows a message where it fits in `room` cells; what is in it is never read as markup."""
        text = visible(text)
        if cell_len(text) + 1 > room:
            self.text = ""
            self._screen.app.notify(text, severity=severity, markup=False, timeout=_SECONDS[severity])
        else:
            self.text, self._role = text, _ROLES[severity]
            self._number += 1
            number = self._number
            self._screen.set_timer(_SECONDS[severity], lambda: self._end(number))
        self._repaint()

    def clear(self) -> None:
        """Takes the message away before its time: what it says holds no more."""
        self._end(self._number)

    def _end(self, number: int) -> None:
        if number == self._number:
            self.text = ""
            self._repaint()
