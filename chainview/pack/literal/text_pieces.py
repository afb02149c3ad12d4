"""Texts that are put together from pieces: bounded, and given up where they are not wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from chainview.pack.values import Array, Value
from chainview.pack.values.types import ELEMENT_WIDTHS
from chainview.system.long_work import PIECE, go_on

CUT: Final = "…"
"""Stands at the end of a text that was longer than was wanted."""
_LETTERS: Final = 64 * 1024


class TextPieces:
    """Gathers the `pieces` of a text of which no more than `most` letters are wanted, where that is given."""

    def __init__(self, most: int | None) -> None:
        self.pieces: list[str] = []
        self.next_look = PIECE
        """The number of pieces from which on to ask again whether there are enough."""
        self._most, self._counted, self._letters = most, 0, 0

    def are_enough(self) -> bool:
        """Whether there is no need for more of them; asked after every long piece, and now and then."""
        go_on()
        self._letters += sum(map(len, self.pieces[self._counted :]))
        self._counted = len(self.pieces)
        self.next_look = self._counted + PIECE
        return self._most is not None and self._letters > self._most

    def add_text(self, text: str, escaped: Callable[[str], str]) -> None:
        """Adds a long text, slice by slice as `escaped` writes it."""
        for at in range(0, len(text), _LETTERS):
            self.pieces.append(escaped(text[at : at + _LETTERS]))
            if self.are_enough():
                return

    def add_elements(self, array: Array, written: Callable[[Value], str]) -> None:
        """Adds the elements of an array as `written` has them, with commas between them."""
        step, comma = PIECE * ELEMENT_WIDTHS[array.elem.encoded[0]], ""
        for at in range(0, len(array.data), step):
            elements = ", ".join([written(each) for each in Array(array.elem, array.data[at : at + step])])
            self.pieces.append(comma + elements)
            comma = ", "
            if len(elements) > PIECE and self.are_enough():
                return

    def joined(self) -> str:
        """The text."""
        text = "".join(self.pieces)
        return text if self._most is None or len(text) <= self._most else text[: self._most] + CUT
