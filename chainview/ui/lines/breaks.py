"""Where a long text is broken: at the width of its cells, and between words where that is near."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from itertools import accumulate

from rich.cells import get_character_cell_size

LONGEST_WORD = 24
"""The cells of a row that may stay empty so that a word is not broken."""


def breaks(text: str, room: int) -> array[int]:
    """Where the lines of a row of text begin that has `room` cells a line; every letter is in one of them."""
    starts, at, end = array("Q", [0]), 0, len(text)
    narrow = text.isascii()
    while True:
        stop = at + room if narrow else _fitting(text, at, room)
        if stop >= end:
            return starts
        if text[stop] != " " and get_character_cell_size(text[stop]) < 2:
            word = text.rfind(" ", at, stop) + 1
            if word > at and stop - word <= LONGEST_WORD:
                stop = word
        elif text[stop] == " ":
            # Blanks behind a line are beyond its edge.
            while stop < end and text[stop] == " ":
                stop += 1
            if stop == end:
                return starts
        starts.append(stop)
        at = stop


def _fitting(text: str, at: int, room: int) -> int:
    """Behind as many letters from `at` as fit in the room, one at least; marks stay with their letter."""
    piece = text[at : at + room]
    count = len(piece)
    if not piece.isascii():
        # Marks over letters take no cell.
        piece = text[at : at + 2 * room]
        count = max(1, bisect_right(list(accumulate(map(get_character_cell_size, piece))), room))
    stop = at + count
    while stop < len(text) and not get_character_cell_size(text[stop]):
        stop += 1
    return stop
