"""Searches over the rows of all chains: each chain is searched as it lies, and its hits stand in the rows of all."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TypeVar

from chainview.chain.query.failures import FailureFinder
from chainview.chain.query.filter import Filter, Selection
from chainview.chain.query.hits import Hits
from chainview.chain.query.pattern import parse_pattern
from chainview.chain.query.search import Finder, Search
from chainview.chain.table import EventTable
from chainview.ui.family.merged_table import MergedTable

_ROWS_A_STEP = 1 << 12
P = TypeVar("P")


class _Parts(dict[int, P]):
    """What is made of each chain once it is needed, by the identity of its table."""

    def __init__(self, make: Callable[[EventTable], P]) -> None:
        super().__init__()
        self._make = make
        self._tables: dict[int, EventTable] = {}

    def of(self, table: EventTable) -> P:
        """What was made of a chain, or is now."""
        key = id(table)
        if key not in self:
            # A table that is held has its identity for itself.
            self[key], self._tables[key] = self._make(table), table
        return self[key]


def _rows_of(
    table: MergedTable, hits: Callable[[EventTable], Hits[EventTable]], start: int, stop: int
) -> Iterator[int]:
    found = list[int]()
    for events, first, rows in table.stretches(start, stop):
        found += [rows[index - first] for index in hits(events).hits_between(first, first + len(rows))]
    return iter(sorted(found))


def _all_ready(table: MergedTable, hits: Callable[[EventTable], Hits[EventTable]], start: int, stop: int) -> bool:
    return all(hits(events).ready(first, first + len(rows)) for events, first, rows in table.stretches(start, stop))


class _OfChains(Hits[MergedTable]):
    """Hits in the rows of all chains, found in each chain as it lies."""

    def hits_of(self, events: EventTable) -> Hits[EventTable]:
        """The hits in a chain."""
        raise NotImplementedError

    def ready(self, start: int, stop: int) -> bool:
        """Works on a piece of a very large event of any actor; whether there is none left."""
        return _all_ready(self.table, self.hits_of, start, stop)

    def _in_stretch(self, start: int, stop: int) -> Iterator[int]:
        return _rows_of(self.table, self.hits_of, start, stop)

    def cut(self, row: int) -> None:
        """Forgets what is known of a row and those behind it, which are others now."""
        _cut(self._found, row)
        self._counted = min(self._counted, row)


class MergedFinder(_OfChains, Search[MergedTable]):
    """Finds rows by a pattern, as a chain's events are found; raises ChainviewError for one that is none."""

    def __init__(self, table: MergedTable, pattern: str) -> None:
        super().__init__(table, parse_pattern(pattern))
        self._finders = _Parts(lambda events: Finder(events, pattern))

    @property
    def was_unsure(self) -> bool:
        return any(finder.was_unsure for finder in self._finders.values())

    def matches(self, index: int) -> bool:
        """Whether the event in a row is a hit."""
        event = self.table.event(index)
        return event is not None and self._finders.of(event[0]).matches(event[1])

    def hits_of(self, events: EventTable) -> Hits[EventTable]:
        """The hits of the pattern in a chain."""
        return self._finders.of(events)


class MergedFailures(_OfChains):
    """Finds rows in which something failed."""

    # Each event that nobody has checked yet is hashed here.
    counted_at_once = FailureFinder.counted_at_once
    longest_stretch = FailureFinder.longest_stretch

    def __init__(self, table: MergedTable) -> None:
        super().__init__(table)
        self._finders = _Parts(FailureFinder)

    def hits_of(self, events: EventTable) -> Hits[EventTable]:
        """What failed in a chain."""
        return self._finders.of(events)


class MergedSelection:
    """The rows whose events a filter lets through, found a step at a time."""

    def __init__(self, table: MergedTable, filter_: Filter) -> None:
        self.filter = filter_
        self.matches = array("I")
        """The rows, ascending."""
        self._table = table
        self._parts = _Parts(lambda events: Selection(events, filter_))
        self._seen = 0

    def step(self) -> bool:
        """Looks at some more events; True when every one has been looked at."""
        for events in self._table.tables.values():
            part = self._parts.of(events)
            if not part.complete:
                # Each chain is looked through on its own before its rows are told.
                part.step()
                return False
        table, start = self._table, self._seen
        stop = min(len(table), start + _ROWS_A_STEP)
        found = list[int]()
        for events, first, rows in table.stretches(start, stop):
            part = self._parts.of(events)
            low = bisect_left(part.matches, first + events.dropped)
            high = bisect_left(part.matches, first + len(rows) + events.dropped, low)
            found += [rows[position - events.dropped - first] for position in part.matches[low:high]]
        self.matches.extend(sorted(found))
        self._seen = stop
        return stop >= len(table)

    def forget(self) -> None:
        """Has nothing to take out: rows are never let go of."""

    def cut(self, row: int) -> None:
        """Forgets what is known of a row and those behind it, which are others now."""
        _cut(self.matches, row)
        self._seen = min(self._seen, row)


def _cut(rows: array[int], row: int) -> None:
    with suppress(IndexError):
        if rows[-1] >= row:
            del rows[bisect_left(rows, row) :]
