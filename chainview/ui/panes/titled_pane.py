"""A pane of lines below a title, at the bottom of a screen, which can take the keys."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult

from chainview.ui.lines.line import Line
from chainview.ui.panes.sized_pane import SizedPane
from chainview.ui.widgets.line_view import LineView
from chainview.ui.widgets.text_line import TextLine


class TitledPane(SizedPane):
    """Its title and its lines; `size_name` is its id on the screen, and begins the ids of both."""

    def __init__(self, title: Callable[[int], Line], *, shown: bool) -> None:
        super().__init__(id=self.size_name)
        self.display = shown
        self.active = False
        """Whether the keys go to it."""
        self.view = LineView(id=f"{self.size_name}-view")
        self._title = TextLine(title, id=f"{self.size_name}-title")

    def on_mount(self) -> None:
        """Takes the room that it was given the last time."""
        self.lay_out()

    def compose(self) -> ComposeResult:
        """What it is, and the lines."""
        yield self._title
        yield self.view

    def set_active(self, active: bool) -> None:
        """Gives it the keys, or takes them away."""
        self.active = active
        self.set_class(active, "-active")
        self._title.update()
