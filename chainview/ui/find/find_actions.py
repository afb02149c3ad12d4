"""Finding and filtering."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from chainview.chain.query.pattern import as_it_stands, is_pattern
from chainview.system.errors import ChainviewError
from chainview.system.wording import visible
from chainview.ui.find.sought import Sought
from chainview.ui.lines.line import Line
from chainview.ui.widgets.keys import ActionId, Handlers
from chainview.ui.widgets.prompt import Complaint, Hint, PlainPurpose, Purpose

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
    def highlight(self, search: Search[Any] | None) -> None:
        """Lights the hits of a search beside the rows, too."""
        ...


class FindActions:
    """What the rows of a screen are searched for and filtered by."""

    def __init__(self, screen: Searched) -> None:
        self._screen = screen
        self.pattern = ""
        """What was searched for last."""
        self.plain = False
        """Whether what is typed is searched for as it stands, though it may be a pattern."""
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
        self._screen.ask(_FindPurpose(self, self.pattern, self._screen.chain_tree))

    def search_for(self, text: str) -> str:
        """Searches for a pattern, for a text that is none as it stands, or for nothing; returns why it can't."""
        self.pattern = text
        return self._search_for(as_it_stands(text) if self.is_plain(text) else text)

    def is_plain(self, text: str) -> bool:
        """Whether a text is searched for as it stands: where that was chosen, and where it is no pattern."""
        return self.plain or not is_pattern(text)

    def _search_for(self, pattern: str) -> str:
        reason = ""
        for tree in self._screen.trees:
            search = None
            if pattern:
                try:
                    search = tree.finder(pattern)
                except ChainviewError as error:
                    reason = error.sentence
            tree.set_search(search)
        self._screen.highlight(self.search)
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
            self._search_for(other.in_force)
        wanted = other.filter if other.filtering else ""
        if wanted != (self.filter if self.filtering else ""):
            self.set_filter(wanted)
        self.pattern, self.plain = other.pattern, other.plain
        self.filter, self.filtering = other.filter, other.filtering

    def go_on(self) -> None:
        """Goes on searching and filtering in rows that are others now."""
        if self._in_force:
            self._search_for(self._in_force)
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

    def show_hidden(self, index: int) -> None:
        """Switches the filter off, which hides what was found, and goes there."""
        self.switch_filter_off()
        self._screen.chain_tree.move_to(index)

    def _toggle_filter(self) -> None:
        if not self.filter:
            self._ask_filter()
        elif self.filtering:
            self.switch_filter_off()
        else:
            self.set_filter(self.filter)

    def switch_filter_off(self) -> None:
        """Shows everything again; the filter is still known."""
        for tree in self._screen.trees:
            tree.set_filter(None)
        self.filtering = False

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
        told = f"{total} hit{'' if search.total == 1 else 's'}" if at is None else f"{at:,}/{total}"
        share = 100 * search.counted // max(1, len(search.table))
        return told if search.complete else f"{told}, {share} % searched"


class _FindPurpose(PlainPurpose):
    """Goes to the first hit behind where it began, as something is typed, and back where it is left."""

    def __init__(self, find: FindActions, last: str, tree: QueryView[Any, Any]) -> None:
        self._find = find
        self._last = last
        self._tree = tree
        self._begun = tree.whereabouts()

    @property
    def label(self) -> str:
        """How what is typed is searched for."""
        return "find plain /" if self._find.plain else "find /"

    @property
    def keys(self) -> Sequence[tuple[str, str]]:
        """What they do with the search."""
        return (
            ("enter", "stay at the hit"),
            ("tab", "search for a pattern" if self._find.plain else "search for it as it stands"),
            ("↑", "what was sought last"),
            ("esc", "back"),
        )

    def changed(self, text: str) -> Hint:
        if not text:
            self._find.search_for("")
            self._tree.go_back(self._begun)
            last: Line = [("enter repeats ", "dim"), (visible(self._last), "text")] if self._last else []
            return Hint(last or [("a regular expression; without capitals it ignores case", "dim")])
        reason = self._find.search_for(text)
        if reason:
            return Hint([(reason, "warn")])
        self._tree.first_hit(self._begun)
        plain = self._find.is_plain(text) and not self._find.plain
        return Hint([("searched for as it stands: it is no regular expression", "dim")] if plain else [])

    def entered(self, text: str) -> str:
        reason = self._find.search_for(text or self._last)
        if not reason and self._find.search is not None:
            self._tree.next_hit(self._begun)
        return reason

    def left(self, text: str) -> None:
        self._find.end_search()
        self._tree.go_back(self._begun)

    def completed(self, text: str) -> str:
        """As it is: the key changes how it is searched for."""
        self._find.plain = not self._find.plain
        return text

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
        from chainview.chain.query.filter import FilterError, parse_filter

        complaint, meant = None, ""
        try:
            meant = parse_filter(text).meant if text.strip() else ""
        except FilterError as error:
            complaint = Complaint(error.reason, error.at, unfinished=error.unfinished)
        if meant:
            return Hint([(f"a text is looked for: did you mean the field {meant}?", "warn")])
        examples = "kind:host !log   state.count > 5   took>2ms   chainview explain filter"
        return Hint([(examples, "dim")], complaint=complaint)

    def entered(self, text: str) -> str:
        return self._find.set_filter(text)
