"""The chain as a tree: a row an event of its table."""

from __future__ import annotations

from chainview.chain.query.failures import FailureFinder
from chainview.chain.query.filter import Filter, Selection
from chainview.chain.query.search import Finder
from chainview.chain.table import EventTable
from chainview.ui.tree.growing_view import GrowingView
from chainview.ui.tree.painter import EventPainter


class ChainTree(GrowingView[EventTable, Finder]):
    """Shows a table's events and calls."""

    _painter: EventPainter

    def __init__(self, table: EventTable, *, id: str | None = None) -> None:
        super().__init__(table, EventPainter(self), id=id)

    def finder(self, pattern: str) -> Finder:
        """A search for a pattern; raises ChainviewError for one that is none."""
        return Finder(self.table, pattern)

    def _failures_in(self, table: EventTable) -> FailureFinder:
        return FailureFinder(table)

    def _select(self, wanted: Filter) -> Selection:
        return Selection(self.table, wanted)

    def _highlight(self, search: Finder | None) -> None:
        self._painter.set_finder(search)
