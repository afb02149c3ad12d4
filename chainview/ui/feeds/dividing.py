"""The chains of several actors, divided while they come through a pipe or into a file."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from chainview.chain.files.entries.file_bytes import FileBytes
from chainview.system.errors import ChainviewError

if TYPE_CHECKING:
    from chainview.chain.families.division.division import Division

_LOOK_SECONDS, _LOOK_AT_NAME_SECONDS = 0.05, 1.0
_PIECE = 1 << 18


class Dividing:
    """Puts what a file holds, and what is appended to it, into a division, on a thread once that has an actor."""

    def __init__(self, division: Division, descriptor: int, over: Callable[[], bool], path: str = "") -> None:
        """Where `over` nothing more is appended; `path` leads to the file, where it has a name, which may be closed.

        Raises ChainviewError where it can't be divided.
        """
        self.division = division
        self.ended = False
        """Whether everything was divided."""
        self.reason = ""
        """Why that ended early, in a sentence."""
        self._descriptor, self._path = os.dup(descriptor), path
        self._data = FileBytes(self._descriptor, division.name)
        self._at = 0
        self._over = over
        self._looked_at_name = time.monotonic()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="divide", daemon=True)
        while not len(division) and not self.ended:
            self._divide_on()
        self._thread.start()

    def _run(self) -> None:
        while not self.ended and not self._closed.is_set():
            try:
                self._divide_on()
            except ChainviewError as error:
                self.reason, self.ended = error.sentence, True

    def _divide_on(self) -> None:
        """Takes the next piece, or waits for one, or ends where none comes any more."""
        over = self._over()
        if self._at == len(self._data) and not self._data.grow():
            lost = "" if over else self._name_lost()
            if over or lost:
                self.division.finish()
                self.reason, self.ended = lost, True
            else:
                self._closed.wait(_LOOK_SECONDS)
            return
        piece = self._data[self._at : min(self._at + _PIECE, len(self._data))]
        self._at += len(piece)
        self.division.take(piece)

    def _name_lost(self) -> str:
        """What became of the file's name, where it does not lead to the file any more."""
        if not self._path or time.monotonic() - self._looked_at_name < _LOOK_AT_NAME_SECONDS:
            return ""
        self._looked_at_name = time.monotonic()
        try:
            found = os.stat(self._path)
        except OSError:
            return "it was removed or renamed: nothing more comes"
        same = os.path.samestat(found, os.fstat(self._descriptor))
        return "" if same else "it was replaced by another file: open it again"

    def close(self) -> None:
        """Divides no further, and takes what was divided away."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._thread.join()
        os.close(self._descriptor)
        self.division.close()
