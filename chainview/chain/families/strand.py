"""One chain of a family, as far as the order of all events of the family goes by it."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from chainview.chain.event import Kind
from chainview.chain.table import EventTable

_LOOSE: Final = bytes(kind in (Kind.CALL, Kind.SHUTDOWN, Kind.OTHER, Kind.DAMAGED) for kind in range(256))


@dataclass(slots=True)
class Edge:
    """That an event of another chain comes before one, and how far that is to be doubted."""

    actor: int
    position: int
    doubt: int
    is_reply: bool = False
    """Whether it comes back to who asked, so that it is no cause of what follows."""
    left_out: bool = False


@dataclass(slots=True)
class Strand:
    """What is known of one chain: a column an event, and what has to come before some of them."""

    base: int = 0
    """How many of the oldest events were let go."""
    begins: array[int] = field(default_factory=lambda: array("Q"))
    """When each began, in ns since 1970; 0 where that is not known."""
    starts: bytearray = field(default_factory=bytearray)
    """1 where something begins that needs nothing before it in its chain to be understood: a call."""
    keys: array[int] = field(default_factory=lambda: array("Q"))
    """Where each stands: a lower one before a higher one, of two that are the same that of the lower actor."""
    timed: bool = True
    """Whether each has one that is known."""
    read: int = 0
    """How many of its places among all events were taken, where those are what it begins by."""
    edges: dict[int, list[Edge]] = field(default_factory=dict)
    targets: list[int] = field(default_factory=list)
    """The positions that have edges, ascending."""

    @property
    def end(self) -> int:
        """The position behind the last event."""
        return self.base + len(self.begins)

    @property
    def keyed(self) -> int:
        """The position of the first event that has no key yet."""
        return self.base + len(self.keys)

    def take(self, table: EventTable, most: int, places: Sequence[int] | None = None) -> bool:
        """Reads on; whether all of the table is read. `places` are those of its events among all, in place of times."""
        self._let_go(table.dropped)
        start = self.end - table.dropped
        stop = min(len(table), start + most)
        if start < stop:
            kinds = table.kinds[start:stop]
            last = self.begins[-1] if self.begins else 0
            if places is not None:
                self._place(kinds, places)
                self.starts += kinds.translate(_LOOSE)
                return stop >= len(table)
            for kind, time, took in zip(kinds, *table.times(start, stop), strict=True):
                if kind == Kind.HOST and time > took * 1000:
                    time -= took * 1000
                elif not time and kind == Kind.DAMAGED:
                    time = last
                elif not time:
                    self.timed = False
                self.begins.append(time)
                last = time
            self.starts += kinds.translate(_LOOSE)
        return stop >= len(table)

    def _place(self, kinds: Iterable[int], places: Sequence[int]) -> None:
        for kind in kinds:
            # What can't be read is no event among all, and has the place of the one before it.
            if kind != Kind.DAMAGED and self.read < len(places):
                self.begins.append(places[self.read])
                self.read += 1
            else:
                self.begins.append(self.begins[-1] if self.begins else 1)

    def _let_go(self, dropped: int) -> None:
        gone = dropped - self.base
        if gone > 0:
            del self.begins[:gone], self.starts[:gone], self.keys[:gone]
            for position in self.targets[: bisect_left(self.targets, dropped)]:
                del self.edges[position]
            del self.targets[: bisect_left(self.targets, dropped)]
            self.base = dropped
