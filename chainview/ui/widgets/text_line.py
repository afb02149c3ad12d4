"""One line on the screen, painted without any layout, some of whose words can be clicked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len
from textual import events
from textual.message import Message
from textual.strip import Strip

from chainview.ui.lines.line import Line, in_cells, plain
from chainview.ui.lines.role_styles import RoleStyles
from chainview.ui.widgets.keys import ActionId

Maker = Callable[[int], Line]
Severity = Literal["information", "warning", "error"]


@dataclass(frozen=True, slots=True)
class PressedKey:
    """A key, by Textual's name for it, that a click stands for where something is typed."""

    name: str


class TextLine(RoleStyles, can_focus=False):
    """Shows what `make` gives for its width; `words` say what a click on a piece of it asks for."""

    class Clicked(Message):
        """A word that stands for an action, or for a key, was clicked."""

        def __init__(self, asked: ActionId | PressedKey) -> None:
            super().__init__()
            self.asked = asked

    def __init__(self, make: Maker, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._make = make
        self._line: Line = []
        self.words: dict[str, ActionId | PressedKey] = {}
        """Text of a span to what it stands for."""

    def update(self) -> None:
        """Paints the line again if it says something else now."""
        line = self._make(self.size.width)
        if line != self._line:
            self._line = line
            self.refresh()

    @property
    def text(self) -> str:
        """What the line says."""
        return plain(self._line)

    def on_resize(self) -> None:
        """Makes the line for the new width."""
        self._line = self._make(self.size.width)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The strip of the line."""
        width = self.size.width
        return self.painted(in_cells(self._line, width, "dim"), width) if y == 0 else self.blank(width)

    def on_click(self, event: events.Click) -> None:
        """Tells what the word stands for that was clicked."""
        self.clicked(event.x)

    def clicked(self, x: int) -> None:
        """Tells what the word at a cell stands for."""
        at = 0
        for text, _ in self._line:
            at += cell_len(text)
            if x < at:
                if text in self.words:
                    self.post_message(self.Clicked(self.words[text]))
                return


class LastLine(TextLine):
    """The last line of a screen, which grows upwards for a message that no other line has room for."""

    def __init__(self, make: Maker, *, id: str | None = None) -> None:
        super().__init__(make, id=id)
        self._told: list[Line] = []

    def tell(self, lines: list[Line]) -> None:
        """Shows these lines above its own from now on."""
        if lines != self._told:
            self._told = lines
            self.styles.height = 1 + len(lines)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The strip of a line of the message, or of its own line below."""
        if y >= len(self._told):
            return super().render_line(y - len(self._told))
        return self.painted(in_cells(self._told[y], self.size.width, "dim"), self.size.width)

    def on_click(self, event: events.Click) -> None:
        """Tells what the word of its own line stands for that was clicked."""
        event.prevent_default()
        if event.y == len(self._told):
            self.clicked(event.x)
