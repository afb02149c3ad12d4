"""Two histories as two trees in one space of rows, with one scroll position; or one side of them with its own."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from copy import deepcopy

from chainview.chain.query.filter import Filter
from chainview.chain.table import EventTable
from chainview.chain.words.spans import Role
from chainview.replay.align.history import NONE
from chainview.replay.explain.explanation import Finding
from chainview.replay.judge.causes import Label
from chainview.ui.replay.pair_painter import PairPainter, Shown
from chainview.ui.replay.pair_search import PairFailures, PairFinder, PairSelection
from chainview.ui.replay.pair_table import PairTable
from chainview.ui.replay.pairs import Pairs, Sides
from chainview.ui.tree.query_view import QueryView


class PairTree(QueryView[PairTable, PairFinder]):
    """Shows aligned rows; where it shows both sides they fold together."""

    _painter: PairPainter

    def __init__(self, *, id: str | None = None) -> None:
        empty = EventTable()
        self.sides = Sides(empty, empty)
        self.aligned = self.pairs = Pairs.in_step(0)
        self.shown = Shown.BOTH
        self.only_differences = False
        self.different = 0
        """How many rows differ, while only they are shown."""
        painter = PairPainter(self, self.pairs, self.sides, self.shown)
        super().__init__(PairTable(self.pairs, self.sides), painter, id=id)

    def show(self, aligned: Pairs, sides: Sides) -> None:
        """Shows other rows, from the beginning."""
        self.aligned, self.sides = aligned, sides
        self.only_differences = False
        self._lay_out()
        self._place_cursor(self._rows.event_near(0, 1))
        self._scroll_to_row(0)

    def relabel(self, labels: bytes) -> None:
        """Says something else of each row of the alignment from now on."""
        for pairs in {id(each): each for each in (self.aligned, self.pairs)}.values():
            pairs.relabel(labels)
        self._painter.clear()
        self.refresh()

    def say_nothing_comes(self, why: str) -> None:
        """Says in the place of rows, where there are none, why that is so."""
        self._painter.nothing = why
        self.refresh()

    def came(self, known: int) -> None:
        """Shows that many events of now while they come."""
        self.sides.known = known
        self.refresh()

    def set_shown(self, shown: Shown) -> None:
        """Shows another part of the sides, with the cursor where it was."""
        if shown is self.shown:
            return
        before, self.shown = self.shown, shown
        if Shown.COLUMN in (before, shown):
            pair = None if self.cursor is None else self.pairs.pairs[self.cursor]
            only, wanted = self.only_differences, self._wanted
            self._lay_out()
            self.only_differences = only
            self.set_filter(wanted)
            if pair is not None:
                self.move_to(self.pairs.row_of(pair), centre=True)
        else:
            self._failures = self._failures_in(self.table)
            self._painter.show(self.pairs, self.sides, shown)
            self.refresh()

    def adopt(self, other: PairTree) -> None:
        """Shows the rows of another tree, folded and filtered as there, with the cursor on the same one."""
        self.aligned, self.sides, self.pairs = other.aligned, other.sides, other.pairs
        self.set_search(None)
        for name in ("filter", "seek"):
            self._work.drop(name)
        # All but the table, which both read, is each one's own from now on.
        self._rows = deepcopy(other._rows, {id(other.table): other.table})
        self._cursor = other._cursor
        self._selection, self._applied, self._landed = other._selection, other._applied, other._landed
        self.only_differences, self.different = other.only_differences, other.different
        self._failures = self._failures_in(self.table)
        self._painter.show(self.pairs, self.sides, self.shown)
        if self._selection is not self._applied:
            self.set_filter(self._wanted)
        self._fit()
        self.refresh()

    @property
    def top(self) -> int:
        """The row at the top of the screen."""
        return round(self.scroll_y)

    def scroll_to_top_row(self, row: int) -> None:
        """Puts a row at the top of the screen."""
        self._fit()
        self._scroll_to_row(row)

    def _lay_out(self) -> None:
        self.pairs = self.aligned.in_one_column() if self.shown is Shown.COLUMN else self.aligned
        self._replace(PairTable(self.pairs, self.sides))
        self._painter.show(self.pairs, self.sides, self.shown)
        self._fit()
        self.refresh()

    # Find and filter

    def finder(self, pattern: str) -> PairFinder:
        """A search on the sides that are shown; raises ChainviewError for a pattern that is none."""
        return PairFinder(self.table, pattern, recorded=self._shows_recorded, now=self._shows_now)

    @property
    def _shows_recorded(self) -> bool:
        return self.shown is not Shown.NOW

    @property
    def _shows_now(self) -> bool:
        return self.shown is not Shown.RECORDED

    @property
    def _wanted(self) -> Filter | None:
        return None if self._selection is None else self._selection.filter

    def _failures_in(self, table: PairTable) -> PairFailures:
        return PairFailures(table, recorded=self._shows_recorded, now=self._shows_now)

    def _select(self, wanted: Filter) -> PairSelection:
        return PairSelection(self.table, wanted)

    def _highlight(self, search: PairFinder | None) -> None:
        self._painter.set_finder(search)

    def _preparing(self) -> Iterator[None]:
        while not self.table.prepare():
            yield

    def _let_through(self) -> array[int] | None:
        differing = array("I", self.pairs.differing()) if self.only_differences else None
        self.different = 0 if differing is None else len(differing)
        selected = super()._let_through()
        if selected is None or differing is None:
            return differing if selected is None else selected
        return array("I", sorted(set(differing).intersection(selected)))

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
        self.only_differences = not self.only_differences and bool(self.pairs.differing())
        self._apply_filter(self._applied)
        return self.only_differences

    def _noteworthy(self, first: int, stop: int) -> Role | None:
        if self.pairs.has(Label.CAUSE, first, stop) or self.pairs.has(Label.UNTOLD, first, stop):
            return Role.FLAG
        if self.pairs.has(Label.ACCEPTED, first, stop):
            return Role.OK
        return Role.NOTE if self._search is not None and self._search.any_between(first, stop) else None
