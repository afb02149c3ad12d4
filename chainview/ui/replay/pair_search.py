"""Searches over the rows of two aligned histories: a row is a hit when what stands on either side of it is one."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import compress, groupby
from operator import or_

from chainview.chain.query.failures import FailureFinder
from chainview.chain.query.filter import Filter, Selection
from chainview.chain.query.hits import Hits
from chainview.chain.query.pattern import parse_pattern
from chainview.chain.query.search import Finder, Search
from chainview.chain.table import EventTable
from chainview.replay.align.history import NONE
from chainview.ui.replay.pair_table import Lane, PairTable
from chainview.ui.replay.pairs import ask_of

_ROWS_A_STEP = 1 << 16

Lanes = Sequence[tuple[Lane, Hits[EventTable]]]


def _hits_in(lanes: Lanes, start: int, stop: int) -> Iterator[int]:
    """The rows from `start` up to `stop` that are hits on either side, each once."""
    return (row for row, _ in groupby(merge(*[_rows_in(lane, hits, start, stop) for lane, hits in lanes])))


def _rows_in(lane: Lane, hits: Hits[EventTable], start: int, stop: int) -> Iterator[int]:
    first, end = lane.index_at(start), lane.index_at(stop)
    return map(lane.row_of, hits.hits_between(first, end)) if first < end else iter(())


def _all_ready(lanes: Lanes, start: int, stop: int) -> bool:
    stretches = [(hits, lane.index_at(start), lane.index_at(stop)) for lane, hits in lanes]
    return all(hits.ready(first, end) for hits, first, end in stretches if first < end)


class PairFinder(Search[PairTable]):
    """Finds rows by a pattern: on both sides, or on one of them alone."""

    def __init__(self, table: PairTable, pattern: str, *, recorded: bool = True, now: bool = True) -> None:
        super().__init__(table, parse_pattern(pattern))
        self._pairs = table.pairs
        self._recorded = Finder(table.recorded.table, pattern) if recorded else None
        self._now = Finder(table.now.table, pattern) if now else None
        self._asks = Finder(table.asks.table, pattern) if now else None
        parts = ((table.recorded, self._recorded), (table.now, self._now), (table.asks, self._asks))
        self._lanes = [(lane, finder) for lane, finder in parts if finder is not None]

    @property
    def was_unsure(self) -> bool:
        return any(finder.was_unsure for _, finder in self._lanes)

    def matches_recorded(self, row: int) -> bool:
        """Whether what was recorded in a row is a hit."""
        return _is_hit(self._recorded, self._pairs.recorded[row])

    def matches_now(self, row: int) -> bool:
        """Whether what is in a row now is a hit."""
        item = self._pairs.now[row]
        return _is_hit(self._asks, ask_of(item)) if item < NONE else _is_hit(self._now, item)

    def matches(self, index: int) -> bool:
        """Whether either side of a row is a hit."""
        return self.matches_recorded(index) or self.matches_now(index)

    def ready(self, start: int, stop: int) -> bool:
        """Looks through a piece of a very large event on either side; whether there is none left."""
        return _all_ready(self._lanes, start, stop)

    def _in_stretch(self, start: int, stop: int) -> Iterator[int]:
        return _hits_in(self._lanes, start, stop)


def _is_hit(finder: Finder | None, index: int) -> bool:
    return finder is not None and 0 <= index < len(finder.table) and finder.matches(index)


class PairFailures(Hits[PairTable]):
    """Finds rows in which something failed: on either side, or on one of them alone."""

    counted_at_once = FailureFinder.counted_at_once
    longest_stretch = FailureFinder.longest_stretch

    def __init__(self, table: PairTable, *, recorded: bool = True, now: bool = True) -> None:
        super().__init__(table)
        parts = ((table.recorded, recorded), (table.now, now))
        self._lanes = [(lane, FailureFinder(lane.table)) for lane, wanted in parts if wanted]

    def ready(self, start: int, stop: int) -> bool:
        """Hashes a piece of a large event on either side; whether there is none left."""
        return _all_ready(self._lanes, start, stop)

    def _in_stretch(self, start: int, stop: int) -> Iterator[int]:
        return _hits_in(self._lanes, start, stop)


class PairSelection:
    """The rows of which a filter lets either side through; of a pair with a row for each side both, or none."""

    def __init__(self, table: PairTable, filter_: Filter) -> None:
        self.filter = filter_
        self.matches = array("I")
        """Their rows, ascending."""
        self._pairs, self._asked = table.pairs, table.asks.table
        # What could not be answered is no event, so that no number of an event means its call.
        of_calls = any(token.key == "call" for token in filter_.tokens)
        asks = EventTable() if of_calls else table.asks.table
        self._parts = [Selection(each, filter_) for each in (table.recorded.table, table.now.table, asks)]
        self._work = self._working()
        self._done = False

    def step(self) -> bool:
        """Looks at some more events of a side, or, when both are done, puts some rows together; True at the end."""
        self._done = self._done or next(self._work, None) is None
        return self._done

    def forget(self) -> None:
        """Has nothing to take out: rows are never let go of."""

    def _working(self) -> Iterator[bool]:
        for part in self._parts:
            while not part.step():
                yield False
        # A byte an item, 1 where it passes; the items below 0 stand at the end, where Python counts from there.
        rows = len(self._pairs)
        of_recorded, of_now = bytearray(rows + 1), bytearray(rows + len(self._asked) + 1)
        recorded, now, asks = [part.matches for part in self._parts]
        for flags, items in ((of_recorded, recorded), (of_now, now), (of_now, array("q", map(ask_of, asks)))):
            for start in range(0, len(items), _ROWS_A_STEP):
                for item in items[start : start + _ROWS_A_STEP]:
                    flags[item] = 1
                yield False
        for start in range(0, rows, _ROWS_A_STEP):
            stop = min(start + _ROWS_A_STEP, rows)
            one = map(of_recorded.__getitem__, self._pairs.recorded[start:stop])
            other = map(of_now.__getitem__, self._pairs.now[start:stop])
            self.matches.extend(compress(range(start, stop), map(or_, one, other)))
            yield False
        self._join_halves()

    def _join_halves(self) -> None:
        if self._pairs.halves:
            passed = set(self.matches)
            for half in self._pairs.halves:
                if half in passed or half + 1 in passed:
                    passed |= {half, half + 1}
            self.matches = array("I", sorted(passed))
