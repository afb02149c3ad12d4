"""Rows that can be searched, filtered and gone through from one failure to the next."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from textual.message import Message

from chainview.chain.query.hits import Hits, Searchable
from chainview.chain.query.search import Search
from chainview.system.errors import ChainviewError
from chainview.ui.tree.outline import T
from chainview.ui.tree.painter import Painter
from chainview.ui.tree.view import TreeView
from chainview.ui.widgets.slices import Slices

if TYPE_CHECKING:
    from chainview.chain.query.filter import Filter

_FIRST_SLICE = 0.06
"""Seconds that a filter or search may take at once, so that on most chains it is there in the next frame."""
_TYPED_SLICE = 0.012
"""The same for what each letter that is typed begins anew."""
_TYPED_COUNT = 0.005
"""And for counting its hits, which the frame does not wait for."""
_SLICE = 0.015
_BETWEEN_SLICES = 0.01

S = TypeVar("S", bound=Search[Searchable])


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A place of the cursor, and whether it went along with what came."""

    position: int | None
    following: bool


class Selected(Protocol):
    """The entries that a filter lets through, found a step at a time."""

    @property
    def filter(self) -> Filter: ...
    @property
    def matches(self) -> array[int]:
        """Their positions, ascending: index + `dropped`."""
        ...

    def step(self) -> bool:
        """Looks at some more entries; True when every one has been looked at."""
        ...

    def forget(self) -> None:
        """Takes out what the table has let go."""
        ...


