"""The rows of two aligned histories as a table: calls that fold, and bytes that can be searched a stretch at a time."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate

from chainview.chain.event import Event, Kind
from chainview.chain.payload import encode_host_call
from chainview.chain.table import EventTable
from chainview.pack.values import UNIT
from chainview.replay.align.history import NONE
from chainview.ui.replay.pairs import Pairs, Sides

_ENDS = (Kind.RESULT, Kind.ERROR)
_ROWS_A_STEP = 1 << 16
_ASKS_A_STEP = 256


class Lane:
    """The events of one kind of item in the rows, which stand there each once and in order."""

    def __init__(self, table: EventTable, column: array[int], *, asks: bool = False) -> None:
        self.table = table
        self._column = column
        self._asks = asks
        # Where every row has an event its number is the row's, and nothing has to be counted.
        self._whole = not asks and len(table) == len(column)
        self._before = array("I", (0,))
        """For each row how many of the events stand before it."""

    def step(self) -> bool:
        """Counts on for some rows; True when all are counted."""
        known = len(self._before) - 1
        if self._whole or known >= len(self._column):
            return True
        items = self._column[known : known + _ROWS_A_STEP]
        # An item above -1 is an event, one below -1 an ask.
        held = map(NONE.__gt__ if self._asks else NONE.__lt__, items)
        self._before.extend(accumulate(held, initial=self._before.pop()))
        return False

    def index_at(self, row: int) -> int:
        """The first event in or after a row, which is the number of events before it."""
        return min(len(self.table), row if self._whole else self._before[row])

    def row_of(self, index: int) -> int:
        """The row of an event."""
        return index if self._whole else bisect_left(self._before, index + 1) - 1


class PairTable:
    """The rows as a tree sees them: kinds and calls. What an event says is asked of its side's own table."""

    dropped = 0
    """Rows are never let go of."""

    def __init__(self, pairs: Pairs, sides: Sides) -> None:
        self.pairs, self.sides = pairs, sides
        self.kinds = _kinds(pairs, sides)
        """A Kind a row."""
        self._asked = EventTable()
        self.recorded = Lane(sides.recorded, pairs.recorded)
        self.now = Lane(sides.now, pairs.now)
        self.asks = Lane(self._asked, pairs.now, asks=True)
        self._lanes = (self.recorded, self.now, self.asks)
        self._preparing = self._prepared()
        self._ready = False

    def __len__(self) -> int:
        return len(self.kinds)

    def steps(self, call: int) -> int:
        """How many rows of its call follow the call's row."""
        stop = self.kinds.find(Kind.CALL, call + 1)
        stop = len(self.kinds) if stop < 0 else stop
        ends = [at for at in (self.kinds.find(end, call + 1, stop) for end in _ENDS) if at >= 0]
        if ends:
            return min(ends) - call
        while stop > call + 1 and self.kinds[stop - 1] in (Kind.SHUTDOWN, Kind.OTHER):
            stop -= 1
        return stop - call - 1

    # To be searched

    def prepare(self) -> bool:
        """A step towards being searched; True when that is possible."""
        self._ready = self._ready or next(self._preparing, None) is None
        return self._ready

    def _prepared(self) -> Iterator[bool]:
        for count, ask in enumerate(self.sides.asks, 1):
            payload = encode_host_call(ask.interface, ask.function, ask.input, UNIT)
            self._asked.append(Event(b"", None, f"{ask.interface}/{ask.function}", payload))
            if not count % _ASKS_A_STEP:
                yield False
        for lane in self._lanes:
            while not lane.step():
                yield False

    def raw_start(self, index: int) -> int:
        """How many bytes of all sides stand before a row."""
        return sum([lane.table.raw_start(lane.index_at(index)) for lane in self._lanes])

    def index_at(self, position: int) -> int:
        """The row that holds a position in the bytes of all sides."""
        return bisect_right(range(len(self)), position, key=self.raw_start) - 1


def _kinds(pairs: Pairs, sides: Sides) -> bytearray:
    recorded, now = sides.recorded, sides.now
    kinds = bytearray(len(pairs))
    if len(recorded):
        # NONE reads the last kind here, and is set right below.
        kinds[:] = map(recorded.kinds.__getitem__, pairs.recorded)
    gaps = pairs.recorded.count(NONE)
    at = -1
    for _ in range(gaps):
        at = pairs.recorded.index(NONE, at + 1)
        item = pairs.now[at]
        kinds[at] = now.kinds[item] if item >= 0 else Kind.HOST
    for half in pairs.halves:
        # The two rows of one pair are one begin, or one end, of their call.
        if kinds[half] in _ENDS:
            kinds[half] = Kind.HOST
        elif kinds[half] == Kind.CALL:
            kinds[half + 1] = Kind.HOST
    return kinds
