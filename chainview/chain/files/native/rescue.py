"""What became of a chain file that is being written, and the bytes from which it can be written again."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

_KEPT_BYTES = 32 << 20
"""How much of what was written last is held in memory, for a file that somebody empties."""
_PIECE = 1 << 20


class Loss(StrEnum):
    """What became of a chain file while it was written."""

    GONE = "was removed or renamed"
    REPLACED = "was replaced by another file"
    CHANGED = "was emptied or written over"
    UNREADABLE = "became unreadable"

    @property
    def of_content(self) -> bool:
        """Whether what was written is no longer in the open file either."""
        return self in (Loss.CHANGED, Loss.UNREADABLE)


class Written:
    """What was written to an open file: how much, and the bytes of the last of it and of the first."""

    def __init__(self, descriptor: int) -> None:
        self.size = 0
        self._descriptor = descriptor
        self._first = b""
        self._last: deque[bytes] = deque()
        self._last_bytes = 0
        self._compared = 0
        """Up to where the file was found to hold what was written."""

    def on(self, descriptor: int) -> Written:
        """The same in another file, which holds what `pieces` gave."""
        other = Written(descriptor)
        other.size, other._first = os.fstat(descriptor).st_size, self._first
        other._last, other._last_bytes = self._last, self._last_bytes
        return other

    def add(self, entry: bytes) -> None:
        """Takes note of an entry that was written."""
        self.size += len(entry)
        if not self._first:
            self._first = entry
            return
        self._last.append(entry)
        self._last_bytes += len(entry)
        while self._last_bytes > _KEPT_BYTES and len(self._last) > 1:
            self._last_bytes -= len(self._last.popleft())

    @property
    def has_its_size(self) -> bool:
        """Whether the file is as long as what was written; looked at so often that it has to be quick."""
        try:
            return os.lseek(self._descriptor, 0, os.SEEK_END) == self.size
        except OSError:
            return False

    def loss(self, path: Path, *, thorough: bool = False, may_be_longer: bool = False) -> Loss | None:
        """What became of the file of that name; None while it is the open one and holds what was written.

        What was written since the last look is compared, `thorough` all that is held. The file `may_be_longer` while
        another writes to it, too.
        """
        try:
            size = os.lseek(self._descriptor, 0, os.SEEK_END)
            is_as_long = size >= self.size if may_be_longer else size == self.size
            if not is_as_long or not self._begins_as_written() or not self._ends_as_written(thorough=thorough):
                return Loss.CHANGED
        except OSError:
            return Loss.UNREADABLE
        return self.named(path)

    def closed(self) -> None:
        """From now on only memory is asked: another file may get the descriptor."""
        self._descriptor = -1

    def lost_since(self, path: Path) -> Loss | None:
        """What became of a file that was closed; None while there is one of that name that is as long."""
        try:
            return Loss.CHANGED if path.stat().st_size < self.size else None
        except OSError:
            return Loss.GONE

    def named(self, path: Path) -> Loss | None:
        """What became of the name of the file; None while it leads to the open one."""
        try:
            found = path.stat()
        except OSError:
            return Loss.GONE
        try:
            return None if os.path.samestat(found, os.fstat(self._descriptor)) else Loss.REPLACED
        except OSError:
            return Loss.UNREADABLE

    def pieces(self) -> Iterator[bytes]:
        """All that was written, as far as it is still in the open file or in memory."""
        start = self.size - self._last_bytes
        if not self._holds(start):
            yield self._first
        else:
            at = 0
            while at < start and (piece := os.pread(self._descriptor, min(_PIECE, start - at), at)):
                yield piece
                at += len(piece)
        yield from self._last

    @property
    def is_whole(self) -> bool:
        """Whether `pieces` gives all of it."""
        start = self.size - self._last_bytes
        return start == len(self._first) or self._holds(start)

    def _holds(self, size: int) -> bool:
        """Whether so much of what was written first can be read in the open file."""
        try:
            return self._begins_as_written() and os.fstat(self._descriptor).st_size >= size
        except OSError:
            return False

    def _ends_as_written(self, *, thorough: bool) -> bool:
        newest, size = [], 0
        for entry in reversed(self._last):
            if not thorough and self.size - size <= self._compared:
                break
            newest.append(entry)
            size += len(entry)
        newest.reverse()
        self._compared = self.size
        return self._read(size, self.size - size) == b"".join(newest)

    def _begins_as_written(self) -> bool:
        return self._descriptor >= 0 and self._read(len(self._first), 0) == self._first

    def _read(self, size: int, at: int) -> bytes:
        """So many bytes, where the file has them: a system may give less at once than there is."""
        found = b""
        while len(found) < size and (more := os.pread(self._descriptor, size - len(found), at + len(found))):
            found += more
        return found


def rescue_name(path: Path) -> Path:
    """A name beside a chain file that nothing has yet."""
    other, number = path.with_name(f"{path.name}.rescued"), 1
    while os.path.lexists(other):
        number += 1
        other = path.with_name(f"{path.name}.rescued-{number}")
    return other