class QueryView(TreeView[T], Generic[T, S]):
    """Rows of which a filter shows a part and a search highlights the hits; what takes long is done between frames."""

    @dataclass
    class SearchMoved(Message, namespace="chain_tree"):
        """A search for a hit or an error ended at an event, or nowhere; `wrapped` when it passed the end.

        `step` is 1 where it went down and -1 where it went up.

        With `hidden` the event is one that the filter does not show, as it shows none that would do.
        """

        index: int | None
        wrapped: bool
        step: int
        hidden: bool = False

    @dataclass
    class SearchLeft(Message, namespace="chain_tree"):
        """A search found nothing more here, for hits or for errors, that way; it is to go on elsewhere."""

        errors: bool
        step: int

    @dataclass
    class FilterApplied(Message, namespace="chain_tree"):
        """The rows are those of the new filter, or everything again."""

        filtered: bool

    @dataclass
    class FilterGivenUp(Message, namespace="chain_tree"):
        """An expression of the filter took too long, so that everything is shown again; `sentence` says so."""

        sentence: str

    @dataclass
    class SearchGivenUp(Message, namespace="chain_tree"):
        """A search took too long; `sentence` says so."""

        sentence: str

    def __init__(self, table: T, painter: Painter[T], *, id: str | None = None) -> None:
        super().__init__(table, painter, id=id)
        self.wraps = True
        """Whether a search goes on from the other end here, and not elsewhere."""
        self._work = Slices()
        self._working = False
        self._selection: Selected | None = None
        self._applied: Selected | None = None
        self._landed: tuple[int | None, int | None] | None = None
        self._search: S | None = None
        self._failures = self._failures_in(table)

    def _replace(self, table: T) -> None:
        super()._replace(table)
        for name in ("filter", "seek", "hits", "failures"):
            self._work.drop(name)
        self._selection = self._applied = self._landed = None
        self._search = None
        self._highlight(None)
        self._failures = self._failures_in(table)

    # What there is to search, and how

    def finder(self, pattern: str) -> S:
        """A search for a pattern among what is shown here; raises ChainviewError for one that is none."""
        raise NotImplementedError

    def _failures_in(self, table: T) -> Hits[Searchable]:
        raise NotImplementedError

    def _select(self, wanted: Filter) -> Selected:
        raise NotImplementedError

    def _highlight(self, search: S | None) -> None:
        """Has the hits of a search painted as such."""
        raise NotImplementedError

    def _preparing(self) -> Iterator[None]:
        """What has to be done, step by step, before the table can be searched."""
        return iter(())

    def _let_through(self) -> array[int] | None:
        """The positions of the entries that may have rows now; None for all of them."""
        return None if self._applied is None else self._applied.matches

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

    @property
    def filter_count(self) -> tuple[int, int] | None:
        """How many events the filter lets through so far, of how many; None without a filter."""
        return None if self._selection is None else (len(self._selection.matches), len(self.table))

    def _filtering(self, selection: Selected) -> Iterator[None]:
        yield from self._preparing()
        try:
            while not selection.step():
                yield
        except ChainviewError as error:
            self._give_filter_up(error)
            return
        self._rows.fold.extend()
        self._apply_filter(selection)

    def _filter_what_came(self) -> None:
        """Looks through what the table has got since."""
        try:
            while self._applied is not None and not self._applied.step():
                pass
        except ChainviewError as error:
            self._give_filter_up(error)

    def _give_filter_up(self, error: ChainviewError) -> None:
        self.set_filter(None)
        self.post_message(self.FilterGivenUp(error.sentence))

    def _apply_filter(self, selection: Selected | None) -> None:
        self._applied = selection
        home = self._cursor
        if self._landed is not None and self._landed[1] == home and (self._landed[0] or 0) >= self.table.dropped:
            home = self._landed[0]
        self._cursor = home
        with self._keeping_place():
            self._rows.fold.set_matches(self._let_through())
        self._landed = None if selection is None else (home, self._cursor)
        self.post_message(self.FilterApplied(selection is not None))

    # Search

    @property
    def search(self) -> S | None:
        """The search whose hits are highlighted."""
        return self._search

    def set_search(self, search: S | None) -> None:
        """Highlights the hits of a search and counts them in the background, or ends the search."""
        self._search = search
        self._highlight(search)
        self._work.drop("hits")
        if search is not None:
            self._do("hits", self._counting(search), _TYPED_COUNT)
        self.refresh()

    def whereabouts(self) -> Whereabouts:
        """Where the cursor is, to come back to."""
        return Whereabouts(self.position, self._follows())

    def go_back(self, to: Whereabouts) -> None:
        """To where the cursor was, and to what it did there."""
        self._work.drop("seek")
        self._return(to)

    def _return(self, to: Whereabouts) -> None:
        if to.position is not None and to.position != self.position:
            self.move_to_position(to.position)
        if to.following and not self._follows():
            self._follow()

    def _follows(self) -> bool:
        """Whether the cursor goes along with what comes."""
        return False

    def _follow(self) -> None:
        """Lets it do so again."""

    def first_hit(self, behind: Whereabouts) -> None:
        """To the first hit behind a place, or before it, or back there where there is none, as something is typed."""
        if self._search is not None:
            self._do("seek", self._seeking(self._search, 1, behind, telling=False), _TYPED_SLICE)

    def next_hit(self, behind: Whereabouts | None = None) -> None:
        """To the next hit of the search, from the last on to the first; SearchMoved tells where.

        It is looked for behind the cursor, or behind another place.
        """
        if self._search is not None:
            self._do("seek", self._seeking(self._search, 1, behind))

    def previous_hit(self) -> None:
        """To the hit before."""
        if self._search is not None:
            self._seek(self._search, -1)

    def next_error(self) -> None:
        """To the next failed call, failed host call or event that is not sound, from the last on to the first."""
        self._seek(self._failures, 1)

    def previous_error(self) -> None:
        """To the one before."""
        self._seek(self._failures, -1)

    def _seek(self, hits: Hits[Searchable], step: int) -> None:
        self._do("seek", self._seeking(hits, step))

    def _seeking(
        self, hits: Hits[Searchable], step: int, behind: Whereabouts | None = None, *, telling: bool = True
    ) -> Iterator[None]:
        yield from self._preparing()
        start = -1 if self.cursor is None else self.cursor
        if behind is not None:
            start = -1 if behind.position is None else max(-1, behind.position - self._rows.fold.base)
        ends = -1 if step > 0 else len(self.table)
        accept = self._rows.fold.lets_through
        tries: list[tuple[int, Callable[[int], bool] | None, bool]] = [(start, accept, False), (ends, accept, True)]
        if telling and self._applied is not None:
            tries.append((start, None, False))
        for begin, wanted, wrapped in tries:
            if wrapped and telling and not self.wraps:
                self.post_message(self.SearchLeft(hits is self._failures, step))
                return
            seek = hits.seek(begin, step, wanted)
            try:
                while not seek.step():
                    yield
            except ChainviewError as error:
                self.post_message(self.SearchGivenUp(error.sentence))
                return
            if seek.hit is None:
                continue
            if wanted is not None:
                self.move_to(seek.hit)
            if telling:
                self.post_message(self.SearchMoved(seek.hit, wrapped, step, hidden=wanted is None))
            return
        if telling:
            self.post_message(self.SearchMoved(None, True, step))
        elif behind is not None:
            self._return(behind)

    def _count_on(self) -> None:
        """Goes on counting failures and hits, where not all of them are."""
        if not self._failures.complete:
            self._do("failures", self._counting(self._failures))
        if self._search is not None and not self._search.complete:
            self._do("hits", self._counting(self._search))

    def _counting(self, hits: Hits[Searchable]) -> Iterator[None]:
        yield from self._preparing()
        known = hits.total
        try:
            while not hits.count_step():
                yield
        except ChainviewError as error:
            self.post_message(self.SearchGivenUp(error.sentence))
            return
        if hits is self._search and self._search.was_unsure:
            self._highlight(self._search)
        if hits.total > known:
            self.refresh()

    # Work in slices

    def _do(self, name: str, work: Iterator[None], seconds: float | None = None) -> None:
        """Begins work at once, for so many seconds, and goes on with it between frames."""
        self._work.add(name, work)
        if seconds is None:
            seconds = _FIRST_SLICE if name in ("filter", "seek") else _SLICE
        self._work.run(seconds, only=name)
        self._go_on()

    def _go_on(self) -> None:
        if len(self._work) and not self._working and self.is_running:
            self._working = True
            # A frame that is to come is drawn first.
            self.set_timer(_BETWEEN_SLICES, lambda: self.call_after_refresh(self._continue))

    def _continue(self) -> None:
        self._working = False
        self._work.run(_SLICE)
        self._go_on()
