"""Find, filter and go to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from rich.cells import cell_len

from chainview.system.errors import ChainviewError
from chainview.system.wording import visible
from chainview.ui.find.go_to import Wanted, hash_matches, parse_wanted
from chainview.ui.lines.line import Line, plain
from chainview.ui.widgets.keys import ActionId, Handlers
from chainview.ui.widgets.prompt import Hint, PlainMode

if TYPE_CHECKING:
    from chainview.chain.query.hits import Stretches
    from chainview.chain.query.search import Search
    from chainview.ui.tree.chain_tree import ChainTree
    from chainview.ui.tree.query_view import QueryView
    from chainview.ui.widgets.notice import Severity
    from chainview.ui.widgets.prompt import Mode
    from chainview.ui.widgets.slices import Slices


Tree = TypeVar("Tree", bound="QueryView[Any, Any]")
Tree_co = TypeVar("Tree_co", bound="QueryView[Any, Any]", covariant=True)


class LookedThrough(Protocol[Tree_co]):
    """A screen that can be searched."""

    slices: Slices
    line_says: Callable[[int], Line]
    searching: Callable[[], bool]
    search_moved: Callable[[bool, bool], None]

    @property
    def chain_tree(self) -> Tree_co: ...
    def ask(self, mode: Mode, text: str = "") -> None: ...
    def say(self, text: str, severity: Severity = "information") -> None: ...


class Looking(Generic[Tree]):
    """What the screen is searched for and filtered by."""

    def __init__(self, screen: LookedThrough[Tree]) -> None:
        self._screen = screen
        self.pattern = ""
        self.filter = ""
        self.filtering = False
        screen.searching = lambda: self.finder is not None
        screen.search_moved = self.moved

    @property
    def _tree(self) -> Tree:
        return self._screen.chain_tree

    @property
    def _trees(self) -> Sequence[Tree]:
        """Everything that is searched and filtered together."""
        return (self._tree,)

    @property
    def finder(self) -> Search[Stretches] | None:
        """The search that goes on."""
        search: Search[Stretches] | None = self._tree.search
        return search

    def handlers(self) -> Handlers:
        """What find, filter and go to do."""
        return {
            ActionId.FIND: self._find,
            ActionId.FIND_NEXT: lambda: self._hit(1),
            ActionId.FIND_PREV: lambda: self._hit(-1),
            ActionId.FILTER: lambda: self._screen.ask(_FilterMode(self), self.filter),
            ActionId.FILTER_TOGGLE: self._toggle_filter,
            ActionId.GOTO: lambda: self._screen.ask(_GotoMode(self)),
        }

    def go_to(self, wanted: Wanted) -> str:
        """Moves to an event; returns why it can't. A hash is looked for in slices."""
        raise NotImplementedError

    # Find

    def _find(self) -> None:
        self._screen.ask(_FindMode(self, self.pattern))

    def search(self, pattern: str) -> str:
        """Searches for a pattern, or for nothing; returns why it can't be searched for."""
        self.pattern = pattern
        reason = ""
        for tree in self._trees:
            finder = None
            if pattern:
                try:
                    finder = tree.finder(pattern)
                except ChainviewError as error:
                    reason = error.sentence
            tree.set_search(finder)
        return reason

    def _hit(self, step: int) -> None:
        if self.finder is None:
            if not self.pattern:
                self._find()
                return
            self.search(self.pattern)
        self._tree.next_hit() if step > 0 else self._tree.previous_hit()

    def moved(self, found: bool, wrapped: bool) -> None:
        """Tells how a search for a hit or an error ended, where that is not to be seen."""
        if not found:
            self._screen.say("nothing like that in this chain", "warning")
        elif wrapped:
            self._screen.say("past the end: went on from the other one")

    def end_search(self) -> bool:
        """Ends the search; False when there was none."""
        if self.finder is None:
            return False
        last = self.pattern
        self.search("")
        self.pattern = last
        return True

    # Filter

    def set_filter(self, text: str) -> str:
        """Shows only what matches, or everything again; returns why the filter can't be understood."""
        from chainview.chain.query.filter import parse_filter

        text = text.strip()
        try:
            wanted = parse_filter(text) if text else None
        except ChainviewError as error:
            return error.sentence
        for tree in self._trees:
            tree.set_filter(wanted)
        self.filter, self.filtering = text, bool(text)
        return ""

    def _toggle_filter(self) -> None:
        if not self.filter:
            self._screen.ask(_FilterMode(self), "")
        elif self.filtering:
            for tree in self._trees:
                tree.set_filter(None)
            self.filtering = False
        else:
            self.set_filter(self.filter)

    def sought(self) -> Line:
        """What is searched for and filtered by."""
        left: Line = []
        if self.finder is not None:
            left += [("/ ", "key"), (visible(self.pattern), "text"), (f"  {self._counter()}   ", "dim")]
        if self.filter:
            count = self._tree.filter_count
            total = "  off" if count is None else f"  {count[0]:,} of {count[1]:,}"
            left += [
                ("& ", "key"),
                (visible(self.filter), "text"),
                (total, "warn" if self.filtering else "dim"),
            ]
        return left

    def _counter(self) -> str:
        finder = self.finder
        if finder is None:
            return ""
        total = f"{finder.total:,}{'' if finder.complete else '+'}"
        at = None if self._tree.cursor is None else finder.ordinal(self._tree.cursor)
        if finder.complete and not finder.total:
            return "no hit"
        return f"{total} hit{'' if finder.total == 1 else 's'}" if at is None else f"{at:,}/{total}"


