"""The rows of a chain on screen: painting, scrolling, the cursor, following, the mouse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import ClassVar

from textual import events
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from chainview.chain.event import Kind
from chainview.chain.table import EventTable
from chainview.chain.words.brief import Role
from chainview.ui.tree.messages import Activated, CursorMoved, FollowChanged
from chainview.ui.tree.painter import LOOKS, TREE_CSS, RowPainter
from chainview.ui.tree.row_text import Columns
from chainview.ui.tree.shown_rows import TreeRows

_RESIZE_SECONDS = 0.5
"""While not following the scroll bar grows at this pace: a new virtual size costs a layout of the whole screen."""


class TreeView(ScrollView, can_focus=True, inherit_bindings=False):
    """A table's events as rows, the cursor on one of them.

    The cursor is an event, not a row, so that nothing moves it but the user, and while following the newest event.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"chain-tree--{look}" for look in LOOKS}
    DEFAULT_CSS = TREE_CSS
    ALLOW_SELECT = False

    def __init__(self, table: EventTable, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._painter = RowPainter(self)
        self._placing = False
        self._resized_at = float("-inf")
        self._resize_waits = False
        self._take(table)

    def _take(self, table: EventTable) -> None:
        self._rows = TreeRows(table)
        self._cursor: int | None = None
        self._following = True
        self._seen = 0
        self._told = (True, 0)
        self._marks: Mapping[int, str] = {}

    @property
    def table(self) -> EventTable:
        """The table whose events are shown."""
        return self._rows.table

    # Growing

    def extended(self) -> None:
        """Shows what was appended to the table since the last call; to be called once a tick."""
        self._let_go()
        self._rows.fold.extend()
        if self._following:
            self._to_last()
        else:
            self._fit_soon()
            if self._cursor is None:
                self._place_cursor(self._rows.event_near(0, 1))
            self._refresh_last_call()
        self._tell_follow()

    def dropped(self, count: int) -> None:
        """Lets go of the `count` oldest events that the table has let go; what is on screen stays where it is."""
        if count > 0:
            with self._keeping_place():
                self._let_go()

    def add_note(self, text: str, after: int) -> None:
        """Draws a divider with a text, such as a new build, behind the first `after` events of the chain."""
        with self._keeping_place():
            self._rows.add_note(text, after)
        if self._following:
            self._to_last()

    def set_marks(self, marks: Mapping[int, str]) -> None:
        """Puts a glyph before events, by event number: `≠` for a difference, say."""
        self._marks = marks
        self.refresh()

    def _let_go(self) -> None:
        self._rows.drop()
        if self._cursor is not None and self._cursor < self._rows.fold.base:
            self._cursor = None
            self._place_cursor(self._rows.event_near(0, 1))

    # The cursor

    @property
    def cursor(self) -> int | None:
        """The index of the event under the cursor."""
        return None if self._cursor is None else self._cursor - self._rows.fold.base

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
        """To the last event, following what arrives from then on."""
        self._following = True
        self._to_last()
        self._tell_follow()

    def toggle_follow(self) -> None:
        """Stops following, or goes to the end and follows."""
        if self._following:
            self._stop_following()
            self._tell_follow()
        else:
            self.to_end()

    @property
    def following(self) -> bool:
        """Whether the cursor stays on the newest event."""
        return self._following

    @property
    def new_below(self) -> int:
        """How many rows came below since following stopped and were not on screen yet."""
        if self._following:
            return 0
        fold = self._rows.fold
        return len(fold) - fold.rows_before(self._seen - self._rows.fold.base)

    def _go(self, index: int | None, *, centre: bool = False) -> None:
        if index is None:
            return
        self._place_cursor(index)
        self._fit()
        row = self._rows.row_of(index)
        if row < len(self._rows) - 1:
            self._stop_following()
        top = round(self.scroll_y)
        if centre or not top - self._height <= row < top + 2 * self._height:
            self._scroll_to_row(row - self._height // 2)
        elif row < top:
            self._scroll_to_row(row)
        elif row >= top + self._height:
            self._scroll_to_row(row - self._height + 1)
        self._look_down()
        self._tell_follow()

    def _step(self, count: int, *, scroll: bool = False) -> None:
        if self.cursor is None:
            return
        row = self._rows.row_of(self.cursor)
        self._fit()
        if scroll:
            self._scroll_to_row(round(self.scroll_y) + count)
        self._go(self._rows.event_near(row + count, count))

    def _to_last(self) -> None:
        self._fit()
        self._place_cursor(self._rows.event_near(len(self._rows) - 1, -1))
        self._scroll_to_row(len(self._rows))
        self.refresh()

    def _place_cursor(self, index: int | None) -> None:
        position = None if index is None else index + self._rows.fold.base
        if position == self._cursor:
            return
        self._refresh_cursor()
        self._cursor = position
        self._refresh_cursor()
        self.post_message(CursorMoved(index))

    def _stop_following(self) -> None:
        if self._following:
            self._following = False
            self._seen = len(self.table) + self._rows.fold.base

    def _tell_follow(self) -> None:
        told = (self._following, self.new_below)
        if told != self._told:
            self._told = told
            self.post_message(FollowChanged(*told))
            self.refresh(Region(0, self._height - 1, self.size.width, 1))

    # Scrolling

    @property
    def _height(self) -> int:
        return self.scrollable_content_region.height

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
        if len(rows.fold) == 0:
            self._place_cursor(None)
        elif cursor is None or not rows.fold.shows(cursor):
            self._place_cursor(rows.fold.event_at(rows.fold.row_of(cursor or 0)))
        self._fit()
        if position is not None:
            self._scroll_to_row(rows.row_of(max(0, position - self._rows.fold.base)) - offset)
        self.refresh()

    def _scroll_to_row(self, row: int) -> None:
        self._placing = True
        self.scroll_target_y = self.scroll_y = max(0, min(row, self.max_scroll_y))
        self._placing = False

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Any way up stops following, and what comes into view counts as seen."""
        super().watch_scroll_y(old_value, new_value)
        if not self._placing:
            if new_value < min(old_value, self.max_scroll_y):
                self._stop_following()
            self._look_down()
            self._tell_follow()

    def _look_down(self) -> None:
        """Takes note of the last event in view."""
        if not self._following:
            index = self._rows.event_near(round(self.scroll_y) + self._height - 1, -1)
            if index is not None:
                self._seen = max(self._seen, index + self._rows.fold.base + 1)

    def _fit(self) -> None:
        """Gives the scroll bar the number of rows there are."""
        self._resized_at = monotonic()
        region = self.scrollable_content_region
        self._painter.set_columns(Columns.fitting(region.width, len(self.table) + self._rows.fold.base))
        self.virtual_size = Size(region.width, len(self._rows))

    def _fit_soon(self) -> None:
        if self._resize_waits or self.virtual_size.height == len(self._rows):
            return
        wait = self._resized_at + _RESIZE_SECONDS - monotonic()
        if wait <= 0 or not self.is_running:
            self._fit_now()
        else:
            self._resize_waits = True
            self.set_timer(wait, self._fit_now)

    def _fit_now(self) -> None:
        self._resize_waits = False
        self._fit()
        self._look_down()
        self._tell_follow()
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """Keeps the end, or the cursor, in view."""
        self._fit()
        if self._following:
            self._to_last()
        elif self.cursor is not None:
            self._go(self.cursor)
        self.refresh()

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
            if isinstance(item, str):
                strip = painter.note(item)
            else:
                mark = self._marks.get(self.table.number(item), "")
                strip = painter.event(rows, item, mark=mark, selected=item == self.cursor)
        elif y == 0:
            strip = painter.empty("no event passes the filter" if rows.fold.filtered else "no events yet")
        else:
            strip = Strip.blank(painter.columns.width, self.rich_style)
        if len(rows) > self._height and (rail := self._rail_mark(y)) is not None:
            strip = painter.rail(strip, rail)
        if y == self._height - 1 and (text := self._pill):
            strip = painter.pill(strip, text)
        return strip

    def _rail_mark(self, y: int) -> Role | None:
        """What to point out in the part of the chain that stands at the height of line `y`."""
        count, height = len(self._rows), max(1, self._height)
        first = self._rows.event_near(y * count // height, 1)
        last = self._rows.event_near((y + 1) * count // height, -1)
        return None if first is None or last is None else self._noteworthy(first, max(last, first + 1))

    def _noteworthy(self, first: int, stop: int) -> Role | None:
        """What to point out about the events from `first` up to `stop`."""
        return None

    @property
    def _pill(self) -> str:
        count = self.new_below
        return f" ↓ {count:,} new " if count else ""

    def _refresh_row(self, row: int) -> None:
        y = row - round(self.scroll_y)
        if 0 <= y < self._height:
            self.refresh(Region(0, y, self.size.width, 1))

    def _refresh_cursor(self) -> None:
        if self.cursor is not None and len(self._rows):
            self._refresh_row(self._rows.row_of(self.cursor))

    def _refresh_last_call(self) -> None:
        """Paints the summary of a folded call that still grows."""
        call = self.table.kinds.rfind(Kind.CALL)
        if call >= 0 and len(self._rows):
            self._refresh_row(self._rows.row_of(call))

    # The mouse

    def on_click(self, event: events.Click) -> None:
        """Selects the row, folds on the fold mark, goes to the end on the pill; a second click activates."""
        event.stop()
        if event.y == self._height - 1 and event.x >= self._painter.columns.width - len(self._pill) and self._pill:
            self.to_end()
            return
        row = event.y + round(self.scroll_y)
        item = self._rows.at(row) if row < len(self._rows) else None
        if not isinstance(item, int):
            return
        again = item == self.cursor
        self._go(item)
        if self._painter.on_mark(event.x) and self.table.kinds[item] == Kind.CALL:
            self.toggle_fold()
        elif again:
            self.post_message(Activated(item))

    def toggle_fold(self) -> None:
        """Folds or unfolds the call under the cursor, or that the event under the cursor belongs to."""
        call = None if self.cursor is None else self._rows.fold.holder(self.cursor)
        if call is not None:
            self._set_open(call, not self._rows.fold.is_open(call))

    def _set_open(self, call: int, open_: bool) -> None:
        # Where the call is on screen it stays put; else it takes the place of the event that the cursor was on.
        top = round(self.scroll_y)
        seen = top <= self._rows.row_of(call) < top + self._height
        with self._keeping_place(call if seen else None):
            self._rows.fold.set_open(call, open_)
