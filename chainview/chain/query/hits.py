"""The events that something is true of: counted and sought a stretch at a time, so that the caller decides when.

Payloads are looked through where they lie, and a search over a million events is a few hundred cheap steps.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import thread_time
from typing import Generic, Protocol, TypeVar

_FIRST_STRETCH = 1 << 14
_SHORTEST_STRETCH = 1 << 12
_LONG_SECONDS, _SHORT_SECONDS = 0.004, 0.002
"""Steps that took longer than the one are followed by shorter ones, and by longer ones where they took less."""


class Searchable(Protocol):
    """What can be searched a stretch at a time: entries whose bytes lie one behind the other."""

    @property
    def dropped(self) -> int: ...
    def __len__(self) -> int: ...
    def raw_start(self, index: int) -> int: ...
    def index_at(self, position: int) -> int: ...


T_co = TypeVar("T_co", bound=Searchable, covariant=True)


class Pace:
    """How many bytes a step looks through, between two sizes: as many as are done before a person could notice."""

    def __init__(self) -> None:
        self._size = _FIRST_STRETCH

    def size(self, least: int, most: int) -> int:
        """The bytes of the next step."""
        return min(max(self._size, least), most)

    @contextmanager
    def kept(self, most: int) -> Iterator[None]:
        """A step, by whose time the next one is measured; what other programs take of it does not count."""
        begun = thread_time()
        yield
        took = thread_time() - begun
        if took > _LONG_SECONDS:
            self._size = max(_SHORTEST_STRETCH, self._size // 2)
        elif took < _SHORT_SECONDS:
            self._size = min(most, self._size * 2)


class Hits(ABC, Generic[T_co]):
    """The entries of a table that something is true of, found stretch by stretch. Positions are index + `dropped`."""

    counted_at_once = 1 << 18
    """The most bytes of payloads that one step counts the hits in."""
    longest_stretch = 1 << 20
    """The most bytes of payloads that one step of a search looks through."""

    def __init__(self, table: T_co) -> None:
        self.table = table
        self._found = array("I")
        self._counted = table.dropped
        self._pace = Pace()

    @property
    def shortest_stretch(self) -> int:
        """The fewest bytes of payloads that a step looks through, however long that takes."""
        return _SHORTEST_STRETCH

    @abstractmethod
    def _in_stretch(self, start: int, stop: int) -> Iterator[int]:
        """The hits in a stretch, in order."""

    def ready(self, start: int, stop: int) -> bool:
        """Does a piece of what comes before a stretch is looked through; whether nothing of it is left."""
        return True

    def limited(self) -> AbstractContextManager[None]:
        """What a step is done in; raises ChainviewError for one that takes too long."""
        return nullcontext()

    @property
    def total(self) -> int:
        """How many hits were counted so far."""
        self._forget()
        return len(self._found)

    @property
    def complete(self) -> bool:
        """Whether every event has been counted."""
        self._forget()
        return self._counted >= len(self.table) + self.table.dropped

    @property
    def counted(self) -> int:
        """The first index that has not been counted."""
        self._forget()
        return self._counted - self.table.dropped

    def count_step(self, size: int | None = None) -> bool:
        """Counts the hits in the next `size` bytes, or in as many as are quickly done; True when all are counted."""
        self._forget()
        start = self.counted
        if start < len(self.table):
            most = self.counted_at_once
            stop = stop_after(self.table, start, size or self._pace.size(self.shortest_stretch, most))
            base = self.table.dropped
            if not self.ready(start, stop):
                return False
            with self.limited(), self._pace.kept(most):
                found = [base + index for index in self._in_stretch(start, stop)]
            self._found.extend(found)
            self._counted = base + stop
        return self.complete

    def ordinal(self, index: int) -> int | None:
        """Which hit, from 1, an event is; None when it is none or was not counted yet."""
        self._forget()
        position = index + self.table.dropped
        at = bisect_left(self._found, position)
        return at + 1 if at < len(self._found) and self._found[at] == position else None

    def any_between(self, start: int, stop: int) -> bool:
        """Whether a hit was counted from `start` up to `stop`."""
        self._forget()
        at = bisect_left(self._found, start + self.table.dropped)
        return at < len(self._found) and self._found[at] < stop + self.table.dropped

    def seek(self, index: int, step: int = 1, accept: Callable[[int], bool] | None = None) -> Seek:
        """A search for the next hit after `index`, or before it for a `step` of -1, that `accept` agrees to."""
        return Seek(self, index, step, accept)

    def hits_between(self, start: int, stop: int) -> Iterator[int]:
        """The hits from `start` up to `stop`, counted or not."""
        self._forget()
        if stop > self.counted:
            return self._in_stretch(start, stop)
        base = self.table.dropped
        low, high = bisect_left(self._found, start + base), bisect_left(self._found, stop + base)
        return iter([position - base for position in self._found[low:high]])

    def _forget(self) -> None:
        base = self.table.dropped
        if self._found and self._found[0] < base:
            del self._found[: bisect_left(self._found, base)]
        self._counted = max(self._counted, base)


class Seek:
    """One search for one hit, taken a stretch of payloads at a time; `hit` is the index once `step` has said True."""

    def __init__(self, hits: Hits[Searchable], index: int, step: int, accept: Callable[[int], bool] | None) -> None:
        self.hit: int | None = None
        self._hits = hits
        self._forward = step > 0
        self._accept = accept
        self._at = index + hits.table.dropped + (1 if self._forward else 0)
        self._pace = Pace()

    def step(self) -> bool:
        """Looks through the next stretch; True when the search is over."""
        table, most = self._hits.table, self._hits.longest_stretch
        size = self._pace.size(self._hits.shortest_stretch, most)
        at = max(0, self._at - table.dropped)
        if self._forward:
            if at >= len(table):
                return True
            start, stop = at, stop_after(table, at, size)
        else:
            if at == 0:
                return True
            start, stop = _start_before(table, min(at, len(table)), size), min(at, len(table))
        if not self._hits.ready(start, stop):
            return False
        with self._hits.limited(), self._pace.kept(most):
            found = list(self._accepted(start, stop))
        self.hit = found[-1] if found else None
        self._at = (stop if self._forward else start) + table.dropped
        return self.hit is not None

    def run(self) -> int | None:
        """The hit, however long it takes."""
        while not self.step():
            pass
        return self.hit

    def _accepted(self, start: int, stop: int) -> Iterator[int]:
        for index in self._hits.hits_between(start, stop):
            if self._accept is None or self._accept(index):
                yield index
                if self._forward:
                    return


def stop_after(table: Searchable, start: int, size: int) -> int:
    """The end of the events from `start` that fit in `size` bytes, at least one."""
    return min(len(table), max(start + 1, table.index_at(table.raw_start(start) + size)))


def _start_before(table: Searchable, stop: int, size: int) -> int:
    return max(0, min(stop - 1, table.index_at(table.raw_start(stop) - size) + 1))
