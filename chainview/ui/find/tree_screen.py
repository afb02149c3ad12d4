"""A screen of rows and of a pane that tells about the row under the cursor: what its keys move, and where they go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Protocol

from chainview.chain.query.search import Search
from chainview.ui.find.find_actions import FindActions
from chainview.ui.panes.value_view import ValueView
from chainview.ui.tree.query_view import QueryView
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.keyed_screen import KeyedScreen
from chainview.ui.widgets.keys import ActionId, Handler, Handlers, Scope

Rows = QueryView[Any, Any]
AROUND = {
    1: "none further down: this is the first one, from the top",
    -1: "none further up: this is the last one, from the end",
}
"""What is said where a way down, or up, went on from the other end."""


class Pane(Protocol):
    """Lines beside the rows or below them, in which the keys may move instead."""

    active: bool

    @property
    def view(self) -> ValueView:
        """The lines that the keys move in."""
        ...

    def toggle_wrap(self) -> bool:
        """Wraps long lines or cuts them; returns which."""
        ...


class TreeScreen(KeyedScreen):
    """What the screen of a chain and that of a replay have in common."""

    pane: Pane
    pane_name: ClassVar[str]
    """What messages call the pane."""

    def __init__(self, keymap: KeyMap, scope: Scope) -> None:
        super().__init__(keymap, scope)
        self.find_actions = FindActions(self)

    @property
    def chain_tree(self) -> Rows:
        """The rows that the keys move in."""
        raise NotImplementedError

    @property
    def trees(self) -> Sequence[Rows]:
        """All the rows that are searched and filtered together."""
        return (self.chain_tree,)

    def highlight(self, search: Search[Any] | None) -> None:
        """Lights the hits of a search in what is told of the row, too."""
        for view in self.query(ValueView):
            view.highlight(search)

    @property
    def searching(self) -> bool:
        """Whether hits are highlighted."""
        return self.find_actions.search is not None

    def common_handlers(self) -> Handlers:
        """What the keys do that mean the same on every screen of rows."""

        def page(part: float) -> int:
            return max(1, int((self.pane.view.size.height - 1) * part))

        either = self._in_either
        return {
            **super().common_handlers(),
            **self.find_actions.handlers(),
            ActionId.CURSOR_DOWN: either(lambda tree: tree.cursor_down(), lambda view: view.move(1)),
            ActionId.CURSOR_UP: either(lambda tree: tree.cursor_up(), lambda view: view.move(-1)),
            ActionId.PAGE_DOWN: either(lambda tree: tree.page_down(), lambda view: view.move(page(1))),
            ActionId.PAGE_UP: either(lambda tree: tree.page_up(), lambda view: view.move(-page(1))),
            ActionId.HALF_DOWN: either(lambda tree: tree.half_page_down(), lambda view: view.move(page(0.5))),
            ActionId.HALF_UP: either(lambda tree: tree.half_page_up(), lambda view: view.move(-page(0.5))),
            ActionId.TOP: either(lambda tree: tree.to_top(), lambda view: view.to_top()),
            ActionId.END: either(lambda tree: tree.to_end(), lambda view: view.to_end()),
            ActionId.FOLD_OPEN: either(lambda tree: tree.open_or_child(), lambda view: view.open_or_inside()),
            ActionId.FOLD_CLOSE: either(lambda tree: tree.close_or_parent(), lambda view: view.close_or_outside()),
            ActionId.FOLD_TOGGLE: either(lambda tree: tree.toggle_fold(), lambda view: view.toggle_fold()),
            ActionId.FOLD_NONE: either(lambda tree: tree.unfold_all(), lambda view: view.unfold_all()),
            ActionId.FOLD_ALL: either(lambda tree: tree.fold_all(), lambda view: view.fold_all()),
            ActionId.SIBLING_NEXT: either(lambda tree: tree.next_sibling(), lambda view: view.next_beside(1)),
            ActionId.SIBLING_PREV: either(lambda tree: tree.previous_sibling(), lambda view: view.next_beside(-1)),
            ActionId.ERROR_NEXT: lambda: self.chain_tree.next_error(),
            ActionId.ERROR_PREV: lambda: self.chain_tree.previous_error(),
            ActionId.WRAP: self._wrap,
        }

    def _in_either(self, move: Callable[[Rows], None], scroll: Callable[[ValueView], None]) -> Handler:
        return lambda: scroll(self.pane.view) if self.pane.active else move(self.chain_tree)

    def _wrap(self) -> None:
        wrapping = self.pane.toggle_wrap()
        cut = f"long lines are cut: ← → in {self.pane_name} move sideways"
        self.say("long lines are wrapped" if wrapping else cut)

    def on_chain_tree_search_moved(self, event: QueryView.SearchMoved) -> None:
        """Tells how a search for a hit or an error ended, where that is not to be seen, and opens what hides it."""
        if event.index is None:
            self.say("there is none in this chain", "warning")
        elif event.hidden:
            self.find_actions.show_hidden(event.index)
            self.say(self.filter_hid_it())
        elif event.wrapped:
            self.say(AROUND[event.step])

    def filter_hid_it(self) -> str:
        """That what was found was hidden by the filter, which was switched off for that."""
        key = self.keymap.key(ActionId.FILTER_TOGGLE)
        return (
            f"the filter hid it, so it is off now: {key} filters again"
            if key
            else "the filter hid it, so it is off now"
        )

    def on_chain_tree_filter_given_up(self, event: QueryView.FilterGivenUp) -> None:
        """Shows everything again where a filter took too long, and says so."""
        self.find_actions.switch_filter_off()
        self.say(event.sentence, "warning")

    def on_chain_tree_search_given_up(self, event: QueryView.SearchGivenUp) -> None:
        """Ends a search that took too long, and says so."""
        self.find_actions.end_search()
        self.say(event.sentence, "warning")
