"""What the keys do with the details of an event."""

from __future__ import annotations

from typing import Protocol

from textual.message import Message
from textual.widget import Widget

from chainview.ui.event.details import TABS, DetailPane
from chainview.ui.widgets.keys import ActionId, Handler, Handlers


class Detailed(Protocol):
    """The screen that the details are on."""

    details: DetailPane

    def show_details(self, *, again: bool = False) -> None:
        """Shows the event under the cursor in the details."""
        ...

    def show_tab(self, tab: str) -> None:
        """Shows the event under the cursor under another tab."""
        ...

    def ended_before_details(self) -> bool:
        """Ends what going back ends before the details; whether there was any."""
        ...

    def post_message(self, message: Message) -> bool:
        """Tells the app something."""
        ...


class GoBack(Message):
    """The list is to be shown again that what is shown was chosen from, where there is one."""


def returns(app: object) -> bool:
    """Whether what an app shows was chosen from a list."""
    return bool(getattr(app, "returns", False))


class DetailActions:
    """What the keys do with the details, and with what lies over them."""

    def __init__(self, screen: Detailed) -> None:
        self._screen = screen
        self._details = screen.details

    def handlers(self) -> Handlers:
        """Showing, hiding, choosing a tab, and going back."""
        return {
            ActionId.DETAILS: lambda: self._show(not self._details.display),
            ActionId.DETAILS_ZOOM: self._toggle_zoom,
            ActionId.PANE_NEXT: self._next_pane,
            ActionId.PANE_GROW: lambda: self._resize(1),
            ActionId.PANE_SHRINK: lambda: self._resize(-1),
            ActionId.BACK: self._back,
            **{action: self._choosing(tab) for tab, action in TABS.items()},
        }

    @property
    def _body(self) -> Widget:
        assert isinstance(self._details.parent, Widget)
        return self._details.parent

    def _show(self, shown: bool) -> None:
        self._details.display = shown
        if shown:
            self._details.call_after_refresh(self._screen.show_details, again=True)
        else:
            self._details.set_active(False)
            if self._details.zoomed:
                self._set_zoomed(False)

    def _toggle_zoom(self) -> None:
        if not self._details.display:
            self._show(True)
        self._set_zoomed(not self._details.zoomed)
        self._details.set_active(self._details.zoomed)

    def _set_zoomed(self, zoomed: bool) -> None:
        self._body.set_class(zoomed, "-zoomed")
        self._details.zoomed = zoomed
        self._details.lay_out()

    def _resize(self, steps: int) -> None:
        if not self._details.display:
            self._show(True)
        elif self._details.zoomed:
            self._set_zoomed(False)
        else:
            self._details.grow(steps)

    def _next_pane(self) -> None:
        if self._details.zoomed:
            self._toggle_zoom()
            return
        if not self._details.display:
            self._show(True)
        if not self._details.active or not self._next_column():
            self._details.set_active(not self._details.active)

    def _next_column(self) -> bool:
        """Moves the keys on to the text beside; False where there is none."""
        columns = self._details.columns
        at = columns.index(self._details.tab) + 1
        if at >= len(columns):
            self._screen.show_tab(columns[0])
            return False
        self._screen.show_tab(columns[at])
        return True

    def _choosing(self, tab: str) -> Handler:
        def choose() -> None:
            if not self._details.display:
                self._show(True)
            self._screen.show_tab(tab)

        return choose

    def _back(self) -> None:
        """One level: the prompt closes itself, then reading, search, zoom, details, the chain."""
        if self._screen.ended_before_details():
            return
        if self._details.zoomed:
            self._toggle_zoom()
        elif self._details.display:
            self._show(False)
        else:
            self._screen.post_message(GoBack())
