"""The chain as a tree: a row an event of its table."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING

from chainview.chain.query.failures import FailureFinder
from chainview.chain.query.search import Finder
from chainview.chain.stats.rate import sparkline
from chainview.chain.table import EventTable
from chainview.chain.words.spans import Role
from chainview.ui.tree.growing_view import GrowingView
from chainview.ui.tree.painter import EventPainter
from chainview.ui.tree.row_text import Columns

if TYPE_CHECKING:
    from chainview.chain.query.filter import Filter, Selection


class ChainTree(GrowingView[EventTable, Finder]):
    """Shows a table's events and calls."""

    _painter: EventPainter

    def __init__(self, table: EventTable, *, id: str | None = None) -> None:
        self._damaged: tuple[int, ...] = ()
        super().__init__(table, EventPainter(self), id=id)
        self._bookmarks: list[int] = []
        self._timed = False
        self._line_times: tuple[tuple[int, int, int], list[int]] = ((0, 0, 0), [])

    def set_bookmarks(self, numbers: Iterable[int]) -> None:
        """Marks the events of these numbers, and the places where they are beside the scroll bar."""
        self._bookmarks = sorted(numbers)
        self._painter.set_bookmarks(frozenset(self._bookmarks))
        self.refresh()

    def _noteworthy(self, first: int, stop: int) -> Role | None:
        found = super()._noteworthy(first, stop)
        if found is Role.ERROR or not self._bookmarks or first >= stop:
            return found
        at = bisect_left(self._bookmarks, self.table.number(first))
        here = at < len(self._bookmarks) and self._bookmarks[at] < self.table.number(stop)
        return Role.NOTE if here else found

    @property
    def timed(self) -> bool:
        """Whether rows tell what events took."""
        return self._timed

    def set_timed(self, timed: bool) -> None:
        """Lets rows tell what events took in the place of their hashes, and the rail how time passed, or not."""
        self._timed = timed
        self._fit()
        self.refresh()

    def _columns_for(self, width: int) -> Columns:
        return Columns.fitting(width, len(self.table) + self._rows.fold.base, timed=self._timed)

    def _timeline(self, y: int) -> str:
        if not self._timed:
            return ""
        rows, height = self._rows, max(1, self._height)
        known_by = (len(rows), height, rows.fold.base)
        if self._line_times[0] != known_by:
            edges = [rows.first_from(at * len(rows) // height) for at in range(height + 1)]
            times = [self.table.times(at, at + 1)[0][0] if at < len(self.table) else 0 for at in edges]
            times[-1] = times[-1] or self.table.times(len(self.table) - 1, len(self.table))[0][0]
            passed = [max(0, after - before) for before, after in pairwise(times)]
            self._line_times = known_by, passed
        passed = self._line_times[1]
        most = max(passed, default=0)
        return sparkline([passed[y], most])[0].strip() if most else ""

    def finder(self, pattern: str) -> Finder:
        """A search for a pattern; raises ChainviewError for one that is none."""
        return Finder(self.table, pattern)

    def set_damaged(self, numbers: tuple[int, ...]) -> None:
        """Counts these events among the failures: a check found something amiss there."""
        self._damaged = numbers
        self._failures = self._failures_in(self.table)
        self._count_on()

    def _failures_in(self, table: EventTable) -> FailureFinder:
        return FailureFinder(table, self._damaged)

    def _select(self, wanted: Filter) -> Selection:
        from chainview.chain.query.filter import Selection

        return Selection(self.table, wanted)

    def _highlight(self, search: Finder | None) -> None:
        self._painter.set_finder(search)
