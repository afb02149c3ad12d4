"""Rows that grow at their end, are followed there, and let go of their oldest."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import Generic

from textual.geometry import Region
from textual.message import Message
from textual.timer import Timer

from chainview.chain.event import Kind
from chainview.chain.words.spans import Role
from chainview.ui.tree.outline import T
from chainview.ui.tree.painter import Painter
from chainview.ui.tree.query_view import QueryView, S, Selected
from chainview.ui.tree.shown_rows import Divider

_RESIZE_SECONDS = 1.0
"""While not following the scroll bar grows at this pace: its marks, and so every row, are painted anew with it."""
_NO_TICK_SECONDS = 0.5
"""How much later it does where nothing more comes, with which it would."""


class GrowingView(QueryView[T, S], Generic[T, S]):
    """Shows a table's entries; the app binds keys to its methods, and says when the table grew or let go of some.

    While following, the cursor is on the newest one.
    """

    @dataclass
    class FollowChanged(Message, namespace="chain_tree"):
        """Following began or ended."""

        following: bool

    def __init__(self, table: T, painter: Painter[T], *, id: str | None = None) -> None:
        super().__init__(table, painter, id=id)
        self.grows = True
        """Whether more can come than what was there when the table was opened, and is then told of as new."""
        self._reading = False
        self._placing = False
        self._resized_at = float("-inf")
        self._fits_later: Timer | None = None
        self._follow_from_here()

    def _follow_from_here(self) -> None:
        self._following = True
        self._seen = 0
        self._told = (True, 0)

    def set_table(self, table: T) -> None:
        """Shows another table from its end, without the filter, search and marks of the one before."""
        self._replace(table)
        self._follow_from_here()
        self.extended()

    # Growing

    def extended(self) -> None:
        """Shows what was appended to the table since the last call; to be called once a tick."""
        self._let_go()
        self._filter_what_came()
        self._rows.fold.extend()
        if self._following:
            self._to_last()
        else:
            self._fit_soon()
            if self._cursor is None:
                self._place_cursor(self._rows.event_near(0, 1))
            self._refresh_last_call()
        self._tell_follow()
        if not self._reading:
            self._count_on()

    def set_reading(self, reading: bool) -> None:
        """Says whether a file is still read for the first time: errors and hits are looked for when all is there."""
        read, self._reading = self._reading and not reading, reading
        if read:
            self._count_on()

    def dropped(self, count: int) -> None:
        """Lets go of the `count` oldest events that the table has let go; what is on screen stays where it is."""
        if count > 0:
            with self._keeping_place():
                self._let_go()

    def _let_go(self) -> None:
        if self._applied is not None:
            self._applied.forget()
        self._rows.drop()
        if self._cursor is not None and self._cursor < self._rows.fold.base:
            self._cursor = None
            self._place_cursor(self._rows.event_near(0, 1))

    def add_divider(self, divider: Divider) -> None:
        """Draws a divider, such as of a new build, behind the events before its note."""
        with self._keeping_place():
            self._rows.add_divider(divider)
        if self._following:
            self._to_last()

    def _refresh_last_call(self) -> None:
        """Paints the summary of a folded call that still grows."""
        call = self.table.kinds.rfind(Kind.CALL)
        if call >= 0 and len(self._rows):
            self._refresh_row(self._rows.row_of(call))

    def _fit(self) -> None:
        self._resized_at = monotonic()
        super()._fit()

    def _fit_soon(self) -> None:
        if self.virtual_size.height == len(self._rows):
            return
        wait = self._resized_at + _RESIZE_SECONDS - monotonic()
        if wait <= 0 or not self.is_running:
            self._fit_now()
        elif self._fits_later is None:
            self._fits_later = self.set_timer(wait + _NO_TICK_SECONDS, self._fit_now)

    def _fit_now(self) -> None:
        if self._fits_later is not None:
            self._fits_later.stop()
            self._fits_later = None
        self._fit()
        self._look_down()
        self._tell_follow()
        self.refresh()

    # Following

    @property
    def following(self) -> bool:
        """Whether the cursor stays on the newest event."""
        return self._following

    @property
    def new_below(self) -> int:
        """How many rows came below since following stopped and were not on screen yet."""
        if self._following or not self.grows:
            return 0
        fold = self._rows.fold
        return len(fold) - fold.rows_before(self._seen - fold.base)

    def to_end(self) -> None:
        """To the last event, following what arrives from then on."""
        self._following = True
        self._to_last()
        self._tell_follow()

    def _follows(self) -> bool:
        return self._following

    def _follow(self) -> None:
        self.to_end()

    def toggle_follow(self) -> None:
        """Stops following, or goes to the end and follows."""
        if self._following:
            self._stop_following()
            self._tell_follow()
        else:
            self.to_end()

    def _to_last(self) -> None:
        self._fit()
        self._place_cursor(self._rows.event_near(len(self._rows) - 1, -1))
        self._scroll_to_row(len(self._rows))
        self.refresh()

    def _go(self, index: int | None, *, centre: bool = False) -> None:
        super()._go(index, centre=centre)
        if index is not None:
            if self._rows.row_of(index) < len(self._rows) - 1:
                self._stop_following()
            self._look_down()
            self._tell_follow()

    def _stop_following(self) -> None:
        if self._following:
            self._following = False
            self._seen = len(self.table) + self._rows.fold.base

    def _select_divider(self, divider: Divider) -> None:
        self._stop_following()
        super()._select_divider(divider)
        self._look_down()
        self._tell_follow()

    def _scroll_to_row(self, row: int) -> None:
        self._placing = True
        super()._scroll_to_row(row)
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

    def _keep_in_view(self) -> None:
        if self._following:
            self._to_last()
        else:
            super()._keep_in_view()

    def _tell_follow(self) -> None:
        before, self._told = self._told, (self._following, self.new_below)
        if self._following != before[0]:
            self.post_message(self.FollowChanged(self._following))
        if self._told != before:
            self.refresh(Region(0, self._height - 1, self.size.width, 1))

    @property
    def _pill(self) -> str:
        count = self.new_below
        return f" ↓ {count:,} new " if count else ""

    def _apply_filter(self, selection: Selected | None) -> None:
        super()._apply_filter(selection)
        if self._following:
            self._to_last()
        self._tell_follow()

    def _noteworthy(self, first: int, stop: int) -> Role | None:
        if self._failures.any_between(first, stop):
            return Role.ERROR
        return Role.FLAG if self._search is not None and self._search.any_between(first, stop) else None
