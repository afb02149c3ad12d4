"""The terminal of the actors on the live screen: what they write is kept as lines, what is typed is handed to them."""

from __future__ import annotations

import re
import threading
from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Callable
from typing import Final

from chainview.actor.hosts.terminal import Listener, Terminal

MOST_LINES: Final = 5_000
"""Lines that are kept of what was written."""
_LONGEST_LINE: Final = 4_000
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
"""What drives a terminal and is nothing to be read."""


class Writer(str):
    """The name of an actor, between the lines of others and those that it writes."""


class PaneTerminal:
    """Any thread may write to it, type into it and look at it."""

    def __init__(self) -> None:
        self.raw = False
        """Whether each key is handed over as it is typed."""
        self.written = 0
        """How often something was written; looked at to know whether there is something new."""
        self._lines: deque[str | Writer] = deque([""], MOST_LINES)
        self._writer: Writer | None = None
        """Who wrote last."""
        self._decoder = getincrementaldecoder("utf-8")("replace")
        self._held = ""
        """The beginning of an escape sequence that is not all there yet."""
        self._listeners: list[Listener] = []
        self._size: tuple[int, int] | None = None
        self._lock = threading.Lock()

    @property
    def lines(self) -> list[str | Writer]:
        """What was written, the last line as far as it is there; once several wrote, with who begins to."""
        with self._lock:
            return list(self._lines)

    @property
    def listened(self) -> bool:
        """Whether an actor takes what is typed."""
        with self._lock:
            return bool(self._listeners)

    def of(self, actor: Callable[[], str]) -> Terminal:
        """The same terminal for an actor, whose name stands above what it writes once another has written as well."""
        return _OfActor(self, actor)

    def write(self, data: bytes, writer: str = "") -> None:
        """Shows what an actor writes."""
        with self._lock:
            self._tell_writer(Writer(writer))
            self._show(self._decoder.decode(data))

    def _tell_writer(self, writer: Writer) -> None:
        before, self._writer = self._writer, writer
        if before is None or before == writer:
            return
        if not any(isinstance(line, Writer) for line in self._lines):
            self._lines.appendleft(before)
        if not self._lines[-1]:
            self._lines.pop()
        self._lines += (writer, "")

    def _show(self, text: str) -> None:
        text = _ESCAPES.sub("", self._held + text)
        begun = text.rfind("\x1b")
        self._held = text[begun:] if begun >= 0 and len(text) - begun < _LONGEST_LINE else ""
        text = (text[:begun] if self._held else text).replace("\r\n", "\n")
        for number, line in enumerate(text.split("\n")):
            if number:
                self._lines.append("")
            # What begins its line again is shown from there.
            whole = (self._lines[-1] + line).rpartition("\r")[2]
            self._lines[-1] = whole[:_LONGEST_LINE]
        self.written += 1

    def size(self) -> tuple[int, int] | None:
        """The columns and rows of the pane, or those that it will have; None where even they are not known."""
        with self._lock:
            return self._size

    def expect(self, columns: int, rows: int) -> None:
        """Takes in how large the pane will be, where it was not shown yet."""
        with self._lock:
            self._size = self._size or (columns, rows)

    def set_raw(self, on: bool) -> None:
        """Hands over each key, or whole lines again."""
        self.raw = on

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Tells what is typed until the result is called."""
        with self._lock:
            self._listeners.append(listener)

        def end() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return end

    def _told(self) -> list[Listener]:
        with self._lock:
            return list(self._listeners)

    def typed(self, text: str, *, shown: bool = True) -> None:
        """Hands a text over to the actors that listen, and shows it where a terminal would."""
        if shown:
            with self._lock:
                self._show(text)
        for listener in self._told():
            listener.typed(text.encode("utf-8", "surrogatepass"))

    def signal(self, name: str) -> bool:
        """Lets the actors that listen hear a signal; whether there are any."""
        listeners = self._told()
        for listener in listeners:
            listener.signalled(name)
        return bool(listeners)

    def resize(self, columns: int, rows: int) -> None:
        """The pane has another size."""
        with self._lock:
            if (columns, rows) == self._size:
                return
            first, self._size = self._size is None, (columns, rows)
        for listener in [] if first else self._told():
            listener.resized(columns, rows)


class _OfActor:
    """The pane for one of the actors that share it."""

    def __init__(self, pane: PaneTerminal, actor: Callable[[], str]) -> None:
        self._pane, self._actor = pane, actor
        self.size = pane.size
        self.set_raw = pane.set_raw
        self.listen = pane.listen

    def write(self, data: bytes) -> None:
        """Shows it under the actor's name."""
        self._pane.write(data, self._actor())

    def of(self, actor: Callable[[], str]) -> Terminal:
        """The pane for another actor."""
        return self._pane.of(actor)
