"""Printing a chain's events while they are recorded, without ever waiting for a reader that does not read."""

from __future__ import annotations

import os
import select
import time

from chainview.chain.event import Event, Extras
from chainview.chain.files.entries.entry import Note
from chainview.chain.state_chain import StateChain
from chainview.chain.table import EventTable
from chainview.chain.words.report import event_line
from chainview.system.errors import words_of
from chainview.system.signals import interruption

_OUTPUT = 1
_AT_ONCE = 100
_HELD = 100_000
_SLICE_SECONDS, _LOOK_SECONDS, _PATIENCE_SECONDS = 0.05, 0.05, 1.0


class EventPrinter:
    """Prints each event of a chain to standard output as the line that a screen would show.

    `closed` tells that nobody reads it any more; `failure` why it can't be written, empty where its reader has gone.
    """

    def __init__(self, chain: StateChain) -> None:
        self.closed = False
        self.failure = ""
        self._chain = chain
        self._items = chain.subscribe()
        self._table = EventTable()
        self._rest = b""

    def print_new(self) -> None:
        """Prints for a moment what has been appended since the last time, as far as it is read."""
        until = time.monotonic() + _SLICE_SECONDS
        while time.monotonic() < until and self._more() and self._ready(0.0):
            self._write()

    def finish(self) -> None:
        """Prints all that is left; after a signal only as long as it is read, and until the next signal."""
        read_at = time.monotonic()
        while interruption.count < 2 and self._more():
            if self._ready(_LOOK_SECONDS):
                self._write()
                read_at = time.monotonic()
            elif interruption.count and time.monotonic() - read_at > _PATIENCE_SECONDS:
                return

    def _more(self) -> bool:
        """Whether there is something to write."""
        while not self.closed and not self._rest and (items := self._items.take(_AT_ONCE)):
            self._rest = "".join([self._line(*item) for item in items if not isinstance(item, Note)]).encode(
                "utf-8", "backslashreplace"
            )
            self._table.drop_oldest(_HELD)
        return bool(self._rest)

    def _line(self, event: Event, extras: Extras) -> str:
        self._table.append(event, extras)
        return f"{event_line(self._table, len(self._table) - 1)}\n"

    def _ready(self, seconds: float) -> bool:
        return bool(select.select([], [_OUTPUT], [], seconds)[1])

    def _write(self) -> None:
        try:
            # No more than a pipe takes without waiting once it says that it is ready.
            self._rest = self._rest[os.write(_OUTPUT, self._rest[: select.PIPE_BUF]) :]
        except BlockingIOError:
            # Whoever shares the output made it one that refuses to wait: it is asked again.
            return
        except BrokenPipeError:
            self._close()
        except OSError as error:
            self._close()
            self.failure = words_of(error)

    def _close(self) -> None:
        self.closed, self._rest = True, b""
        self._chain.unsubscribe(self._items)
