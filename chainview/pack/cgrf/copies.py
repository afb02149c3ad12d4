"""Writing a value whose compounds stand in several places: each is written once, and then copied.

A copy differs in nothing but the indexes of nodes in it, which all grow by the same number. As the bytes are one large
number, and no index can overflow, that is one addition.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from chainview.pack.values import Compound, Value
from chainview.system.long_work import go_on

INDEX_BYTES: Final = 4
_COPIED_AT_ONCE: Final = 1 << 20


def compounds_met_again(root: Value) -> Iterator[bool]:
    """Looks at the compounds of a value that hold something, and tells of each whether it was met before."""
    met: set[int] = set()
    due: list[Value] = [root]
    while due:
        top = due.pop()
        held = top.held if isinstance(top, Compound) else ()
        if held:
            again = id(top) in met
            yield again
            if not again:
                met.add(id(top))
                due += held


@dataclass(frozen=True, slots=True)
class Stretch:
    """The nodes of one compound: the index of the first, how many, where their bytes lie, and their levels."""

    first: int
    count: int
    start: int
    stop: int
    levels: int


@dataclass(slots=True)
class Nodes:
    """Nodes as they are written, with where the indexes in them are."""

    count: int = 0
    data: bytearray = field(default_factory=bytearray)
    _indexes: bytearray = field(default_factory=bytearray)
    """As long as the bytes: 1 where an index begins."""

    def add(self, node: bytes, indexes: int = 0) -> int:
        """Writes a node that ends in so many indexes, and tells its own."""
        self.data += node
        self._indexes += bytes(len(node) - INDEX_BYTES * indexes)
        self._indexes += b"\1\0\0\0" * indexes
        self.count += 1
        return self.count - 1

    def copy(self, stretch: Stretch) -> int:
        """Writes the nodes of a compound once more, and tells the index of the last."""
        further = self.count - stretch.first
        for start, stop in self._pieces(stretch.start, stretch.stop):
            go_on()
            where = self._indexes[start:stop]
            moved = int.from_bytes(self.data[start:stop], "little") + further * int.from_bytes(where, "little")
            self.data += moved.to_bytes(stop - start, "little")
            self._indexes += where
        self.count += stretch.count
        return self.count - 1

    def _pieces(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The bytes between two places, some at a time, so that no index is torn."""
        while start < end:
            stop = min(start + _COPIED_AT_ONCE, end)
            torn = self._indexes.rfind(1, stop - INDEX_BYTES + 1, stop) if stop < end else -1
            stop = stop if torn < 0 else torn
            yield start, stop
            start = stop


@dataclass(slots=True)
class Open:
    """A compound that is being written: what it still holds, the indexes of what was, and where it began."""

    value: Value
    left: Iterator[Value]
    first: int
    start: int
    written: array[int] = field(default_factory=lambda: array("I"))
    levels: int = 1