class ChainLooking(Looking["ChainTree"]):
    """Looks through a chain, and says so in the line below it."""

    def __init__(self, screen: LookedThrough[ChainTree]) -> None:
        super().__init__(screen)
        screen.line_says = self.line

    def selected(self) -> list[int]:
        """The indices of the events that the filter lets through."""
        from chainview.chain.query.filter import Selection, parse_filter

        table = self._tree.table
        selection = Selection(table, parse_filter(self.filter))
        while not selection.step():
            pass
        return [position - table.dropped for position in selection.matches]

    def go_to(self, wanted: Wanted) -> str:
        """Moves to an event; returns why it can't. A hash is looked for in slices."""
        table, tree = self._tree.table, self._tree
        if not len(table):
            return "there are no events yet"
        if wanted.step is not None:
            tree.move_to(max(0, min(len(table) - 1, (tree.cursor or 0) + wanted.step)))
            return ""
        first, last = table.number(0), table.number(len(table) - 1)
        if wanted.number is not None and first <= wanted.number <= last:
            tree.move_to(wanted.number - first, centre=True)
            return ""
        if wanted.hash_prefix:
            self._screen.slices.add("goto", self._going(wanted.hash_prefix))
            return ""
        return f"there is no event {wanted.number:,}: the chain here has {first:,} to {last:,}"

    def _going(self, prefix: str) -> Iterator[None]:
        for found in hash_matches(self._tree.table, prefix):
            if found is not None:
                self._tree.move_to(found, centre=True)
                return
            yield
        last = self._tree.table.number(len(self._tree.table) - 1)
        numbered = f"there is no event {int(prefix):,}: the chain here ends at {last:,}; " if prefix.isdecimal() else ""
        self._screen.say(f"{numbered}no event's hash begins with {prefix}", "warning")

    def line(self, width: int) -> Line:
        """What is searched for and filtered by, and where the cursor is."""
        left: Line = [(" ", "text"), *self.sought()]
        right = self._where()
        gap = width - cell_len(plain(left)) - cell_len(right)
        return [*left, (" " * gap, "text"), (right, "dim")] if gap > 1 else left

    def _where(self) -> str:
        cursor, table = self._tree.cursor, self._tree.table
        if cursor is None or cursor >= len(table):
            return ""
        return f"event {table.number(cursor):,} of {table.number(len(table) - 1):,} "


class _FindMode(PlainMode):
    label = "find /"

    def __init__(self, looking: Looking[Any], last: str) -> None:
        self._looking = looking
        self._last = last

    def changed(self, text: str) -> Hint:
        if not text:
            self._looking.search("")
            last: Line = [("enter repeats ", "dim"), (visible(self._last), "text")] if self._last else []
            return Hint(last or [("a regular expression; without capitals it ignores case", "dim")])
        reason = self._looking.search(text) if text != self._looking.pattern or self._looking.finder is None else ""
        return Hint([(reason, "warn")] if reason else [])

    def entered(self, text: str) -> str:
        reason = self._looking.search(text or self._last)
        if not reason and self._looking.finder is not None:
            self._looking.handlers()[ActionId.FIND_NEXT]()
        return reason

    def left(self, text: str) -> None:
        self._looking.end_search()

    def recalled(self, step: int, text: str) -> str | None:
        return self._last if step < 0 else ""


class _FilterMode(PlainMode):
    label = "filter &"

    def __init__(self, looking: Looking[Any]) -> None:
        self._looking = looking

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
        return self._looking.set_filter(text)


class _GotoMode(PlainMode):
    label = "go to :"

    def __init__(self, looking: Looking[Any]) -> None:
        self._looking = looking

    def changed(self, text: str) -> Hint:
        return Hint([("an event's number, +n or -n, or the start of a hash", "dim")])

    def entered(self, text: str) -> str:
        wanted = parse_wanted(text)
        if wanted is None:
            return f"{visible(text)!r} is neither a number nor the start of a hash" if text.strip() else "what event?"
        return self._looking.go_to(wanted)
