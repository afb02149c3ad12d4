"""A text of any length as lines that are found by counting, not by making them."""

from __future__ import annotations

from array import array
from bisect import bisect_right

from rich.cells import cell_len

from chainview.system.visible import visible
from chainview.ui.lines.blocks import Line, plain, wrapped

_MEASURED = 4096


class TextBlock:
    """A text behind its head: in quotes on the head's line when it fits, else below it, broken at the width."""

    def __init__(self, head: Line, text: str, kind: str, tail: Line, width: int, *, wrap: bool) -> None:
        quoted = f'"{visible(text)}"' if len(text) <= 2 * width else ""
        line: Line = [*head, (quoted, "string"), (f" {kind}", "type")]
        if quoted and "\n" not in text and cell_len(plain(line)) <= width:
            line += tail
            self._head = wrapped(line, width, 4) if wrap else [line]
            self.height = len(self._head)
            return
        self._rows = text.split("\n")
        count = f", {len(self._rows):,} lines" if len(self._rows) > 1 else ""
        line = [*head, (f"{kind}, {len(text):,} characters{count}", "type"), *tail]
        self._head = wrapped(line, width, 4) if wrap else [line]
        self._width = max(8, width - 4)
        self._wrap = wrap
        self._starts = array("Q")
        total = 0
        for at, row in enumerate(self._rows):
            if not row.isprintable():
                row = self._rows[at] = visible(row)
            self._starts.append(total)
            total += max(1, -(-len(row) // self._room(row))) if wrap else 1
        self.height = len(self._head) + total

    def _room(self, row: str) -> int:
        """How many characters of a row surely fit on a line; rows with wide characters get half the width."""
        narrow = row.isascii() or (len(row) <= _MEASURED and max(row) < "\u1100")
        return self._width if narrow else self._width // 2

    def line(self, row: int) -> Line:
        """The head, then the lines of the text."""
        if row < len(self._head):
            return self._head[row]
        row -= len(self._head)
        at = bisect_right(self._starts, row) - 1
        text = self._rows[at]
        if self._wrap:
            room = self._room(text)
            start = (row - self._starts[at]) * room
            text = text[start : start + room]
        return [("  │ ", "quiet"), (text, "string")]
