"""The rows of a chain on screen: painting, scrolling, the cursor, folding, the mouse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic

from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from chainview.chain.event import Kind
from chainview.chain.words.spans import Role
from chainview.ui.lines.fitted_view import FittedView
from chainview.ui.lines.styles_on_demand import StylesOnDemand
from chainview.ui.tree.fold import FoldedCalls
from chainview.ui.tree.outline import T
from chainview.ui.tree.painter import CLASSES, TREE_CSS, Painter
from chainview.ui.tree.row_text import Columns
from chainview.ui.tree.shown_rows import Divider, TreeRows


class TreeView(StylesOnDemand, FittedView, Generic[T], can_focus=True, inherit_bindings=False):
    """A table's entries as rows, painted line by line, the cursor on one of them.

    The cursor is an entry, not a row, so that nothing moves it but the user.
    """

    @dataclass
    class CursorMoved(Message, namespace="chain_tree"):
        """The cursor is on another event, or on a divider beside it; None when there is no row to be on."""

        index: int | None

    @dataclass
    class Activated(Message, namespace="chain_tree"):
        """An event was clicked a second time."""

        index: int

    LOOKS, DEFAULT_CSS = CLASSES, TREE_CSS
    ALLOW_SELECT = False

    def __init__(self, table: T, painter: Painter[T], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._painter = painter
        self._rows = TreeRows(table)
        self._cursor: int | None = None
        self._divider: Divider | None = None

    def _replace(self, table: T) -> None:
        """Shows another table; nothing that was known of the one before is known of it."""
        self._rows = TreeRows(table)
        self._cursor = self._divider = None
        self._painter.clear()

    @property
    def table(self) -> T:
        """The table whose entries are shown."""
        return self._rows.table

    # The cursor

    @property
    def cursor(self) -> int | None:
        """The index of the event under the cursor; where that is on a divider, of the event beside it."""
        return None if self._cursor is None else self._cursor - self._rows.fold.base

    @property
    def divider(self) -> Divider | None:
        """The divider under the cursor."""
        return self._divider

    @property
    def position(self) -> int | None:
        """Where the cursor is among all entries that ever were, those that were let go included."""
        return self._cursor

    def move_to_position(self, position: int) -> None:
        """Puts the cursor on an entry by its position, or on the oldest that is there."""
        self.move_to(max(0, position - self._rows.fold.base), centre=True)

    def move_to(self, index: int, centre: bool = False) -> None:
        """Puts the cursor on an event, opening its call if need be, and scrolls there; centred if asked or far away."""
        if not 0 <= index < len(self.table):
            return
        if not self._rows.fold.shows(index):
            with self._keeping_place():
                self._rows.reveal(index)
        self._go(index, centre=centre)

    def cursor_down(self) -> None:
        """One row down."""
        self._step(1)

    def cursor_up(self) -> None:
        """One row up."""
        self._step(-1)

    def page_down(self) -> None:
        """A screen down."""
        self._step(max(1, self._height - 1), scroll=True)

    def page_up(self) -> None:
        """A screen up."""
        self._step(-max(1, self._height - 1), scroll=True)

    def half_page_down(self) -> None:
        """Half a screen down."""
        self._step(max(1, self._height // 2), scroll=True)

    def half_page_up(self) -> None:
        """Half a screen up."""
        self._step(-max(1, self._height // 2), scroll=True)

    def to_top(self) -> None:
        """To the first event."""
        self._go(self._rows.event_near(0, 1))
        self._scroll_to_row(0)

    def to_end(self) -> None:
        """To the last event."""
        self._go(self._rows.event_near(len(self._rows) - 1, -1))

    def next_sibling(self) -> None:
        """To the next call."""
        if self.cursor is not None:
            self._go(self._rows.next_call(self.cursor))

    def previous_sibling(self) -> None:
        """To the call's first event, from there to the call before."""
        if self.cursor is not None:
            self._go(self._rows.previous_call(self.cursor))

    def _go(self, index: int | None, *, centre: bool = False) -> None:
        if index is None:
            return
        self._place_cursor(index)
        self._fit()
        self._bring_in_view(self._rows.row_of(index), centre=centre)

    def _bring_in_view(self, row: int, *, centre: bool = False) -> None:
        top = round(self.scroll_y)
        if centre or not top - self._height <= row < top + 2 * self._height:
            self._scroll_to_row(row - self._height // 2)
        elif row < top:
            self._scroll_to_row(row)
        elif row >= top + self._height:
            self._scroll_to_row(row - self._height + 1)

    def _step(self, count: int, *, scroll: bool = False) -> None:
        if self.cursor is None:
            return
        row = self._cursor_row
        self._fit()
        if scroll:
            self._scroll_to_row(round(self.scroll_y) + count)
        target = max(0, min(row + count, len(self._rows) - 1))
        item = self._rows.at(target)
        if isinstance(item, Divider):
            self._select_divider(item)
        else:
            self._go(item)

    def _select_divider(self, divider: Divider) -> None:
        """Puts the cursor on a divider, and with it on the event beside it."""
        row = self._rows.row_of_divider(divider)
        if row is None:
            return
        self._fit()
        self._refresh_cursor()
        self._place_cursor(self._rows.event_near(row, -1))
        self._divider = divider
        self._refresh_cursor()
        self._bring_in_view(row)
        self.post_message(self.CursorMoved(self.cursor))

    def _place_cursor(self, index: int | None) -> None:
        position = None if index is None else index + self._rows.fold.base
        if position == self._cursor and self._divider is None:
            return
        self._refresh_cursor()
        self._cursor, self._divider = position, None
        self._refresh_cursor()
        self.post_message(self.CursorMoved(index))

    # Folding

    @property
    def folded_away(self) -> int:
        """How many entries have no row since they are in folded calls; under a filter its own count tells."""
        fold = self._rows.fold
        return 0 if fold.filtered else len(self.table) - len(fold)

    @property
    def folded_calls(self) -> FoldedCalls:
        """Which calls are folded."""
        return self._rows.fold.folded_calls

    def begin_with(self, calls: FoldedCalls) -> None:
        """Folds the calls of this table, and those still to come, as those of another one are."""
        self._rows.fold.begin_with(calls)
        self.refresh()

    def toggle_fold(self) -> None:
        """Folds or unfolds the call under the cursor, or that the event under the cursor belongs to."""
        call = self._call_at_cursor
        if call is not None:
            self._set_open(call, not self._rows.fold.is_open(call))

    @property
    def folded(self) -> bool | None:
        """Whether the call is folded that the cursor is on or in; None where it is in none."""
        call = None if self.divider is not None else self._call_at_cursor
        return None if call is None else not self._rows.fold.is_open(call)

    def open_or_child(self) -> None:
        """Unfolds the call; where it is open goes to its first event."""
        call = self._call_at_cursor
        if call is None:
            return
        if not self._rows.fold.is_open(call):
            self._set_open(call, True)
        elif self.cursor == call and self.table.steps(call):
            self._go(call + 1)

    def close_or_parent(self) -> None:
        """Folds the call; on one of its events goes to the call."""
        call, fold = self._call_at_cursor, self._rows.fold
        if call is None:
            return
        if self.cursor != call and fold.shows(call):
            self._go(call)
        elif fold.is_open(call):
            self._set_open(call, False)

    def fold_all(self) -> None:
        """Folds every call, also those still to come."""
        with self._keeping_place():
            self._rows.fold.fold_all()

    def unfold_all(self) -> None:
        """Unfolds every call."""
        with self._keeping_place():
            self._rows.fold.unfold_all()

    @property
    def _call_at_cursor(self) -> int | None:
        return None if self.cursor is None else self._rows.fold.holder(self.cursor)

    def _set_open(self, call: int, open_: bool) -> None:
        # Where the call is on screen it stays put; else it takes the place of the event that the cursor was on.
        top = round(self.scroll_y)
        seen = top <= self._rows.row_of(call) < top + self._height
        with self._keeping_place(call if seen else None):
            self._rows.fold.set_open(call, open_)

    # Scrolling

    @property
    def _height(self) -> int:
        return self.container_size.height

    @contextmanager
    def _keeping_place(self, anchor: int | None = None) -> Iterator[None]:
        """Changes rows with one event staying where it is on screen: `anchor`, or the cursor's, or the topmost."""
        rows, top = self._rows, round(self.scroll_y)
        held = self.cursor if anchor is None else anchor
        if held is None or not top <= rows.row_of(held) < top + max(1, self._height):
            held = rows.event_near(top, 1)
        offset = 0 if held is None else rows.row_of(held) - top
        position = None if held is None else held + self._rows.fold.base
        yield
        cursor = self.cursor
        if self._divider is not None and rows.row_of_divider(self._divider) is None:
            self._divider = None
            self.post_message(self.CursorMoved(cursor))
        if len(rows.fold) == 0:
            self._place_cursor(None)
        elif cursor is None or not rows.fold.shows(cursor):
            self._place_cursor(rows.fold.event_at(rows.fold.row_of(cursor or 0)))
        self._fit()
        if position is not None:
            self._scroll_to_row(rows.row_of(max(0, position - self._rows.fold.base)) - offset)
        self.refresh()

    def _scroll_to_row(self, row: int) -> None:
        self.scroll_target_y = self.scroll_y = max(0, min(row, self.max_scroll_y))

    def _fit(self) -> None:
        """Gives the scroll bar the number of rows there are."""
        region = self.scrollable_content_region
        self._painter.set_columns(self._columns_for(region.width))
        self.fit(Size(region.width, len(self._rows)))

    def _columns_for(self, width: int) -> Columns:
        return Columns.fitting(width, len(self.table) + self._rows.fold.base)

    def on_resize(self, event: events.Resize) -> None:
        """Goes on showing what the cursor is on."""
        self._fit()
        self._keep_in_view()
        self.refresh()

    def _keep_in_view(self) -> None:
        if self._divider is not None:
            self._bring_in_view(self._cursor_row)
        elif self.cursor is not None:
            self._go(self.cursor)

    # Painting

    def notify_style_update(self) -> None:
        """Forgets what was painted in the theme before."""
        super().notify_style_update()
        self._painter.clear()

    def render_line(self, y: int) -> Strip:
        """The line at `y` of the widget."""
        painter, rows = self._painter, self._rows
        row = y + round(self.scroll_y)
        if row < len(rows):
            item = rows.at(row)
            if isinstance(item, Divider):
                strip = painter.divider(item, selected=item is self._divider)
            else:
                strip = painter.row(rows, item, selected=item == self.cursor and self._divider is None)
        elif y == 0:
            strip = painter.empty(filtered=rows.fold.filtered)
        else:
            strip = Strip.blank(painter.columns.width, self.rich_style)
        if len(rows) > self._height:
            if (rail := self._rail_mark(y)) is not None:
                strip = painter.rail(strip, rail)
            elif glyph := self._timeline(y):
                strip = painter.rail(strip, Role.VALUE, glyph)
        if y == self._height - 1 and (text := self._pill):
            strip = painter.pill(strip, text)
        return strip

    def _rail_mark(self, y: int) -> Role | None:
        """What to point out in the part of the chain that stands at the height of line `y`."""
        count, height = len(self._rows), max(1, self._height)
        first, stop = [self._rows.first_from(at * count // height) for at in (y, y + 1)]
        return self._noteworthy(first, stop)

    def _timeline(self, y: int) -> str:
        """A glyph for how much time passed in the part of the chain that stands at the height of line `y`."""
        return ""

    def _noteworthy(self, first: int, stop: int) -> Role | None:
        """What to point out about the events from `first` up to `stop`."""
        return None

    @property
    def _pill(self) -> str:
        """What the last line says at its right end; a click on it goes to the end."""
        return ""

    def _refresh_row(self, row: int) -> None:
        y = row - round(self.scroll_y)
        if 0 <= y < self._height:
            self.refresh(Region(0, y, self.size.width, 1))

    def _refresh_cursor(self) -> None:
        if self.cursor is not None and len(self._rows):
            self._refresh_row(self._cursor_row)

    @property
    def _cursor_row(self) -> int:
        """The row of the divider under the cursor, or else of the event."""
        row = None if self._divider is None else self._rows.row_of_divider(self._divider)
        return self._rows.row_of(self.cursor or 0) if row is None else row

    # The mouse

    def on_click(self, event: events.Click) -> None:
        """Selects the row, folds on the fold mark, goes to the end on the pill; a second click activates."""
        event.stop()
        if event.y == self._height - 1 and event.x >= self._painter.columns.width - len(self._pill) and self._pill:
            self.to_end()
            return
        row = event.y + round(self.scroll_y)
        item = self._rows.at(row) if row < len(self._rows) else None
        if isinstance(item, Divider):
            again = item is self._divider
            self._select_divider(item)
            if again and self.cursor is not None:
                self.post_message(self.Activated(self.cursor))
        if not isinstance(item, int):
            return
        again = item == self.cursor and self._divider is None
        self._go(item)
        if self._painter.on_mark(event.x) and self.table.kinds[item] == Kind.CALL:
            self.toggle_fold()
        elif again:
            self.post_message(self.Activated(item))
