"""A box of lines with a cursor, one of which is chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events

from chainview.ui.lines.blocks import Fixed
from chainview.ui.lines.line import Line, in_cells
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.keys import ActionId
from chainview.ui.widgets.overlays import Overlay

_LEAST_WIDTH = 20
Choice = tuple[str, Line]
"""What is answered, and the line that stands for it."""


class Choices(Overlay):
    """Enter, or a click, answers with a choice; esc, q and the key that opened it answer nothing."""

    KEYS: ClassVar[Sequence[tuple[str, str]]] = (("enter", "choose"), ("↑ ↓", "move"), ("esc", "go back"))

    def __init__(self, title: str, shown: str, opened_by: ActionId, does: str, keymap: KeyMap) -> None:
        """`shown` is the choice that the cursor is on, and `does` tells what enter does."""
        super().__init__(title, [], keymap)
        self._opened_by = opened_by
        self._does = does
        self.cursor = shown
        """The choice under the cursor."""

    def choices(self, width: int) -> Sequence[Choice]:
        """Every choice, in lines of so many cells."""
        raise NotImplementedError

    def keys(self) -> Sequence[str]:
        """What is answered by every choice, in their order."""
        return [key for key, _ in self.choices(_LEAST_WIDTH)]

    def told(self) -> Sequence[Line]:
        """What there is to say of all choices together."""
        return ()

    def does(self) -> str:
        """What enter does with the choice under the cursor; nothing where it does not say so."""
        return self._does

    def look(self) -> None:
        """Looks anew at what there is to choose from, where that changes."""

    def rows(self, width: int) -> list[Line]:
        """A line for each choice, what there is to say of all of them, and what the keys do."""
        rows: list[Line] = []
        for key, line in self.choices(width):
            here = key == self.cursor
            shown: Line = [(text, "here") for text, _ in line] if here else line
            rows.append(in_cells(shown, width, "here" if here else "dim"))
        does = self.does()
        enter: Line = [("enter", "key"), (f" {does}   ", "dim")] if does else []
        return [*rows, [], *self.told(), [*enter, ("esc", "key"), (" goes back", "dim")]]

    def _paint(self, *, look: bool = True) -> None:
        if look:
            self.look()
        rows = self.rows(max(_LEAST_WIDTH, self.view.width))
        self.view.styles.height = min(len(rows), max(3, int(self.size.height * 0.9) - 2))
        self.view.show([Fixed(*rows)], keep_scroll=True)
        at, top, height = self._at(), self.view.scroll_offset.y, max(1, self.view.size.height)
        if at < top:
            self.view.scroll_lines(at - top)
        elif at >= top + height:
            self.view.scroll_lines(at - top - height + 1)

    def _at(self) -> int:
        keys = self.keys()
        return keys.index(self.cursor) if self.cursor in keys else 0

    def _move(self, to: Callable[[int, int], int]) -> None:
        """Moves the cursor to where `to` says, from its place and that of the last choice."""
        keys = self.keys()
        if keys:
            self.cursor = keys[max(0, min(to(self._at(), len(keys) - 1), len(keys) - 1))]
            self._paint(look=False)

    def clicked(self, row: int) -> None:
        """Chooses what was clicked."""
        keys = self.keys()
        if row < len(keys):
            self.dismiss(keys[row])
        else:
            super().clicked(row)

    def answer(self, key: str) -> None:
        """Chooses what is under the cursor, or closes."""
        if key == "enter":
            self.dismiss(self.cursor)
        else:
            super().answer(key)

    def pressed(self, event: events.Key) -> None:
        """Moves, chooses or closes."""
        typed = event.character if event.is_printable and event.key != "space" else None
        action = self._keymap.action_for(typed, event.key)
        name = None if action is None else action.id
        page = max(1, self.view.size.height - 1)
        moves: dict[ActionId, Callable[[int, int], int]] = {
            ActionId.CURSOR_DOWN: lambda at, last: at + 1,
            ActionId.CURSOR_UP: lambda at, last: at - 1,
            ActionId.PAGE_DOWN: lambda at, last: at + page,
            ActionId.PAGE_UP: lambda at, last: at - page,
            ActionId.TOP: lambda at, last: 0,
            ActionId.END: lambda at, last: last,
        }
        if event.key == "enter":
            self.dismiss(self.cursor)
        elif name in moves:
            self._move(moves[name])
        elif name is self._opened_by:
            self.dismiss(None)
        else:
            super().pressed(event)
