"""The pane below the rows of a family's replay: why the actor under the cursor differs."""

from __future__ import annotations

from textual.app import ComposeResult

from chainview.ui.panes.sized_pane import SizedPane
from chainview.ui.widgets.line_view import LineView
from chainview.ui.widgets.text_line import TextLine


class ReasonPane(SizedPane):
    """Has the room that the rows leave, until a person gives it some: then the rows have the rest."""

    size_name = "family replay"

    def __init__(self, title: TextLine) -> None:
        super().__init__(id="reason")
        self.title = title
        self.view = LineView(id="why-view")

    def compose(self) -> ComposeResult:
        """The head and the lines below it."""
        yield self.title
        yield self.view

    def on_mount(self) -> None:
        """Has the room that it was given the last time."""
        self.lay_out()

    def lay_out(self) -> None:
        """Takes the share that was given, and leaves the rest to the rows."""
        super().lay_out()
        self.screen.set_class(self.styles.inline.has_rule("height"), "-sized")

    def toggle_zoom(self) -> bool:
        """Takes all the room, or gives it back; returns which."""
        self.zoomed = not self.zoomed
        self.screen.set_class(self.zoomed, "-zoomed")
        self.lay_out()
        return self.zoomed
