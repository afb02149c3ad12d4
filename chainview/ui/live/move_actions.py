"""Moving in the pane that has the keys, folding, and showing or hiding the details."""

from __future__ import annotations

from chainview.ui.event.details import TABS
from chainview.ui.find.find_actions import ChainLooking
from chainview.ui.live.screen import ChainScreen
from chainview.ui.widgets.keys import ActionId, Handler, Handlers

_SIDEWAYS = 8


class Moving:
    """What the keys do that move, fold, and show."""

    def __init__(self, screen: ChainScreen, looking: ChainLooking) -> None:
        self._screen = screen
        self._looking = looking

    def handlers(self) -> Handlers:
        """Every movement, by action id."""
        tree, view = self._screen.chain_tree, self._screen.details.view

        def rows(part: float) -> int:
            return max(1, int((view.size.height - 1) * part))

        return {
            ActionId.CURSOR_DOWN: self._either(tree.cursor_down, lambda: view.scroll_lines(1)),
            ActionId.CURSOR_UP: self._either(tree.cursor_up, lambda: view.scroll_lines(-1)),
            ActionId.PAGE_DOWN: self._either(tree.page_down, lambda: view.scroll_lines(rows(1))),
            ActionId.PAGE_UP: self._either(tree.page_up, lambda: view.scroll_lines(-rows(1))),
            ActionId.HALF_DOWN: self._either(tree.half_page_down, lambda: view.scroll_lines(rows(0.5))),
            ActionId.HALF_UP: self._either(tree.half_page_up, lambda: view.scroll_lines(-rows(0.5))),
            ActionId.TOP: self._either(tree.to_top, view.to_top),
            ActionId.END: self._either(tree.to_end, view.to_end),
            ActionId.FOLD_OPEN: self._either(tree.open_or_child, lambda: view.scroll_cells(_SIDEWAYS)),
            ActionId.FOLD_CLOSE: self._either(tree.close_or_parent, lambda: view.scroll_cells(-_SIDEWAYS)),
            ActionId.FOLD_TOGGLE: tree.toggle_fold,
            ActionId.FOLD_NONE: tree.unfold_all,
            ActionId.FOLD_ALL: tree.fold_all,
            ActionId.SIBLING_NEXT: tree.next_sibling,
            ActionId.SIBLING_PREV: tree.previous_sibling,
            ActionId.ERROR_NEXT: tree.next_error,
            ActionId.ERROR_PREV: tree.previous_error,
            ActionId.FOLLOW: self._follow,
            ActionId.DETAILS: self._toggle_details,
            ActionId.DETAILS_ZOOM: self._toggle_zoom,
            ActionId.PANE_NEXT: self._next_pane,
            ActionId.WRAP: self._wrap,
            ActionId.BACK: self._back,
            **{action: self._tab(tab) for tab, action in TABS.items()},
        }

    def _either(self, in_tree: Handler, in_details: Handler) -> Handler:
        return lambda: in_details() if self._screen.details.active else in_tree()

    def _follow(self) -> None:
        if self._screen.can_follow:
            self._screen.chain_tree.toggle_follow()
        else:
            self._screen.say("nothing more can arrive: there is nothing to follow", "warning")

    def show(self, shown: bool) -> None:
        """Shows or hides the details."""
        details = self._screen.details
        details.display = shown
        if shown:
            self._screen.call_after_refresh(self._screen.show_details, again=True)
        else:
            details.set_active(False)
            self._screen.query_one("#body").remove_class("-zoomed")

    def _toggle_details(self) -> None:
        self.show(not self._screen.details.display)

    def _toggle_zoom(self) -> None:
        if not self._screen.details.display:
            self.show(True)
        body = self._screen.query_one("#body").toggle_class("-zoomed")
        self._screen.details.set_active(body.has_class("-zoomed"))

    def _next_pane(self) -> None:
        details = self._screen.details
        if self._screen.query_one("#body").has_class("-zoomed"):
            self._toggle_zoom()
            return
        if not details.display:
            self.show(True)
        details.set_active(not details.active)

    def _tab(self, tab: str) -> Handler:
        def choose() -> None:
            if not self._screen.details.display:
                self.show(True)
            tree = self._screen.chain_tree
            self._screen.details.choose(tab, tree.table, tree.cursor)

        return choose

    def _wrap(self) -> None:
        wrapping = self._screen.details.toggle_wrap()
        self._screen.say(
            "long lines are wrapped" if wrapping else "long lines are cut: ← → in the details move sideways"
        )

    def _back(self) -> None:
        """One level: the prompt closes itself, then reading, search, zoom, details."""
        screen = self._screen
        if screen.feed is not None and screen.feed.indexing:
            screen.feed.cancel()
        elif self._looking.end_search():
            return
        elif screen.query_one("#body").has_class("-zoomed"):
            self._toggle_zoom()
        elif screen.details.display:
            self.show(False)
