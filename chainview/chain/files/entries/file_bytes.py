"""A file as bytes that are read when they are asked for, so that nobody who shortens it ends the program.

A map of it would: a page that is no longer there kills whoever touches it.
"""

from __future__ import annotations

import os
import time
from array import array
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import overload
from zlib import crc32

from chainview.system.errors import ChainviewError, words_of

_SHIFT = 13
_PIECE = 1 << _SHIFT
_HELD = 128
"""Pieces that are held at once."""
_MOST_A_READ = 1 << 30
_END = 64
_SAMPLES = 16
"""Pieces that a short look compares beside those that are held."""
_WRITE_SECONDS = 0.02
_UNREAD = -1


class Change(StrEnum):
    """What someone did to a file that was being read."""

    SHORTER = "became shorter"
    WRITTEN_OVER = "was written over"


@dataclass(frozen=True, slots=True)
class Stamp:
    """Another one whenever a file was written to."""

    size: int
    modified_ns: int


class FileBytes:
    """The bytes of an open file up to the size it had; indexing, slicing and `find` are as those of bytes.

    Raises ChainviewError where bytes are asked for that the file does not hold any more, or, once `tolerate` was
    called, gives zeros in their place. Several threads may use it at once.
    """

    def __init__(self, descriptor: int, name: str) -> None:
        self.name = name
        self._descriptor: int | None = descriptor
        self._held: dict[int, bytes] = {}
        self._sums = array("q")
        """What each piece came to when it was read first; _UNREAD for others."""
        self.growing = False
        """Whether more may be appended, so that an entry at the end may not be all there."""
        self._tolerates = False
        self._stamp = self.stamp
        self._size = self._stamp.size
        self._ends = self._read_ends()

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, key: int) -> int: ...
    @overload
    def __getitem__(self, key: slice) -> bytes: ...
    def __getitem__(self, key: int | slice) -> int | bytes:
        if isinstance(key, slice):
            start, stop = key.start, key.stop
            if start is None or stop is None or start < 0 or not 0 <= stop <= self._size:
                start, stop, _ = key.indices(self._size)
            piece = self._held.get(start >> _SHIFT)
            at = start & _PIECE - 1
            if piece is not None and start <= stop <= start - at + len(piece):
                return piece[at : at + stop - start]
            return self._between(start, stop)
        at = key if key >= 0 else key + self._size
        if not 0 <= at < self._size:
            raise IndexError(key)
        return self._piece(at >> _SHIFT)[at & _PIECE - 1]

    def find(self, wanted: bytes, start: int = 0, stop: int | None = None) -> int:
        """Where these bytes lie first between two offsets; -1 when they don't."""
        end = self._size if stop is None else min(stop, self._size)
        at, across = start, len(wanted) - 1
        while at < end:
            base = at & -_PIECE
            found = self._piece(at >> _SHIFT).find(wanted, at - base, end - base)
            if found >= 0:
                return base + found
            edge = base + _PIECE
            if across and edge < end:
                before = max(at, edge - across)
                found = self._between(before, min(end, edge + across)).find(wanted)
                if found >= 0:
                    return before + found
            at = edge
        return -1

    def tolerate(self) -> None:
        """Gives zeros from now on in the place of what the file does not hold any more, as a screen has to go on."""
        self._tolerates = True

    def rest(self) -> None:
        """Uses the descriptor no more: the file is opened by its name whenever bytes are asked for.

        They count as written over where another file has that name then, or it was written to.
        """
        self._descriptor, self._held = None, {}

    def grow(self) -> bool:
        """Takes in what was appended since; whether there is more. Raises ChainviewError for a file that is shorter."""
        stamp = self.stamp
        if stamp.size < self._size:
            raise self.told(Change.SHORTER)
        if stamp.size == self._size:
            return False
        if not self._is_kept(self._some_read()):
            raise self.told(Change.WRITTEN_OVER)
        self._held.pop(self._size >> _SHIFT, None)
        if self._was_read(self._size >> _SHIFT):
            self._sums[self._size >> _SHIFT] = _UNREAD
        self._stamp, self._size = stamp, stamp.size
        self._ends = self._read_ends()
        return True

    @property
    def stamp(self) -> Stamp:
        """How the file is now."""
        return _stamp_of(self.name if self._descriptor is None else self._descriptor)

    def forget(self) -> None:
        """Reads all anew that is asked for from now on."""
        self._held = {}

    def change(self, *, everywhere: bool = False) -> Change | None:
        """What became of these bytes; None where all of them are still there, though others may stand behind them.

        A file that was written to and is no longer than it was counts as written over. One that is longer is compared
        at its ends, in what is held of it and in samples, or `everywhere` it was read.
        """
        stamp = self.stamp
        if stamp == self._stamp:
            return None
        if stamp.size == self._size:
            # The system sets the time of a write before the size that it leads to.
            time.sleep(_WRITE_SECONDS)
            stamp = self.stamp
        if stamp.size < self._size:
            return Change.SHORTER
        if stamp.size == self._size:
            return Change.WRITTEN_OVER
        pieces = filter(self._was_read, range(len(self._sums))) if everywhere else self._some_read()
        return None if self._is_kept(pieces) else Change.WRITTEN_OVER

    def told(self, change: Change) -> ChainviewError:
        """A change as an error."""
        return ChainviewError(f"{self.name} {change} while it was being read: open it again")

    def _read_ends(self) -> tuple[bytes, bytes]:
        """The first and the last bytes, by which a file is known that others append to."""
        return self._read(0, min(_END, self._size)), self._read(max(0, self._size - _END), self._size)

    def _was_read(self, piece: int) -> bool:
        return piece < len(self._sums) and self._sums[piece] != _UNREAD

    def _some_read(self) -> Iterable[int]:
        """Pieces that stand for all that were read, in order."""
        count = len(self._sums)
        return sorted(filter(self._was_read, {*self._held, *range(0, count, max(1, count // _SAMPLES))}))

    def _is_kept(self, pieces: Iterable[int]) -> bool:
        """Whether the file still holds what was read of it, as far as its ends and these pieces tell."""
        if self._read_ends() != self._ends:
            return False
        for number in pieces:
            start = number << _SHIFT
            if crc32(self._read(start, min(start + _PIECE, self._size))) != self._sums[number]:
                return False
        return True

    def _remember(self, start: int, data: bytes) -> None:
        """Keeps what the pieces come to that lie whole in these bytes, as they were read first."""
        view, stop, sums = memoryview(data), start + len(data), self._sums
        first, behind = -(-start // _PIECE), stop // _PIECE if stop < self._size else -(-stop // _PIECE)
        if behind > max(first, len(sums)):
            # Several threads may lengthen it at once, and then it is longer than it must be.
            sums.extend([_UNREAD] * (behind - len(sums)))
        for piece in range(first, behind):
            if sums[piece] == _UNREAD:
                at = (piece << _SHIFT) - start
                sums[piece] = crc32(view[at : at + _PIECE])

    def _between(self, start: int, stop: int) -> bytes:
        if stop <= start:
            return b""
        number, last = start >> _SHIFT, (stop - 1) >> _SHIFT
        if last != number:
            data = self._read(start, stop)
            self._remember(start, data)
            # What can't be read beyond them was not asked for.
            with suppress(ChainviewError):
                for edge in (number, last):
                    if not self._was_read(edge):
                        self._piece(edge)
            return data
        base = number << _SHIFT
        return self._piece(number)[start - base : stop - base]

    def _piece(self, number: int) -> bytes:
        piece = self._held.get(number)
        if piece is None:
            start = number << _SHIFT
            piece = self._read(start, min(start + _PIECE, self._size))
            self._remember(start, piece)
            if len(self._held) >= (_HELD if self._descriptor is not None else 1):
                # Another thread may look at what is held at this moment: it is replaced, not emptied.
                self._held = {}
            self._held[number] = piece
        return piece

    def _read(self, start: int, stop: int) -> bytes:
        parts, at = [], start
        try:
            descriptor = self._opened() if self._descriptor is None else self._descriptor
            try:
                while at < stop and (part := os.pread(descriptor, min(stop - at, _MOST_A_READ), at)):
                    parts.append(part)
                    at += len(part)
            finally:
                if self._descriptor is None:
                    os.close(descriptor)
        except OSError as error:
            if not self._tolerates:
                raise ChainviewError(f"can't read {self.name}: {words_of(error)}") from None
        if at < stop:
            if not self._tolerates:
                raise self.told(Change.SHORTER)
            parts.append(bytes(stop - at))
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _opened(self) -> int:
        """A descriptor of the file that has the name, where that is still the same."""
        descriptor = os.open(self.name, os.O_RDONLY)
        if _stamp_of(descriptor) != self._stamp:
            os.close(descriptor)
            raise self.told(Change.WRITTEN_OVER)
        return descriptor


def _stamp_of(file: int | str) -> Stamp:
    status = os.stat(file)
    return Stamp(status.st_size, status.st_mtime_ns)
