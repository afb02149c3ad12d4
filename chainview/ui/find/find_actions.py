"""Finding and filtering."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from chainview.system.errors import ChainviewError
from chainview.system.wording import visible
from chainview.ui.find.sought import Sought
from chainview.ui.lines.line import Line
from chainview.ui.widgets.keys import ActionId, Handlers
from chainview.ui.widgets.prompt import Hint, PlainPurpose, Purpose

if TYPE_CHECKING:
    from chainview.chain.query.hits import Searchable
    from chainview.chain.query.search import Search
    from chainview.ui.tree.query_view import QueryView


class Searched(Protocol):
    """A screen with rows to search and to filter."""

    @property
    def chain_tree(self) -> QueryView[Any, Any]: ...
    @property
    def trees(self) -> Sequence[QueryView[Any, Any]]: ...
    def ask(self, purpose: Purpose, text: str = "") -> None: ...


class FindActions:
    """What the rows of a screen are searched for and filtered by."""

    def __init__(self, screen: Searched) -> None:
        self._screen = screen
        self.pattern = ""
        """What was searched for last."""
        self._in_force = ""
        self.filter = ""
        self.filtering = False

    @property
    def search(self) -> Search[Searchable] | None:
        """The search that goes on."""
        search: Search[Searchable] | None = self._screen.chain_tree.search
        return search

    def handlers(self) -> Handlers:
        """What find and filter do."""
        return {
            ActionId.FIND: self._ask_pattern,
            ActionId.FIND_NEXT: self.next_hit,
            ActionId.FIND_PREV: self.previous_hit,
            ActionId.FILTER: self._ask_filter,
            ActionId.FILTER_TOGGLE: self._toggle_filter,
        }

    # Find

    def _ask_pattern(self) -> None:
        self._screen.ask(_FindPurpose(self, self.pattern))

    def search_for(self, pattern: str) -> str:
        """Searches for a pattern, or for nothing; returns why it can't be searched for."""
        self.pattern = pattern
        reason = ""
        for tree in self._screen.trees:
            search = None
            if pattern:
                try:
                    search = tree.finder(pattern)
                except ChainviewError as error:
                    reason = error.sentence
            tree.set_search(search)
        self._in_force = "" if reason else pattern
        return reason

    def next_hit(self) -> None:
        """To the next hit of the search, or of the one before where none goes on."""
        if self._begun():
            self._screen.chain_tree.next_hit()

    def previous_hit(self) -> None:
        """To the hit before."""
        if self._begun():
            self._screen.chain_tree.previous_hit()

    def _begun(self) -> bool:
        if self.search is None and not self.pattern:
            self._ask_pattern()
            return False
        if self.search is None:
            self.search_for(self.pattern)
        return True

    def end_search(self) -> bool:
        """Ends the search; False when there was none."""
        if self.search is None:
            return False
        last = self.pattern
        self.search_for("")
        self.pattern = last
        return True

    @property
    def in_force(self) -> str:
        """The pattern of the search that goes on."""
        return self._in_force

    def take_over(self, other: FindActions) -> None:
        """Searches for and filters by what another screen does."""
        if other.in_force != self._in_force:
            self.search_for(other.in_force)
        wanted = other.filter if other.filtering else ""
        if wanted != (self.filter if self.filtering else ""):
            self.set_filter(wanted)
        self.pattern, self.filter, self.filtering = other.pattern, other.filter, other.filtering

    def go_on(self) -> None:
        """Goes on searching and filtering in rows that are others now."""
        if self._in_force:
            self.search_for(self._in_force)
        if self.filtering and any(tree.filter_count is None for tree in self._screen.trees):
            self.set_filter(self.filter)

    # Filter

    def set_filter(self, text: str) -> str:
        """Shows only what matches, or everything again; returns why the filter can't be understood."""
        from chainview.chain.query.filter import parse_filter

        text = text.strip()
        try:
            wanted = parse_filter(text) if text else None
        except ChainviewError as error:
            return error.sentence
        for tree in self._screen.trees:
            tree.set_filter(wanted)
        self.filter, self.filtering = text, bool(text)
        return ""

    def _ask_filter(self) -> None:
        self._screen.ask(_FilterPurpose(self), self.filter)

    def _toggle_filter(self) -> None:
        if not self.filter:
            self._ask_filter()
        elif self.filtering:
            for tree in self._screen.trees:
                tree.set_filter(None)
            self.filtering = False
        else:
            self.set_filter(self.filter)

    def sought(self, everywhere: str = "") -> Sought:
        """What is searched for and filtered by; `everywhere` counts the hits of all actors."""
        count = self._screen.chain_tree.filter_count
        return Sought(
            self.pattern if self.search is not None else "",
            self._counter(),
            everywhere,
            self.filter,
            "off" if count is None else f"{count[0]:,} of {count[1]:,} shown",
            filtering=self.filtering,
        )

    def _counter(self) -> str:
        search = self.search
        if search is None:
            return ""
        total = f"{search.total:,}{'' if search.complete else '+'}"
        at = None if self._screen.chain_tree.cursor is None else search.ordinal(self._screen.chain_tree.cursor)
        if search.complete and not search.total:
            return "no hit"
        return f"{total} hit{'' if search.total == 1 else 's'}" if at is None else f"{at:,}/{total}"


class _FindPurpose(PlainPurpose):
    label = "find /"

    def __init__(self, find: FindActions, last: str) -> None:
        self._find = find
        self._last = last

    def changed(self, text: str) -> Hint:
        if not text:
            self._find.search_for("")
            last: Line = [("enter repeats ", "dim"), (visible(self._last), "text")] if self._last else []
            return Hint(last or [("a regular expression; without capitals it ignores case", "dim")])
        reason = self._find.search_for(text) if text != self._find.pattern or self._find.search is None else ""
        return Hint([(reason, "warn")] if reason else [])

    def entered(self, text: str) -> str:
        reason = self._find.search_for(text or self._last)
        if not reason and self._find.search is not None:
            self._find.next_hit()
        return reason

    def left(self, text: str) -> None:
        self._find.end_search()

    @property
    def keys(self) -> Sequence[tuple[str, str]]:
        return (("enter", "keep the hits"), ("↑", "what was sought last"), ("esc", "end the search"))

    def recalled(self, step: int, text: str) -> str | None:
        return self._last if step < 0 else ""


class _FilterPurpose(PlainPurpose):
    label = "filter &"

    def __init__(self, find: FindActions) -> None:
        self._find = find

    @property
    def keys(self) -> Sequence[tuple[str, str]]:
        return (("enter", "show what matches"), ("esc", "leave"))

    def changed(self, text: str) -> Hint:
        return Hint(
            [
                (
                    'all have to match, ! inverts: kind:host,error  call:3  store  !log  "two words"; empty shows all',
                    "dim",
                )
            ]
        )

    def entered(self, text: str) -> str:
        return self._find.set_filter(text)
