"""A text of any length as lines that are found by counting, not by making them."""

from __future__ import annotations

from array import array
from bisect import bisect_right

from chainview.chain.visible import visible
from chainview.ui.lines import Line, plain

_MEASURED = 4096


class TextBlock:
    """A text behind its head: in quotes on the head's line when it fits, else below it, broken at the width."""

    def __init__(self, head: Line, text: str, kind: str, tail: Line, width: int, *, wrap: bool) -> None:
        quoted = f'"{visible(text)}"' if len(text) <= 2 * width else ""
        self._short = bool(quoted) and "\n" not in text and len(plain(head)) + len(quoted) + len(kind) + 1 <= width
        if self._short:
            self._head: Line = [*head, (quoted, "string"), (f" {kind}", "type"), *tail]
            self.height = 1
            return
        self._rows = text.split("\n")
        count = f", {len(self._rows):,} lines" if len(self._rows) > 1 else ""
        self._head = [*head, (f"{kind}, {len(text):,} characters{count}", "type"), *tail]
        self._width = max(8, width - 4)
        self._wrap = wrap
        self._starts = array("Q")
        total = 0
        for at, row in enumerate(self._rows):
            if not row.isprintable():
                row = self._rows[at] = visible(row)
            self._starts.append(total)
            total += max(1, -(-len(row) // self._room(row))) if wrap else 1
        self.height = 1 + total

    def _room(self, row: str) -> int:
        """How many characters of a row surely fit on a line; rows with wide characters get half the width."""
        narrow = row.isascii() or (len(row) <= _MEASURED and max(row) < "\u1100")
        return self._width if narrow else self._width // 2

    def line(self, row: int) -> Line:
        """The head, then the lines of the text."""
        if row == 0 or self._short:
            return self._head
        at = bisect_right(self._starts, row - 1) - 1
        text = self._rows[at]
        if self._wrap:
            room = self._room(text)
            start = (row - 1 - self._starts[at]) * room
            text = text[start : start + room]
        return [("  │ ", "quiet"), (text, "string")]
