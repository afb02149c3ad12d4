"""The events of all chains of a family on screen: a row an event, a column an actor."""

from __future__ import annotations

from datetime import datetime

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from chainview.chain.event import Kind
from chainview.chain.families.link import Place
from chainview.chain.families.merged import OrderBasis
from chainview.chain.query.filter import Filter
from chainview.chain.words.lanes import Lanes
from chainview.chain.words.spans import Role, Span
from chainview.chain.words.summary import summary
from chainview.system.wording import visible
from chainview.ui.family.merged_search import MergedFailures, MergedFinder, MergedSelection
from chainview.ui.family.merged_table import MergedTable
from chainview.ui.tree.growing_view import GrowingView
from chainview.ui.tree.painter import Painter, Places
from chainview.ui.tree.row_text import fitted, fold_mark
from chainview.ui.tree.shown_rows import TreeRows

_WIDE = 100
"""From this many columns on a row has the name of its actor."""
_NAME_SHARE = 4
"""A name has as many cells as it needs, and one in so many of the row's at most."""
_LEAST_NUMBER_CELLS = 4
_MOST_LANES = 24
_COLOURS = (Role.NOTE, Role.HOST, Role.STATE, Role.CALL, Role.VALUE)
"""Neighbouring columns differ in colour."""


class MergedPainter(Painter[MergedTable]):
    """Paints a row an event: its time, the columns, whose it is, and what it says."""

    def __init__(self, tree: Widget) -> None:
        super().__init__(tree)
        self._finder: MergedFinder | None = None
        self.lanes = Lanes((), 1)
        self._digits, self._name_cells, self._number_cells = 1, 0, _LEAST_NUMBER_CELLS

    def set_finder(self, finder: MergedFinder | None) -> None:
        """Highlights the hits of a search from now on."""
        self._finder = finder
        self._strips.clear()

    def lay_out(self, table: MergedTable) -> None:
        """Gives the columns the room that they need: those of the actors, their names, and their events' numbers."""
        self.lanes, self._digits = table.lanes(self.most_lanes), len(str(max(0, len(table.names) - 1)))
        width = self._columns.width
        # Of a chain without a name its file's name stands for it, which may be the number that is there already.
        names = [name for actor, name in table.names.items() if name != str(actor)]
        longest = max([cell_len(visible(name)) for name in names], default=0)
        self._name_cells = min(longest, width // _NAME_SHARE) if width >= _WIDE else 0
        events = max([table.order.taken(actor) for actor in table.tables], default=0)
        self._number_cells = max(_LEAST_NUMBER_CELLS, len(str(events)) + 1)
        self._strips.clear()

    def clear_rows(self) -> None:
        """Forgets what was painted: the rows are others now."""
        self._strips.clear()

    @property
    def most_lanes(self) -> int:
        """How many columns there is room for."""
        return max(4, min(_MOST_LANES, self._columns.width // 5))

    def row(self, rows: TreeRows[MergedTable], index: int, *, selected: bool) -> Strip:
        """The strip of an event's row, as the one under the cursor if `selected`."""
        table = rows.table
        event = table.event(index)
        strip = self._kept((index, event is not None), lambda: self._painted(table, index))
        if not selected:
            return strip
        return self._under_cursor([Segment("»", self.style(Role.MARK)), *list(strip)[1:]])

    def _painted(self, table: MergedTable, row: int) -> Strip:
        spans = self._spans(table, row)
        if self._finder is None or not self._finder.matches(row):
            return Strip(self._segments(spans), self._columns.width)
        return Strip(self._highlighted(spans, self._hits(spans, self._finder), self.style("hit")), self._columns.width)

    def _hits(self, spans: list[Span], finder: MergedFinder) -> Places:
        text = "".join([piece for piece, _ in spans])
        first = self._before(spans)
        found = [(start, end) for start, end in finder.spans(text) if start >= first]
        # What matches may not be in the short line: then its number says that it is a hit.
        return found or [(first - self._number_cells - 3, first - 3)]

    @staticmethod
    def _before(spans: list[Span]) -> int:
        """Where in a row what the event says begins: behind its fold mark."""
        at = 0
        for text, role in spans:
            at += len(text)
            if role is Role.MARK and text.startswith(" ") and len(text) == 3:
                return at
        return at

    def _spans(self, table: MergedTable, row: int) -> list[Span]:
        place, order = table.order.at(row), table.order
        event = table.event(row)
        sources = [each.actor for each in order.causes(place)]
        failed = event is not None and event[0].kinds[event[1]] in (Kind.ERROR, Kind.DAMAGED)
        cells = 2 if 2 * self.lanes.count <= self.most_lanes else 1
        marks = self.lanes.marks(row, place.actor, sources, failed=failed, cells=cells)
        at = self.lanes.column(place.actor)
        spans: list[Span] = [(" ", Role.MARK)]
        if order.basis is OrderBasis.TIMES:
            spans.append((f"{_clock(order.began_ns(row))} ", Role.NUMBER))
        own = Role.ERROR if failed else _colour(place.actor)
        spans += [(mark, own if column == at else Role.HASH) for column, mark in enumerate(marks)]
        spans.append((f" {place.actor:>{self._digits}} ", own))
        if self._name_cells:
            name = visible(table.names.get(place.actor, ""))
            spans += fitted([(name, own)], self._name_cells)
        spans.append((f"{place.index + 1:>{self._number_cells}}", Role.NUMBER))
        if event is None:
            spans += [("   ", Role.MARK), ("not held any more", Role.DIM)]
        else:
            chain, index = event
            outside = chain.call_of(index) is None
            room = max(0, self._columns.width - sum([len(text) for text, _ in spans]) - 5)
            mark = " " if outside else fold_mark(chain, index, open_=True)
            spans += [(f" {mark} ", Role.MARK), *summary(chain, index, room=room)]
        return fitted(spans, self._columns.width)


class MergedView(GrowingView[MergedTable, MergedFinder]):
    """Shows the rows of a family's events; where they are others than before, the cursor stays on its event."""

    _painter: MergedPainter

    def __init__(self, table: MergedTable, *, id: str | None = None) -> None:
        super().__init__(table, MergedPainter(self), id=id)
        self._held: Place | None = None
        """The event under the cursor."""
        self._known = 0
        """How many rows there were at the last look."""

    @property
    def place(self) -> Place | None:
        """The event under the cursor, by its actor and its place in that one's chain."""
        return self._held

    def show(self, table: MergedTable) -> None:
        """Shows another table of the same family, without the filter and the search of the one before."""
        held, following = self._held, self._following
        self.set_table(table)
        self._known = len(table)
        row = None if held is None or following else table.order.row_of(held)
        if not following:
            self.toggle_follow()
            self.move_to(row or 0, centre=True)

    def changed(self, first: int) -> None:
        """Takes in that the rows from one on are others than before, or new."""
        if first < self._known:
            self._take_in_others(first)
        self._known = len(self.table)
        self.extended()

    def _take_in_others(self, first: int) -> None:
        held, top = self._held, round(self.scroll_y)
        before = None if self._cursor is None else self._rows.row_of(self._cursor)
        for known in (self._failures, self._search, self._selection):
            if isinstance(known, MergedFailures | MergedFinder | MergedSelection):
                known.cut(first)
        self._rows.fold.extend()
        self._filter_what_came()
        if self._applied is not None:
            self._rows.fold.set_matches(self._let_through())
        self._painter.clear_rows()
        row = None if held is None else self.table.order.row_of(held)
        if row is not None and before is not None:
            self._cursor = row
            self._fit()
            self._scroll_to_row(top + self._rows.row_of(row) - before)
        self.refresh()

    def lay_out(self) -> None:
        """Gives the actors that there are now their columns."""
        self._painter.lay_out(self.table)
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """Goes on showing what the cursor is on, with as many columns as have room."""
        super().on_resize(event)
        self.lay_out()

    def _place_cursor(self, index: int | None) -> None:
        super()._place_cursor(index)
        self._held = None if index is None or index >= len(self.table.order) else self.table.order.at(index)

    def finder(self, pattern: str) -> MergedFinder:
        """A search for a pattern in all chains; raises ChainviewError for one that is none."""
        return MergedFinder(self.table, pattern)

    def _failures_in(self, table: MergedTable) -> MergedFailures:
        return MergedFailures(table)

    def _select(self, wanted: Filter) -> MergedSelection:
        return MergedSelection(self.table, wanted)

    def _highlight(self, search: MergedFinder | None) -> None:
        self._painter.set_finder(search)


def _colour(actor: int) -> Role:
    return _COLOURS[actor % len(_COLOURS)]


def _clock(time_ns: int) -> str:
    """The time of day to the millisecond, in local time."""
    try:
        moment = datetime.fromtimestamp(time_ns // 1_000_000_000)
    except (OverflowError, OSError, ValueError):
        return f"{'?':>12}"
    return f"{moment:%H:%M:%S}.{time_ns % 1_000_000_000 // 1_000_000:03}"
