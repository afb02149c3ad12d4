"""A chain that comes through a pipe, copied to a file as it comes."""

from __future__ import annotations

import os
import select
import tempfile
import threading

from chainview.system.errors import words_of
from chainview.system.streams import no_copy, write_all


class Spool:
    """Copies a descriptor to a private temporary file on a thread; the file has no name any more after `unlink`."""

    def __init__(self, descriptor: int) -> None:
        self._source = descriptor
        try:
            self._file, self.path = tempfile.mkstemp(prefix="chainview-", suffix=".pipe")
        except OSError as error:
            raise no_copy("standard input", error) from None
        self.bytes = 0
        self.ended = False
        """Whether everything has come."""
        self.reason = ""
        """Why copying ended early, in a sentence."""
        self._thread = threading.Thread(target=self._copy, name="pipe", daemon=True)
        self._thread.start()

    def _copy(self) -> None:
        try:
            while piece := self._read():
                try:
                    write_all(self._file, piece)
                except OSError as error:
                    self.reason = no_copy("standard input", error).sentence
                    break
                self.bytes += len(piece)
        except OSError as error:
            self.reason = f"can't read standard input: {words_of(error)}"
        self.ended = True
        os.close(self._source)

    def _read(self) -> bytes:
        while True:
            try:
                return os.read(self._source, 1 << 16)
            except BlockingIOError:
                # Whoever shares the pipe made it one that refuses to wait.
                select.select([self._source], [], [])

    @property
    def descriptor(self) -> int:
        """The file of what has come."""
        return self._file

    def head(self, size: int) -> bytes:
        """The first bytes that have come."""
        return os.pread(self._file, size, 0)

    def wait(self, seconds: float) -> None:
        """Waits for the end of the pipe, at most that long."""
        self._thread.join(seconds)

    def unlink(self) -> None:
        """Takes the file's name away; whoever has it open can go on reading."""
        try:
            os.unlink(self.path)
        except FileNotFoundError:
            return
