"""The rows of two aligned histories: which event of either side stands on which row, and what is said of it."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from chainview.chain.table import EventTable
from chainview.replay.align.alignment import Alignment
from chainview.replay.align.history import NONE, asked
from chainview.replay.explain.explanation import Explanation, Verdict
from chainview.replay.judge.causes import Label
from chainview.replay.run.ask import Ask

DIFFERENT = (Label.CAUSE, Label.ACCEPTED, Label.VALUE, Label.STATE, Label.UNTOLD)
"""What is said of a row whose sides do not say the same."""
_DIFFERENT = bytes([label in DIFFERENT for label in range(256)])


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
    def of(cls, explanation: Explanation) -> Pairs:
        """The rows of an explanation; of one without any, each event beside the one of its number."""
        if not len(explanation.rows):
            first = None if explanation.first_mismatch is None else explanation.first_mismatch.event - 1
            pairs = cls.in_step(explanation.recorded_events, first)
            if explanation.verdict is Verdict.UNUSABLE and not explanation.same:
                pairs.now = array("q", (NONE,)) * len(pairs)
            return pairs
        return cls(
            explanation.rows.recorded,
            explanation.rows.now,
            explanation.labels,
            array("q", range(len(explanation.rows))),
        )

    @classmethod
    def untold(cls, rows: Alignment, first: int) -> Pairs:
        """The rows of an alignment of which nothing is said yet; `first` is the index of the first mismatch."""
        labels = bytearray(len(rows))
        labels[first:] = bytes((Label.LINK,)) * max(0, len(rows) - first)
        for row in rows.differing:
            labels[row] = Label.UNTOLD
        if rows.reached is not None:
            labels[rows.reached :] = bytes((Label.UNREACHED,)) * (len(rows) - rows.reached)
        return cls(rows.recorded, rows.now, bytes(labels), array("q", range(len(rows))))

    def are_of(self, explanation: Explanation) -> bool:
        """Whether the rows are those of an explanation, whatever is said of them."""
        rows = explanation.rows
        return len(rows) > 0 and self.recorded == rows.recorded and self.now == rows.now

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

    def has(self, label: Label, first: int, stop: int) -> bool:
        """Whether that is said of one of the rows from `first` up to `stop`."""
        return self.labels.find(label, first, stop) >= 0

    def relabel(self, labels: bytes) -> None:
        """Says something else of each row of the alignment from now on."""
        self.labels = bytes([labels[pair] for pair in self.pairs])


def ask_of(item: int) -> int:
    """Where, among the host calls that could not be answered, the one stands that an item is."""
    # The numbering of items is its own inverse.
    return asked(item)


@dataclass(slots=True)
class Sides:
    """What the rows are made of. `known` events of now have come so far; None when they all have."""

    recorded: EventTable
    now: EventTable
    asks: Sequence[Ask] = field(default_factory=tuple)
    known: int | None = None
