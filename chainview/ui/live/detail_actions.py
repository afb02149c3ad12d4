"""Showing and hiding the details beside a chain, and going back from them one level at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widget import Widget

from chainview.ui.event.details import TABS
from chainview.ui.widgets.keys import ActionId, Handler, Handlers

if TYPE_CHECKING:
    from chainview.ui.live.chain_screen import ChainScreen


class DetailActions:
    """What the keys do with the details, and with what lies over them."""

    def __init__(self, screen: ChainScreen) -> None:
        self._screen = screen
        self._details = screen.details

    def handlers(self) -> Handlers:
        """Showing, hiding, choosing a tab, and going back."""
        return {
            ActionId.DETAILS: lambda: self._show(not self._details.display),
            ActionId.DETAILS_ZOOM: self._toggle_zoom,
            ActionId.PANE_NEXT: self._next_pane,
            ActionId.BACK: self._back,
            **{action: self._choosing(tab) for tab, action in TABS.items()},
        }

    @property
    def _body(self) -> Widget:
        return self._screen.query_one("#body")

    def _show(self, shown: bool) -> None:
        self._details.display = shown
        if shown:
            self._screen.call_after_refresh(self._screen.show_details, again=True)
        else:
            self._details.set_active(False)
            self._body.remove_class("-zoomed")

    def _toggle_zoom(self) -> None:
        if not self._details.display:
            self._show(True)
        body = self._body.toggle_class("-zoomed")
        self._details.set_active(body.has_class("-zoomed"))

    def _next_pane(self) -> None:
        if self._body.has_class("-zoomed"):
            self._toggle_zoom()
            return
        if not self._details.display:
            self._show(True)
        self._details.set_active(not self._details.active)

    def _choosing(self, tab: str) -> Handler:
        def choose() -> None:
            if not self._details.display:
                self._show(True)
            tree = self._screen.chain_tree
            self._details.choose(tab, tree.table, tree.cursor)

        return choose

    def _back(self) -> None:
        """One level: the prompt closes itself, then reading, search, zoom, details."""
        feed = self._screen.feed
        if feed is not None and feed.indexing:
            feed.cancel()
        elif self._screen.find_actions.end_search():
            return
        elif self._body.has_class("-zoomed"):
            self._toggle_zoom()
        elif self._details.display:
            self._show(False)
