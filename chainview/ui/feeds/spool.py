"""A chain that comes through a pipe, copied to a file as it comes."""

from __future__ import annotations

import os
import tempfile
import threading

from chainview.system.errors import words_of


class Spool:
    """Copies a descriptor to a private temporary file on a thread; the file has no name any more after `unlink`."""

    def __init__(self, descriptor: int) -> None:
        self._source = descriptor
        self._file, self.path = tempfile.mkstemp(prefix="chainview-", suffix=".pipe")
        self.bytes = 0
        self.ended = False
        """Whether everything has come."""
        self.reason = ""
        """Why copying ended early."""
        self._thread = threading.Thread(target=self._copy, name="pipe", daemon=True)
        self._thread.start()

    def _copy(self) -> None:
        try:
            while piece := os.read(self._source, 1 << 16):
                rest = memoryview(piece)
                while rest:
                    rest = rest[os.write(self._file, rest) :]
                self.bytes += len(piece)
        except OSError as error:
            self.reason = words_of(error)
        self.ended = True
        os.close(self._source)

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
