"""The chain as a tree: a row an event, painted line by line from the event table, whatever the chain's length."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from chainview.chain.query.filter import Filter, Selection
from chainview.chain.query.search import FailureFinder, Finder, Hits
from chainview.chain.table import EventTable
from chainview.chain.words.brief import Role
from chainview.ui.tree import messages as tree_messages
from chainview.ui.tree.folding import FoldingView
from chainview.ui.widgets.slices import Slices

_FIRST_SLICE = 0.06
"""Seconds that a filter or search may take at once, so that on most chains it is there in the next frame."""
_SLICE = 0.015
_BETWEEN_SLICES = 0.01


class ChainTree(FoldingView):
    """Shows a table's events; the app binds keys to its methods, and says when the table grew or let go of events."""

    CursorMoved = tree_messages.CursorMoved
    FollowChanged = tree_messages.FollowChanged
    Activated = tree_messages.Activated
    SearchMoved = tree_messages.SearchMoved
    FilterApplied = tree_messages.FilterApplied

    def __init__(self, table: EventTable, *, id: str | None = None) -> None:
        self._work = Slices()
        self._working = False
        super().__init__(table, id=id)

    def _take(self, table: EventTable) -> None:
        super()._take(table)
        self._selection: Selection | None = None
        self._applied: Selection | None = None
        self._landed: tuple[int | None, int | None] | None = None
        self._finder: Finder | None = None
        self._failures = self._failures_in(table)
        for name in ("filter", "seek", "hits", "failures"):
            self._work.drop(name)
        self._painter.set_finder(None)

    def set_table(self, table: EventTable) -> None:
        """Shows another table from its end, without the filter, search and marks of the one before."""
        self._take(table)
        self._painter.clear()
        self.extended()

    def extended(self) -> None:
        """Shows what was appended to the table since the last call; to be called once a tick."""
        if self._applied is not None:
            while not self._applied.step():
                pass
        super().extended()
        if not self._failures.complete:
            self._do("failures", self._counting(self._failures))
        if self._finder is not None and not self._finder.complete:
            self._do("hits", self._counting(self._finder))

    def _let_go(self) -> None:
        if self._applied is not None:
            self._applied.forget()
        super()._let_go()

    # Filter

    def set_filter(self, wanted: Filter | None) -> None:
        """Shows only what a filter lets through, or everything again; FilterApplied tells when a long chain is done.

        The cursor's event stays where it is on screen. Where the filter hides it, the cursor goes to the nearest event
        above, and back when the filter goes before the cursor has moved.
        """
        self._work.drop("filter")
        self._selection = None if wanted is None else self._select(wanted)
        if self._selection is None:
            self._apply_filter(None)
        else:
            self._do("filter", self._filtering(self._selection))

    def _select(self, wanted: Filter) -> Selection:
        return Selection(self.table, wanted)

    def _let_through(self, selection: Selection | None) -> array[int] | None:
        """The events that have rows; None for all of them."""
        return None if selection is None else selection.matches

    @property
    def filter_count(self) -> tuple[int, int] | None:
        """How many events the filter lets through so far, of how many; None without a filter."""
        return None if self._selection is None else (len(self._selection.matches), len(self.table))

    def _filtering(self, selection: Selection) -> Iterator[None]:
        while not selection.step():
            yield
        self._rows.fold.extend()
        self._apply_filter(selection)

    def _apply_filter(self, selection: Selection | None) -> None:
        self._applied = selection
        home = self._cursor
        if self._landed is not None and self._landed[1] == home and (self._landed[0] or 0) >= self.table.dropped:
            home = self._landed[0]
        self._cursor = home
        with self._keeping_place():
            self._rows.fold.set_matches(self._let_through(selection))
        self._landed = None if selection is None else (home, self._cursor)
        if self._following:
            self._to_last()
        self._tell_follow()
        self.post_message(self.FilterApplied(selection is not None))

    # Search

    def finder(self, pattern: str) -> Finder:
        """A search for a pattern among what is shown here; raises ChainviewError for one that is none."""
        return Finder(self.table, pattern)

    @property
    def search(self) -> Finder | None:
        """The search whose hits are highlighted."""
        return self._finder

    def set_search(self, finder: Finder | None) -> None:
        """Highlights the hits of a search and counts them in the background, or ends the search."""
        self._finder = finder
        self._painter.set_finder(finder)
        self._work.drop("hits")
        if finder is not None:
            self._do("hits", self._counting(finder))
        self.refresh()

    def next_hit(self) -> None:
        """To the next hit of the search, from the last on to the first; SearchMoved tells where."""
        if self._finder is not None:
            self._seek(self._finder, 1)

    def previous_hit(self) -> None:
        """To the hit before."""
        if self._finder is not None:
            self._seek(self._finder, -1)

    def next_error(self) -> None:
        """To the next failed call, failed host call or damaged stretch, from the last on to the first."""
        self._seek(self._failures, 1)

    def previous_error(self) -> None:
        """To the one before."""
        self._seek(self._failures, -1)

    def _seek(self, hits: Hits, step: int) -> None:
        self._do("seek", self._seeking(hits, step))

    def _seeking(self, hits: Hits, step: int) -> Iterator[None]:
        fold = self._rows.fold
        start = -1 if self.cursor is None else self.cursor
        for wrapped in (False, True):
            seek = hits.seek(start, step, fold.lets_through)
            while not seek.step():
                yield
            if seek.hit is not None:
                self.move_to(seek.hit)
                self.post_message(self.SearchMoved(seek.hit, wrapped))
                return
            start = -1 if step > 0 else len(self.table)
        self.post_message(self.SearchMoved(None, True))

    def _failures_in(self, table: EventTable) -> FailureFinder:
        return FailureFinder(table)

    def _noteworthy(self, first: int, stop: int) -> Role | None:
        if self._failures.any_between(first, stop):
            return Role.ERROR
        return Role.FLAG if self._finder is not None and self._finder.any_between(first, stop) else None

    # Work in slices

    def _counting(self, hits: Hits) -> Iterator[None]:
        known = hits.total
        while not hits.count_step():
            yield
        if hits.total > known:
            self.refresh()

    def _do(self, name: str, work: Iterator[None]) -> None:
        """Begins work at once, and goes on with it between frames."""
        self._work.add(name, work)
        self._go_on(_FIRST_SLICE if name in ("filter", "seek") else _SLICE)

    def _go_on(self, seconds: float = _SLICE) -> None:
        self._work.run(seconds)
        if len(self._work) and not self._working and self.is_running:
            self._working = True
            self.set_timer(_BETWEEN_SLICES, self._continue)

    def _continue(self) -> None:
        self._working = False
        self._go_on()
