"""Two histories as two trees in one space of rows, with one scroll position."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right

from textual import events

from chainview.chain.short import Role
from chainview.chain.table import EventTable
from chainview.replay.explanation import Finding
from chainview.replay.side import NONE
from chainview.ui.pair_painter import PairPainter, Sides
from chainview.ui.pairs import Pairs, PairTable
from chainview.ui.tree_folding import FoldingView

SIDE_BY_SIDE = 110
"""From this many columns on the sides stand beside each other."""


class PairTree(FoldingView):
    """Shows aligned rows; both sides fold together."""

    def __init__(self, *, id: str | None = None) -> None:
        empty = EventTable()
        self.sides = Sides(empty, empty)
        self.aligned = self.pairs = Pairs.in_step(0)
        self.only_differences = False
        super().__init__(empty, id=id)
        self._painter: PairPainter = PairPainter(self)
        self._painter.show(self.pairs, self.sides, unified=False)

    def show(self, aligned: Pairs, sides: Sides) -> None:
        """Shows other rows, from the beginning."""
        self.aligned, self.sides = aligned, sides
        self.only_differences = False
        self._lay_out()
        self._place_cursor(self._rows.event_near(0, 1))
        self._scroll_to_row(0)

    def came(self, known: int) -> None:
        """Shows that many events of now while they come."""
        self.sides.known = known
        self.refresh()

    def _lay_out(self) -> None:
        unified = self.size.width < SIDE_BY_SIDE
        self.pairs = self.aligned.in_one_column() if unified else self.aligned
        self._take(PairTable(self.pairs, self.sides.recorded, self.sides.now))
        self._following = False
        self._painter.show(self.pairs, self.sides, unified=unified)
        if self.only_differences:
            self._rows.fold.set_matches(array("I", self.pairs.differing()))
        self._fit()
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """Changes between two columns and one, with the cursor where it was."""
        if (self.size.width < SIDE_BY_SIDE) != self._painter.unified:
            pair = None if self.cursor is None else self.pairs.pairs[self.cursor]
            self._lay_out()
            if pair is not None:
                self.move_to(self.pairs.row_of(pair), centre=True)

    def to_end(self) -> None:
        """To the last row."""
        self._go(self._rows.event_near(len(self._rows) - 1, -1))

    @property
    def new_below(self) -> int:
        """Nothing comes below that has to be told of."""
        return 0

    # Differences

    @property
    def pair(self) -> tuple[int, int]:
        """The recorded and the now item under the cursor, both halves where each has a row of its own."""
        if self.cursor is None:
            return NONE, NONE
        row = self.pairs.pairs[self.cursor]
        return self.aligned.recorded[row], self.aligned.now[row]

    def to_cause(self, found: Finding) -> None:
        """To the first row of a cause, centred."""
        if found.rows:
            self.move_to(self.pairs.row_of(found.rows[0]), centre=True)
        elif len(self.table):
            self.move_to(min(found.event, len(self.table)) - 1, centre=True)

    def to_difference(self, rows: list[int], step: int) -> bool:
        """To the next of some rows of the alignment, or the one before; False when there is none that way."""
        places = [self.pairs.row_of(row) for row in rows]
        cursor = -1 if self.cursor is None else self.cursor
        at = bisect_right(places, cursor) if step > 0 else bisect_left(places, cursor) - 1
        if not 0 <= at < len(places):
            return False
        self.move_to(places[at], centre=True)
        return True

    def toggle_only_differences(self) -> bool:
        """Shows only rows whose sides do not say the same, or all of them again; returns which."""
        differing = array("I", self.pairs.differing())
        self.only_differences = not self.only_differences and bool(differing)
        with self._keeping_place():
            self._rows.fold.set_matches(differing if self.only_differences else None)
        return self.only_differences

    def _noteworthy(self, first: int, stop: int) -> Role | None:
        return Role.FLAG if self.pairs.has_cause(first, stop) else None
