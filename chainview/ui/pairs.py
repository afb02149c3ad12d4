"""The rows of two aligned histories: which event of either side stands on which row, and what is said of it."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass, field

from chainview.chain.event import Kind
from chainview.chain.table import EventTable
from chainview.replay.causes import Label
from chainview.replay.explanation import Explanation
from chainview.replay.side import NONE, asked

_ENDS = (Kind.RESULT, Kind.ERROR)
_DIFFERENT = bytes([label in (Label.CAUSE, Label.VALUE, Label.STATE) for label in range(256)])


@dataclass(slots=True)
class Pairs:
    """Rows of a recorded and a now item each, as in an Alignment, with a Label a row.

    `pairs` are the rows of the alignment that the rows here stand for: where both sides of a pair have a row of their
    own, two rows in succession stand for the same one, and the first of them is in `halves`.
    """

    recorded: array[int]
    now: array[int]
    labels: bytes
    pairs: array[int]
    halves: list[int] = field(default_factory=list)

    @classmethod
    def in_step(cls, count: int, first: int | None = None) -> Pairs:
        """Each event beside the one of the same number, `first` being the one that differs."""
        labels = bytearray(count)
        if first is not None and first < count:
            labels[first] = Label.CAUSE
        rows = array("q", range(count))
        return cls(rows, rows, bytes(labels), rows)

    @classmethod
    def of(cls, told: Explanation) -> Pairs:
        """The rows of an explanation; of one without any, each event beside the one of its number."""
        if not len(told.rows):
            first = None if told.first_mismatch is None else told.first_mismatch.event - 1
            pairs = cls.in_step(told.recorded_events, first)
            if told.verdict == "unusable":
                pairs.now = array("q", (NONE,)) * len(pairs)
            return pairs
        return cls(told.rows.recorded, told.rows.now, told.labels, array("q", range(len(told.rows))))

    def __len__(self) -> int:
        return len(self.labels)

    def in_one_column(self) -> Pairs:
        """The same with a row for each side of every pair whose sides do not say the same."""
        recorded, now, labels, pairs = array("q"), array("q"), bytearray(), array("q")
        halves: list[int] = []
        at = 0
        for row in self.differing():
            if self.recorded[row] == NONE or self.now[row] == NONE:
                continue
            recorded.extend(self.recorded[at:row])
            now.extend(self.now[at:row])
            labels += self.labels[at:row]
            pairs.extend(self.pairs[at:row])
            halves.append(len(labels))
            recorded.extend((self.recorded[row], NONE))
            now.extend((NONE, self.now[row]))
            labels += bytes((self.labels[row],)) * 2
            pairs.extend((self.pairs[row],) * 2)
            at = row + 1
        recorded.extend(self.recorded[at:])
        now.extend(self.now[at:])
        return Pairs(recorded, now, bytes(labels + self.labels[at:]), pairs + self.pairs[at:], halves)

    def differing(self) -> list[int]:
        """The rows whose sides do not say the same."""
        flags, rows = self.labels.translate(_DIFFERENT), []
        at = flags.find(1)
        while at >= 0:
            rows.append(at)
            at = flags.find(1, at + 1)
        return rows

    def row_of(self, pair: int) -> int:
        """The first row that stands for a row of the alignment."""
        return bisect_left(self.pairs, pair)

    def has_cause(self, first: int, stop: int) -> bool:
        """Whether a cause is among the rows from `first` up to `stop`."""
        return self.labels.find(Label.CAUSE, first, stop) >= 0


def ask_of(item: int) -> int:
    """Where, among the host calls that could not be answered, the one stands that an item is."""
    # The numbering of items is its own inverse.
    return asked(item)


class PairTable(EventTable):
    """The rows as a tree sees them: kinds and calls. What an event says is asked of its side's own table."""

    def __init__(self, pairs: Pairs, recorded: EventTable, now: EventTable) -> None:
        super().__init__()
        self.kinds = _kinds(pairs, recorded, now)

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

    def call_of(self, index: int) -> int | None:
        """The row of the call that a row belongs to; None outside a call."""
        call = self.kinds.rfind(Kind.CALL, 0, index + 1)
        return call if call >= 0 and index <= call + self.steps(call) else None


def _kinds(pairs: Pairs, recorded: EventTable, now: EventTable) -> bytearray:
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
