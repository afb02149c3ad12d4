"""Moving in the pane that has the keys, folding, and showing or hiding the details."""

from __future__ import annotations

from collections.abc import Mapping

from chainview.ui.event.details import TABS
from chainview.ui.find.find_actions import ChainLooking
from chainview.ui.live.screen import ChainScreen, Handler

_SIDEWAYS = 8


class Moving:
    """What the keys do that move, fold, and show."""

    def __init__(self, screen: ChainScreen, looking: ChainLooking) -> None:
        self._screen = screen
        self._looking = looking

    def handlers(self) -> Mapping[str, Handler]:
        """Every movement, by action id."""
        tree, view = self._screen.chain_tree, self._screen.details.view

        def rows(part: float) -> int:
            return max(1, int((view.size.height - 1) * part))

        return {
            "cursor.down": self._either(tree.cursor_down, lambda: view.scroll_lines(1)),
            "cursor.up": self._either(tree.cursor_up, lambda: view.scroll_lines(-1)),
            "page.down": self._either(tree.page_down, lambda: view.scroll_lines(rows(1))),
            "page.up": self._either(tree.page_up, lambda: view.scroll_lines(-rows(1))),
            "half.down": self._either(tree.half_page_down, lambda: view.scroll_lines(rows(0.5))),
            "half.up": self._either(tree.half_page_up, lambda: view.scroll_lines(-rows(0.5))),
            "top": self._either(tree.to_top, view.to_top),
            "end": self._either(tree.to_end, view.to_end),
            "fold.open": self._either(tree.open_or_child, lambda: view.scroll_cells(_SIDEWAYS)),
            "fold.close": self._either(tree.close_or_parent, lambda: view.scroll_cells(-_SIDEWAYS)),
            "fold.toggle": tree.toggle_fold,
            "fold.none": tree.unfold_all,
            "fold.all": tree.fold_all,
            "sibling.next": tree.next_sibling,
            "sibling.prev": tree.previous_sibling,
            "error.next": tree.next_error,
            "error.prev": tree.previous_error,
            "follow": self._follow,
            "details": self._toggle_details,
            "details.zoom": self._toggle_zoom,
            "pane.next": self._next_pane,
            "wrap": self._wrap,
            "back": self._back,
            **{f"details.{tab}": self._tab(tab) for tab in TABS},
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
